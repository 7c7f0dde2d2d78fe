#include <algorithm>
#include <cstring>

#include "kernels/op/row_lanes.h"
#include "kernels/op/row_layout.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 4096;  // a multiple of kLanes

size_t Rounded(int64_t floats) {
  return (static_cast<size_t>(floats) * sizeof(float) + 63) / 64 * 64;
}

size_t IndexOf(char letter) {
  return letter >= 't' ? kTemps + static_cast<size_t>(letter - 't')
                       : static_cast<size_t>(letter - '0');
}

// One stage of a call, ready to run rows.
class StageRun {
 public:
  StageRun(const OpCall& call, const Operands& operands,
           const RowLayout& layout, const RowStage& stage)
      : call_(call),
        operands_(operands),
        layout_(layout),
        stage_(stage),
        rows_(RowsOf(layout, stage.span)),
        saturate_(operands.saturate && call.op->engine != Engine::kAiCpu) {
    for (const char* c = stage.loads; *c != 0; ++c) {
      const size_t i = IndexOf(*c);
      if (i < kTemps && !HasInput(call, i)) continue;
      loads_.push_back({i, Bind(i, true), {}, false});
      row_.one[i] = loads_.back().operand.single();
    }
    for (const char* c = stage.stores; *c != 0; ++c) {
      const size_t i = IndexOf(*c);
      const bool total = stage.span == Span::kTotal;
      // 'p' belongs to the stage that has its result.
      const bool elsewhere = i < kTemps && call.op->rows->outputs[i] == 'p' &&
                             total != (layout.mode != 0);
      const bool absent = i < kTemps && operands.outputs[i].data == nullptr;
      stores_.push_back({i, Bind(i, false), {}, elsewhere || absent});
    }
    row_.call = &call;
    row_.operands = &operands;
    row_.layout = &layout;
    row_.mode = layout.mode;
    SetNumbers();
  }

  OpStatus Run(int64_t begin, int64_t end) {
    const bool ints = LaneOf(call_.inputs[0].dtype) != Lane::kFloat &&
                      !call_.op->rows->floats;
    const auto run =
        ints && stage_.run_ints != nullptr ? stage_.run_ints : stage_.run;
    // Rows that are moved in tiles are taken whole.
    const bool tiles = std::any_of(loads_.begin(), loads_.end(), [&](auto& x) {
      return x.operand.is_apart();
    });
    const int64_t piece =
        stage_.blocks ? (tiles ? kMostOfTile : kBlock) : rows_.length;
    for (int64_t r = begin; r < end; ++r) {
      int64_t at = 0;
      do {
        row_.first = at;
        row_.row = r;
        const int64_t n = std::min(piece, rows_.length - at);
        row_.n = n;
        row_.length = rows_.length;
        row_.last = at + n == rows_.length;
        Load(r, r == begin);
        run(row_);
        if (!row_.status.ok()) return row_.status;
        row_.n = n;  // a function may have gone on with fewer
        Store(r);
        at += n;
      } while (at < rows_.length);
    }
    for (Bound& y : stores_) y.operand.Flush(saturate_);
    return {};
  }
  int64_t rows() const { return rows_.rows; }

 private:
  struct Bound {
    size_t index;
    RowOperand operand;
    std::vector<std::byte> buffer;
    bool dropped;  // computed, but nobody wants it
  };

  RowOperand Bind(size_t i, bool is_input) {
    const RowRule& rule = *call_.op->rows;
    if (i >= kTemps) {
      size_t offset = 0;
      for (size_t t = 0; t < i - kTemps; ++t) {
        offset += Rounded(
            CountOf(layout_.view, AxesOfRole(layout_, rule.temps[t], {})));
      }
      return {DataType::kFloat, operands_.workspace.data() + offset, rows_.view,
              AxesOfRole(layout_, rule.temps[i - kTemps], {}), rows_.along};
    }
    const TensorSpec& spec = is_input ? call_.inputs[i] : call_.outputs[i];
    const char role = is_input ? rule.inputs[i] : rule.outputs[i];
    const ParamSpec& param =
        is_input ? call_.op->inputs[i] : call_.op->outputs[i];
    return {spec.absent() ? param.dtypes[0] : spec.dtype,
            is_input ? operands_.inputs[i].data : operands_.outputs[i].data,
            rows_.view,
            AxesOfRole(layout_, role, spec.shape),
            rows_.along,
            is_input && rule.floats};
  }

  void SetNumbers() {
    size_t k = 0;
    for (const char* name : call_.op->rows->numbers) {
      const auto it = call_.attrs.find(name);
      if (it != call_.attrs.end()) {
        const AttrValue& v = it->second;
        if (const auto* b = std::get_if<bool>(&v)) row_.a[k] = *b ? 1.0f : 0.0f;
        if (const auto* f = std::get_if<float>(&v)) row_.a[k] = *f;
        if (const auto* i = std::get_if<int64_t>(&v)) {
          row_.a[k] = static_cast<float>(*i);
        }
      }
      ++k;
    }
  }

  void Load(int64_t r, bool first_row) {
    for (Bound& x : loads_) {
      if (!first_row && x.operand.fixed() && !stage_.blocks) continue;
      row_.in[x.index] = x.operand.Load(r, row_.first, row_.n, &x.buffer);
    }
    for (Bound& y : stores_) {
      const int64_t n = y.operand.single() ? 1 : row_.n;
      y.buffer.resize(std::max(
          y.buffer.size(), static_cast<size_t>(n) * y.operand.lane_bytes()));
      row_.out[y.index] = y.buffer.data();
    }
  }

  void Store(int64_t r) {
    const RowRule& rule = *call_.op->rows;
    for (Bound& y : stores_) {
      if (y.dropped || (y.operand.single() && !row_.last)) continue;
      const DataType type = y.operand.type();
      const int64_t n = y.operand.single() ? 1 : row_.n;
      if (rule.away && type == DataType::kBf16) RoundAway(n, y.buffer.data());
      y.operand.Store(r, row_.first, n, saturate_, y.buffer.data());
    }
  }

  // To eight significant bits, ties away from zero, which bf16 then holds.
  static void RoundAway(int64_t n, std::byte* lanes) {
    auto* bits = reinterpret_cast<uint32_t*>(lanes);
    for (int64_t i = 0; i < n; ++i) {
      if ((bits[i] & 0x7f800000u) == 0x7f800000u) continue;
      bits[i] = (bits[i] + 0x8000u) & 0xffff0000u;
    }
  }

  const OpCall& call_;
  const Operands& operands_;
  const RowLayout& layout_;
  const RowStage& stage_;
  StageRows rows_;
  bool saturate_;
  std::vector<Bound> loads_;
  std::vector<Bound> stores_;
  Row row_;
};

}  // namespace

size_t RowWorkspace(const OpCall& call) {
  RowLayout layout;
  if (!LayoutOf(call, nullptr, &layout).ok()) return 0;
  size_t bytes = 0;
  for (const char* role = call.op->rows->temps; *role != 0; ++role) {
    bytes += Rounded(CountOf(layout.view, AxesOfRole(layout, *role, {})));
  }
  return bytes;
}

int RowPhases(const OpCall& call) {
  return static_cast<int>(call.op->rows->stages.size());
}

int64_t RowItems(const OpCall& call, int phase) {
  const RowStage& stage = call.op->rows->stages[static_cast<size_t>(phase)];
  RowLayout layout;
  if (!LayoutOf(call, nullptr, &layout).ok()) {
    // Axes that only the run knows: results tell the rows, or one item is all.
    return call.op->rows->outputs[0] == 'r' ? call.outputs[0].count() : 1;
  }
  return RowsOf(layout, stage.span).rows;
}

OpStatus ComputeRows(const OpCall& call, const Operands& operands, int phase,
                     int64_t begin, int64_t end) {
  RowLayout layout;
  if (OpStatus s = LayoutOf(call, &operands, &layout); !s.ok()) return s;
  const RowStage& stage = call.op->rows->stages[static_cast<size_t>(phase)];
  RowLayout known;
  const bool unknown = !LayoutOf(call, nullptr, &known).ok();
  if (unknown) {
    const Shape& given = call.outputs[0].shape;
    const Shape& expected =
        ShapeOfRole(call, layout, Resolved(call.op->rows->outputs[0], 0));
    if (given != expected) {
      return OpError(
          call, std::string("output ") + call.op->outputs[0].name + " shape",
          ToString(given), ToString(expected) + " for these axes");
    }
  }
  const StageRows rows = RowsOf(layout, Span::kRows);
  if (rows.rows < 0 || rows.length < 0) return TooMany(call);
  if (call.op->rows->nonempty && rows.length == 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "elements along the reduced axes");
  }
  StageRun run(call, operands, layout, stage);
  if (unknown && call.op->rows->outputs[0] != 'r') {
    begin = 0;
    end = run.rows();
  }
  return run.Run(begin, end);
}

Work CostRows(const OpCall& call) {
  Work work = MoveWork(call);
  const TensorSpec& x = call.inputs[0];
  const int64_t bytes = std::max<int64_t>(BitsOf(x.dtype) / 8, 4) * x.count();
  for (Instruction step : call.op->rows->steps) {
    work.vector_cycles += VectorCycles(step, bytes);
  }
  if (x.dtype == DataType::kFloat16 || x.dtype == DataType::kBf16) {
    const uint64_t casts = call.op->rows->outputs[0] == 'x' ? 2 : 1;
    work.vector_cycles += casts * VectorCycles(kVconv, bytes);
  }
  return work;
}

}  // namespace npuemu::kernels
