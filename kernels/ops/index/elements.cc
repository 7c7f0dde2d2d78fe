// Operators whose index tensor has the rank of the data and names, for each of
// its own places, another place along one axis: GatherElements, ScatterElements
// (ONNX). A negative index counts from the end; one out of range is a device
// exception. Items are output elements.

#include <algorithm>
#include <cstring>

#include "kernels/op/axes.h"
#include "kernels/ops/index/scatter.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The axis, and whether the index tensor fits into the data beside it.
OpStatus PlanAxis(const OpCall& call, const char* attribute, size_t* axis) {
  const Shape& data = call.inputs[0].shape;
  const Shape& index = call.inputs[1].shape;
  OpStatus s = AxisOf(call, AttrName(attribute), IntAttr(call, attribute),
                      data.size(), axis);
  if (!s.ok()) return s;
  bool fits = index.size() == data.size();
  for (size_t d = 0; d < data.size() && fits; ++d) {
    fits = d == *axis || index[d] <= data[d];
  }
  if (fits) return {};
  return OpError(call, InputName(call, 1) + " shape", ToString(index),
                 "extents within " + ToString(data) + " but for the axis");
}

// The place in the data that belongs to place i of the index tensor.
class Places {
 public:
  Places(const OpCall& call, size_t axis, const std::byte* indices)
      : call_(call),
        axis_(axis),
        indices_(indices),
        strides_(SafeStrides(call.inputs[0].shape)) {}

  OpStatus At(int64_t i, int64_t* place) const {
    const Shape& index = call_.inputs[1].shape;
    const int64_t extent = call_.inputs[0].shape[axis_];
    const int64_t given = IntAt(call_.inputs[1].dtype, indices_, i);
    const int64_t along = given < 0 ? given + extent : given;
    if (along < 0 || along >= extent) return BadIndex(call_, 1, given, extent);
    *place = along * strides_[axis_];
    for (size_t d = index.size(); d-- > 0;) {
      if (d != axis_) *place += i % index[d] * strides_[d];
      i /= index[d];
    }
    return {};
  }

 private:
  const OpCall& call_;
  size_t axis_;
  const std::byte* indices_;
  IntList strides_;
};

OpStatus InferGather(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  size_t axis = 0;
  if (OpStatus s = PlanAxis(call, "dim", &axis); !s.ok()) return s;
  *outputs = {call.inputs[0]};
  outputs->front().shape = call.inputs[1].shape;
  return {};
}

OpStatus ComputeGather(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  size_t axis = 0;
  if (OpStatus s = PlanAxis(call, "dim", &axis); !s.ok()) return s;
  const Places places(call, axis, DataOf(call, operands, 1));
  const std::byte* x = DataOf(call, operands, 0);
  const size_t width = ElementBytes(call.inputs[0].dtype);
  std::byte* y = operands.outputs[0].data;
  for (int64_t i = begin; i < end; ++i) {
    int64_t place = 0;
    if (OpStatus s = places.At(i, &place); !s.ok()) return s;
    std::memcpy(y + static_cast<size_t>(i) * width,
                x + static_cast<size_t>(place) * width, width);
  }
  return {};
}

// Attribute reduction.
OpStatus WayOf(const OpCall& call, Combine* way) {
  const auto text = AttrOr<std::string>(call.attrs, "reduction", "none");
  constexpr std::pair<const char*, Combine> kWays[] = {
      {"none", Combine::kUpdate},
      {"add", Combine::kAdd},
      {"mul", Combine::kMul},
      {"max", Combine::kMax},
      {"min", Combine::kMin}};
  for (const auto& [name, value] : kWays) {
    if (text != name) continue;
    *way = value;
    return {};
  }
  return OpError(call, "attribute reduction", text,
                 "none, add, mul, max or min");
}

OpStatus PlanScatter(const OpCall& call, size_t* axis, Scatter* scatter) {
  if (OpStatus s = WayOf(call, &scatter->way); !s.ok()) return s;
  if (OpStatus s = PlanAxis(call, "axis", axis); !s.ok()) return s;
  if (call.inputs[2].shape != call.inputs[1].shape) {
    return OpError(call, "input updates shape", ToString(call.inputs[2].shape),
                   ToString(call.inputs[1].shape));
  }
  scatter->y = call.inputs[0];
  scatter->base = 0;
  scatter->rows = call.inputs[1].count();
  return {};
}

OpStatus InferScatter(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  size_t axis = 0;
  Scatter scatter;
  OpStatus s = PlanScatter(call, &axis, &scatter);
  if (s.ok()) *outputs = {scatter.y};
  return s;
}

OpStatus ComputeScatter(const OpCall& call, const Operands& operands, int,
                        int64_t begin, int64_t end) {
  size_t axis = 0;
  Scatter scatter;
  if (OpStatus s = PlanScatter(call, &axis, &scatter); !s.ok()) return s;
  const Places places(call, axis, DataOf(call, operands, 1));
  scatter.place = [&places](int64_t row, const std::byte*, int64_t* at) {
    return places.At(row, at);
  };
  return RunScatter(call, operands, scatter, begin, end);
}

OpDef MakeGatherElements() {
  OpDef op = Signature("GatherElements");
  op.infer = InferGather;
  op.items = ItemsOfOutput;
  op.compute = ComputeGather;
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  return op;
}

OpDef MakeScatterElements(OpDef op) {
  op.infer = InferScatter;
  op.items = ItemsOfOutput;
  op.compute = ComputeScatter;
  op.cost = CostScatter;
  op.exactness = "ascending updates, each result rounded (7.7)";
  return op;
}

}  // namespace

const OpDef& GatherElementsOp() {
  static const OpDef& op = *new OpDef(MakeGatherElements());
  return op;
}

const OpDef& ScatterElementsOp() {
  static const OpDef& op =
      *new OpDef(MakeScatterElements(Signature("ScatterElements")));
  return op;
}

const OpDef& ScatterElementsV2Op() {
  static const OpDef& op =
      *new OpDef(MakeScatterElements(Signature("ScatterElementsV2")));
  return op;
}

}  // namespace npuemu::kernels
