// Operators PadV3Grad and MirrorPadGrad: each element of y is the sum of the
// places of x to which PadV3 or MirrorPad copies it, in ascending order of x,
// in f32, each sum rounded, cast back once; integers wrap. Any format is read
// as row-major. Items are output elements.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/shape/pad.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// For each place of an axis of y, the offsets in x, ascending.
using Sources = std::vector<IntList>;

// MirrorPadGrad has upper-case words and two modes.
OpStatus GradMode(const OpCall& call, PadMode* mode) {
  const std::string text = StringAttr(call, "mode");
  if (call.op->attrs.size() > 1) return ModeOf(call, "reflect", mode);
  if (text == "REFLECT" || text == "SYMMETRIC") {
    *mode = text == "REFLECT" ? PadMode::kReflect : PadMode::kSymmetric;
    return {};
  }
  return OpError(call, "attribute mode", text, "REFLECT or SYMMETRIC");
}

OpStatus Prepare(const OpCall& call, const Operands* operands, PadMode* mode,
                 std::vector<Padding>* pads, TensorSpec* y) {
  if (OpStatus s = GradMode(call, mode); !s.ok()) return s;
  IntList numbers;
  OpStatus s = ReadInts(call, 1, operands, &numbers);
  if (s.ok()) {
    s = PairsOf(call, "input paddings", numbers, Contiguous(call), pads);
  }
  if (!s.ok()) return s;
  *y = call.inputs[0];
  for (size_t d = 0; d < y->shape.size(); ++d) {
    const auto [before, after] = (*pads)[d];
    int64_t& extent = y->shape[d];
    if (before < 0 || after < 0 || before > extent || after > extent - before) {
      return OpError(call, "input paddings",
                     std::to_string(before) + " and " + std::to_string(after),
                     "numbers >= 0 within " + std::to_string(extent));
    }
    extent -= before + after;
  }
  Shape padded;
  return PaddedShape(call, "input paddings", *mode, *pads, false, y->shape,
                     &padded);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  PadMode mode;
  std::vector<Padding> pads;
  TensorSpec y;
  OpStatus s = Prepare(call, nullptr, &mode, &pads, &y);
  if (s.ok()) *outputs = {y};
  return s;
}

std::vector<Sources> AllSources(const OpCall& call, PadMode mode,
                                const std::vector<Padding>& pads,
                                const Shape& y) {
  const IntList strides = SafeStrides(call.inputs[0].shape);
  std::vector<Sources> all;
  for (size_t d = 0; d < y.size(); ++d) {
    Sources sources(static_cast<size_t>(y[d]));
    int64_t place = 0;
    for (const Run& run : PadRuns(mode, y[d], pads[d], 1)) {
      for (int64_t k = 0; k < run.count; ++k, ++place) {
        if (run.fill) continue;
        const auto to = static_cast<size_t>(run.start + k * run.step);
        sources[to].push_back(place * strides[d]);
      }
    }
    all.push_back(std::move(sources));
  }
  return all;
}

// The sum of x over one source of each axis, the last axis first.
template <typename C>
class Summer {
 public:
  Summer(const std::vector<Sources>& sources, DataType type, const std::byte* x)
      : sources_(sources), type_(type), x_(x) {}

  C Sum(const IntList& at) {
    first_ = true;
    sum_ = 0;
    Walk(at, 0, 0);
    return sum_;
  }

 private:
  void Walk(const IntList& at, size_t d, int64_t offset) {
    if (d == at.size()) {
      C x = 0;
      LoadLanes(type_, LaneOfType<C>(), x_, offset, 1, 1, &x);
      sum_ = first_ ? x : Plus(sum_, x);
      first_ = false;
      return;
    }
    for (int64_t source : sources_[d][static_cast<size_t>(at[d])]) {
      Walk(at, d + 1, offset + source);
    }
  }

  const std::vector<Sources>& sources_;
  DataType type_;
  const std::byte* x_;
  bool first_ = true;
  C sum_ = 0;
};

template <typename C>
void SumAll(const OpCall& call, const Operands& operands, const Shape& y,
            const std::vector<Sources>& sources, int64_t begin, int64_t end) {
  const DataType type = call.inputs[0].dtype;
  Summer<C> summer(sources, type, DataOf(call, operands, 0));
  IntList at(y.size());
  for (int64_t i = begin; i < end; ++i) {
    int64_t rest = i;
    for (size_t d = at.size(); d-- > 0;) {
      at[d] = rest % y[d];
      rest /= y[d];
    }
    const C sum = summer.Sum(at);
    StoreLanes(LaneOfType<C>(), type, &sum, 1, operands.saturate,
               operands.outputs[0].data, i);
  }
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  PadMode mode;
  std::vector<Padding> pads;
  TensorSpec y;
  OpStatus s = Prepare(call, &operands, &mode, &pads, &y);
  if (s.ok()) s = CheckOutput(call, y);
  if (!s.ok()) return s;
  const auto sources = AllSources(call, mode, pads, y.shape);
  switch (LaneOf(y.dtype)) {
    case Lane::kFloat:
      SumAll<float>(call, operands, y.shape, sources, begin, end);
      break;
    case Lane::kInt32:
      SumAll<int32_t>(call, operands, y.shape, sources, begin, end);
      break;
    default:
      SumAll<int64_t>(call, operands, y.shape, sources, begin, end);
  }
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = VectorCycles(kVadd, call.inputs[0].count() * 4);
  return work;
}

OpDef Make(OpDef op) {
  op.infer = Infer;
  op.items = ItemsOfOutput;
  op.compute = Compute;
  op.cost = Cost;
  op.exactness = "sums in f32 in ascending order of x, one cast back";
  op.value_inputs = {1};
  return op;
}

}  // namespace

const OpDef& PadV3GradOp() {
  static const OpDef& op = *new OpDef(Make(Signature("PadV3Grad")));
  return op;
}

const OpDef& MirrorPadGradOp() {
  static const OpDef& op = *new OpDef(Make(Signature("MirrorPadGrad")));
  return op;
}

}  // namespace npuemu::kernels
