// ApplyRotaryPosEmb: the rotary embedding (half a row apart) of query and of
// key, with one cos and sin that broadcasts to both. Rows along the last axis,
// those of query first; in f32, one cast back. In order: docs/attention.md.

#include <algorithm>
#include <string>

#include "kernels/op/cost.h"
#include "kernels/op/row_lanes.h"
#include "kernels/ops/attention/rotary.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kCos = 2;
constexpr size_t kSin = 3;

// The axes of a tensor of shape `to` that one of shape `from` has; false if it
// does not broadcast.
bool Broadcasts(const Shape& from, const Shape& to, std::vector<bool>* mask) {
  mask->assign(to.size(), false);
  if (from.size() > to.size()) return false;
  for (size_t d = 0; d < from.size(); ++d) {
    const size_t at = to.size() - from.size() + d;
    if (from[d] != to[at] && from[d] != 1) return false;
    (*mask)[at] = from[d] != 1;
  }
  return true;
}

int64_t RowsOf(const TensorSpec& x) {
  return x.shape.back() == 0 ? 0 : x.count() / x.shape.back();
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto layout = AttrOr<int64_t>(call.attrs, "layout", 1);
  if (layout != 1) {
    return OpError(call, "attribute layout", std::to_string(layout),
                   "1 (BSND)");
  }
  for (size_t i = 0; i < 2; ++i) {
    const Shape& x = call.inputs[i].shape;
    const std::string name = i == 0 ? "input query shape" : "input key shape";
    if (x.size() != 4 || x[3] < 0 || x[3] % 2 != 0) {
      return OpError(call, name, ToString(x),
                     "four extents, the last one even");
    }
    for (size_t angle : {kCos, kSin}) {
      std::vector<bool> mask;
      const Shape& given = call.inputs[angle].shape;
      if (Broadcasts(given, x, &mask)) continue;
      return OpError(
          call, std::string("input ") + call.op->inputs[angle].name + " shape",
          ToString(given), "a shape that broadcasts to " + ToString(x));
    }
  }
  *outputs = {call.inputs[0], call.inputs[1]};
  return {};
}

RowOperand Bind(const OpCall& call, const Operands& operands, size_t index,
                const Shape& view) {
  std::vector<bool> mask;
  (void)Broadcasts(call.inputs[index].shape, view, &mask);
  return {call.inputs[index].dtype,
          operands.inputs[index].data,
          view,
          mask,
          {false, false, false, true}};
}

// Rows [begin, end) of query or key.
void Rotate(const OpCall& call, const Operands& operands, size_t index,
            int64_t begin, int64_t end) {
  const Shape& view = call.inputs[index].shape;
  const int64_t n = view.back();
  RowOperand x = Bind(call, operands, index, view);
  RowOperand cos = Bind(call, operands, kCos, view);
  RowOperand sin = Bind(call, operands, kSin, view);
  std::vector<std::byte> buffers[3];
  std::vector<float> y(static_cast<size_t>(n));
  const auto load = [&](RowOperand& from, int64_t row, size_t k) {
    return static_cast<const float*>(from.Load(row, 0, n, &buffers[k]));
  };
  for (int64_t row = begin; row < end; ++row) {
    const float* lanes = load(x, row, 0);
    const float* c = load(cos, row, 1);
    const float* s = load(sin, row, 2);
    const int64_t c_step = cos.single() ? 0 : 1;
    const int64_t s_step = sin.single() ? 0 : 1;
    for (int64_t j = 0; j < n; ++j) {
      const float turned = Turned(lanes, j, n / 2);
      y[static_cast<size_t>(j)] =
          CanonicalNan(lanes[j] * c[j * c_step] + turned * s[j * s_step]);
    }
    StoreLanes(Lane::kFloat, call.outputs[index].dtype, y.data(), n,
               operands.saturate, operands.outputs[index].data, row * n);
  }
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  const int64_t first = RowsOf(call.inputs[0]);
  if (begin < first) {
    Rotate(call, operands, 0, begin, std::min(end, first));
  }
  if (end > first) {
    Rotate(call, operands, 1, std::max(begin, first) - first, end - first);
  }
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = 4 * (call.inputs[0].count() + call.inputs[1].count());
  for (Instruction step : {kVmul, kVmuls, kVmul, kVadd}) {
    work.vector_cycles += VectorCycles(step, bytes);
  }
  return work;
}

}  // namespace

const OpDef& ApplyRotaryPosEmbOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("ApplyRotaryPosEmb");
    made.infer = Infer;
    made.items = [](const OpCall& call, int) {
      return RowsOf(call.inputs[0]) + RowsOf(call.inputs[1]);
    };
    made.compute = Compute;
    made.cost = Cost;
    made.exactness = "RotaryMul of docs/attention.md for query and for key";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
