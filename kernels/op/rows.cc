#include "kernels/op/rows.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "kernels/op/axes.h"
#include "kernels/op/row_lanes.h"

namespace npuemu::kernels {
namespace {

constexpr int64_t kBlock = 4096;  // a multiple of kLanes

// What a role stands for in this mode.
char Resolved(char role, int mode) {
  if (role == 'o') return mode == 0 ? 'x' : 'r';
  if (role == 'p') return mode == 0 ? 'r' : '1';
  return role;
}

// The axes that a broadcasting operand has, aligned at the last one.
std::vector<bool> BroadcastAxes(const Shape& view, const Shape& shape) {
  std::vector<bool> mask(view.size(), false);
  for (size_t d = 0; d < shape.size() && d < view.size(); ++d) {
    mask[view.size() - 1 - d] = shape[shape.size() - 1 - d] != 1;
  }
  return mask;
}

bool Broadcasts(const Shape& view, const Shape& shape) {
  if (shape.size() > view.size()) return false;
  for (size_t d = 0; d < shape.size(); ++d) {
    const int64_t extent = shape[shape.size() - 1 - d];
    if (extent != 1 && extent != view[view.size() - 1 - d]) return false;
  }
  return true;
}

const Shape& ShapeOfRole(const OpCall& call, const RowLayout& layout,
                         char role) {
  static const Shape& scalar = *new Shape();
  switch (role) {
    case 'x':
      return call.inputs[0].shape;
    case 'r':
      return layout.row_shape;
    case 'c':
      return layout.column_shape;
    case 'g':
      return layout.own_shape;
    case 'h':
      return layout.other_shape;
    default:
      return scalar;
  }
}

// Every operand is as large as its role says.
OpStatus CheckInputs(const OpCall& call, const RowLayout& layout) {
  const RowRule& rule = *call.op->rows;
  for (size_t i = 0; rule.inputs[i] != 0; ++i) {
    const char role = Resolved(rule.inputs[i], layout.mode);
    if (!HasInput(call, i) || role == '-') continue;
    const Shape& given = call.inputs[i].shape;
    const Shape& expected = ShapeOfRole(call, layout, role);
    const std::string name =
        std::string("input ") + call.op->inputs[i].name + " shape";
    if (role == 'b') {
      if (Broadcasts(layout.view, given)) continue;
      return OpError(call, name, ToString(given),
                     "a shape that broadcasts to " + ToString(layout.view));
    }
    const bool fits = role == 'x'
                          ? given == expected
                          : ElementCount(given) == ElementCount(expected);
    if (!fits) return OpError(call, name, ToString(given), ToString(expected));
  }
  return {};
}

// An attribute that is an int or a list of them; the fallback if it is left
// out.
std::vector<int64_t> IntsOfAttr(const OpCall& call, const char* name) {
  const AttrValue* value = nullptr;
  for (const AttrSpec& attr : call.op->attrs) {
    if (std::strcmp(attr.name, name) == 0) value = &attr.fallback;
  }
  const auto it = call.attrs.find(name);
  if (it != call.attrs.end()) value = &it->second;
  if (value == nullptr) return {};
  if (const auto* one = std::get_if<int64_t>(value)) return {*one};
  const auto* list = std::get_if<std::vector<int64_t>>(value);
  return list == nullptr ? std::vector<int64_t>() : *list;
}

OpStatus LayAttrAxes(const OpCall& call, const Operands* operands,
                     RowLayout* layout) {
  const RowRule& rule = *call.op->rows;
  layout->view = call.inputs[0].shape;
  std::vector<int64_t> values;
  std::string argument = std::string("attribute ") + rule.axes;
  if (std::strcmp(rule.axes, "1") == 0) {
    argument = std::string("input ") + call.op->inputs[1].name;
    if (call.inputs[1].shape.size() > 1) {
      return OpError(call, argument + " shape", ToString(call.inputs[1].shape),
                     "one extent or none");
    }
    if (OpStatus s = ReadInts(call, 1, operands, &values); !s.ok()) return s;
  } else if (std::strcmp(rule.axes, "-1") == 0) {
    if (layout->view.empty()) {
      return OpError(call,
                     std::string("input ") + call.op->inputs[0].name + " shape",
                     "[]", "one extent or more");
    }
    values = {-1};
  } else {
    values = IntsOfAttr(call, rule.axes);
  }
  const bool noop = AttrOr<bool>(call.attrs, "noop_with_empty_axes",
                                 rule.no_axes == NoAxes::kNone);
  if (values.empty() && rule.no_axes == NoAxes::kRefused) {
    return OpError(call, argument, "[]", "one axis or more");
  }
  if (values.empty() && !noop) {
    for (size_t d = 0; d < layout->view.size(); ++d) {
      values.push_back(static_cast<int64_t>(d));
    }
  }
  const bool keep = AttrOr<bool>(call.attrs, rule.keep, false);
  return LayAxes(call, argument, values, keep, layout);
}

// Rows of a stage, and the view that it has.
struct StageRows {
  Shape view;
  std::vector<bool> along;
  int64_t rows = 1;
  int64_t length = 1;
};

StageRows RowsOf(const RowLayout& layout, Span span) {
  StageRows result{layout.view, layout.along, 1, 1};
  if (span == Span::kTotal) {
    for (size_t d = 0; d < layout.view.size(); ++d) {
      if (layout.along[d]) result.view[d] = 1;
    }
    result.along.assign(layout.view.size(), true);
  }
  if (span == Span::kColumns) result.along.flip();
  std::vector<bool> kept = result.along;
  kept.flip();
  result.rows = CountOf(result.view, kept);
  result.length = CountOf(result.view, result.along);
  return result;
}

// A tensor without elements may still have too many rows to count.
OpStatus TooMany(const OpCall& call) {
  return OpError(call,
                 std::string("input ") + call.op->inputs[0].name + " shape",
                 ToString(call.inputs[0].shape),
                 "rows and columns whose numbers fit in int64");
}

size_t Rounded(int64_t floats) {
  return (static_cast<size_t>(floats) * sizeof(float) + 63) / 64 * 64;
}

size_t Workspace(const OpCall& call) {
  RowLayout layout;
  if (!LayoutOf(call, nullptr, &layout).ok()) return 0;
  size_t bytes = 0;
  for (const char* role = call.op->rows->temps; *role != 0; ++role) {
    bytes += Rounded(CountOf(layout.view, AxesOfRole(layout, *role, {})));
  }
  return bytes;
}

int Phases(const OpCall& call) {
  return static_cast<int>(call.op->rows->stages.size());
}

int64_t Items(const OpCall& call, int phase) {
  const RowStage& stage = call.op->rows->stages[static_cast<size_t>(phase)];
  RowLayout layout;
  if (!LayoutOf(call, nullptr, &layout).ok()) {
    // Axes that only the run knows: results tell the rows, or one item is all.
    return call.op->rows->outputs[0] == 'r' ? call.outputs[0].count() : 1;
  }
  return RowsOf(layout, stage.span).rows;
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
        rows_(RowsOf(layout, stage.span)) {
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
    row_.layout = &layout;
    row_.mode = layout.mode;
    row_.length = rows_.length;
    SetNumbers();
  }

  OpStatus Run(int64_t begin, int64_t end) {
    const bool ints = LaneOf(call_.inputs[0].dtype) != Lane::kFloat &&
                      !call_.op->rows->floats;
    const auto run =
        ints && stage_.run_ints != nullptr ? stage_.run_ints : stage_.run;
    const int64_t piece = stage_.blocks ? kBlock : rows_.length;
    for (int64_t r = begin; r < end; ++r) {
      int64_t at = 0;
      do {
        row_.first = at;
        row_.row = r;
        row_.n = std::min(piece, rows_.length - at);
        row_.last = at + row_.n == rows_.length;
        Load(r, r == begin);
        run(row_);
        if (!row_.status.ok()) return row_.status;
        Store(r);
        at += row_.n;
      } while (at < rows_.length);
    }
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
      const bool keeps = rule.selects && type == DataType::kFloat16;
      y.operand.Store(r, row_.first, n, operands_.saturate && !keeps,
                      y.buffer.data());
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
  std::vector<Bound> loads_;
  std::vector<Bound> stores_;
  Row row_;
};

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
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

Work Cost(const OpCall& call) {
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

}  // namespace

bool HasInput(const OpCall& call, size_t i) {
  return i < call.inputs.size() && !call.inputs[i].absent();
}

std::vector<bool> AxesOfRole(const RowLayout& layout, char role,
                             const Shape& shape) {
  std::vector<bool> mask(layout.view.size(), false);
  switch (Resolved(role, layout.mode)) {
    case 'x':
      mask.flip();
      break;
    case 'r':
      mask = layout.along;
      mask.flip();
      break;
    case 'c':
      mask = layout.along;
      break;
    case 'g':
      mask = layout.own;
      break;
    case 'h':
      mask = layout.other;
      break;
    case 'b':
      mask = BroadcastAxes(layout.view, shape);
      break;
    default:
      break;
  }
  return mask;
}

int64_t CountOf(const Shape& view, const std::vector<bool>& mask) {
  Shape marked;
  for (size_t d = 0; d < view.size(); ++d) {
    if (mask[d]) marked.push_back(view[d]);
  }
  return ElementCount(marked);
}

OpStatus LayAxes(const OpCall& call, const std::string& argument,
                 const std::vector<int64_t>& values, bool keep,
                 RowLayout* layout) {
  if (OpStatus s =
          MarkAxes(call, argument, values, layout->view.size(), &layout->along);
      !s.ok()) {
    return s;
  }
  layout->row_shape.clear();
  layout->column_shape.clear();
  for (size_t d = 0; d < layout->view.size(); ++d) {
    if (layout->along[d]) layout->column_shape.push_back(layout->view[d]);
    if (!layout->along[d]) layout->row_shape.push_back(layout->view[d]);
    if (layout->along[d] && keep) layout->row_shape.push_back(1);
  }
  return {};
}

OpStatus LayoutOf(const OpCall& call, const Operands* operands,
                  RowLayout* layout) {
  const RowRule& rule = *call.op->rows;
  return rule.layout != nullptr ? rule.layout(call, operands, layout)
                                : LayAttrAxes(call, operands, layout);
}

OpStatus InferRows(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const OpDef& op = *call.op;
  const RowRule& rule = *op.rows;
  for (size_t i = 0; i < op.inputs.size(); ++i) {
    const bool given = HasInput(call, i);
    const std::string name = std::string("input ") + op.inputs[i].name;
    if (!given && op.inputs[i].kind == ParamKind::kRequired) {
      return OpError(call, name, "none", "a tensor");
    }
    if (given && call.inputs[i].count() < 0) {
      return OpError(call, name + " shape", ToString(call.inputs[i].shape),
                     "extents >= 0 whose product fits in int64");
    }
  }
  RowLayout layout;
  if (OpStatus s = LayoutOf(call, nullptr, &layout); !s.ok()) return s;
  if (OpStatus s = CheckInputs(call, layout); !s.ok()) return s;
  const StageRows rows = RowsOf(layout, Span::kRows);
  if (rows.rows < 0 || rows.length < 0) return TooMany(call);
  if (rule.nonempty && rows.length == 0 && rows.rows > 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "elements along the reduced axes");
  }
  outputs->clear();
  for (size_t k = 0; rule.outputs[k] != 0; ++k) {
    TensorSpec y;
    y.dtype = InferredType(call, k);
    y.format = call.inputs[0].format;
    y.shape = ShapeOfRole(call, layout, Resolved(rule.outputs[k], layout.mode));
    outputs->push_back(std::move(y));
  }
  return rule.check == nullptr ? OpStatus() : rule.check(call, layout, outputs);
}

OpDef RowOp(OpDef op, RowRule rule) {
  op.exactness = rule.exactness;
  op.infer = InferRows;
  op.items = Items;
  op.compute = Compute;
  op.cost = Cost;
  if (rule.stages.size() > 1) op.phases = Phases;
  if (*rule.temps != 0) op.workspace = Workspace;
  if (std::strcmp(rule.axes, "1") == 0) op.value_inputs = {1};
  op.rows = new RowRule(std::move(rule));
  return op;
}

}  // namespace npuemu::kernels
