// Operators that join tensors of one type along an axis: Concat, ConcatV2,
// ConcatV2D, ConcatD; Pack joins along a new one. Bits are copied.

#include "kernels/op/axes.h"
#include "kernels/ops/shape/joint.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Attribute N may stay at 1, or names the number of parts.
OpStatus CheckN(const OpCall& call, size_t count) {
  const auto n = AttrOr<int64_t>(call.attrs, "N", 1);
  if (n == 1 || n == static_cast<int64_t>(count)) return {};
  return OpError(call, "attribute N", std::to_string(n), std::to_string(count));
}

// Inputs [first, first + count) along `axis`.
OpStatus Join(const OpCall& call, const std::string& argument, int64_t axis,
              size_t first, size_t count, Joint* joint) {
  if (OpStatus s = CheckN(call, count); !s.ok()) return s;
  joint->whole = call.inputs[first];
  joint->first = first;
  Shape& whole = joint->whole.shape;
  OpStatus status = AxisOf(call, argument, axis, whole.size(), &joint->axis);
  if (!status.ok()) return status;
  const size_t d = joint->axis;
  for (size_t i = 0; i < count; ++i) {
    Shape shape = call.inputs[first + i].shape;
    const int64_t extent = d < shape.size() ? shape[d] : 0;
    if (d < shape.size()) shape[d] = call.inputs[first].shape[d];
    if (shape != call.inputs[first].shape) {
      return OpError(
          call, "input x" + std::to_string(i) + " shape",
          ToString(call.inputs[first + i].shape),
          ToString(call.inputs[first].shape) + " but for concat_dim");
    }
    joint->extents.push_back(extent);
    if (i > 0 && __builtin_add_overflow(whole[d], extent, &whole[d])) {
      return OpError(call, "input x" + std::to_string(i) + " shape",
                     ToString(call.inputs[first + i].shape),
                     "extents whose sum fits in int64");
    }
  }
  return {};
}

OpStatus PlanConcatD(const OpCall& call, const Operands*, Joint* joint) {
  if (call.inputs.empty()) return OpError(call, "input x", "none", "one");
  return Join(call, "attribute concat_dim", IntAttr(call, "concat_dim"), 0,
              call.inputs.size(), joint);
}

OpStatus PlanConcat(const OpCall& call, const Operands* operands,
                    Joint* joint) {
  int64_t axis = 0;
  if (OpStatus s = ReadInt(call, 0, operands, &axis); !s.ok()) return s;
  if (call.inputs.size() < 2) return OpError(call, "input x", "none", "one");
  return Join(call, "input concat_dim", axis, 1, call.inputs.size() - 1, joint);
}

// The axis stands last, behind any number of parts.
OpStatus PlanConcatV2(const OpCall& call, const Operands* operands,
                      Joint* joint) {
  const size_t count = call.inputs.size() - 1;
  if (count == 0) return OpError(call, "input x", "none", "one");
  const TensorSpec& dim = call.inputs[count];
  if (dim.count() != 1) {
    return OpError(call, "input concat_dim shape", ToString(dim.shape),
                   "one element");
  }
  const std::byte* data = nullptr;
  if (IsConst(call, count)) data = call.const_inputs[count].data();
  if (data == nullptr && operands != nullptr) {
    data = operands->inputs[count].data;
  }
  if (data == nullptr) {
    return OpError(call, "input concat_dim", "a value that only the run knows",
                   "a const input");
  }
  return Join(call, "input concat_dim", IntAt(dim.dtype, data, 0), 0, count,
              joint);
}

OpStatus PlanPack(const OpCall& call, const Operands*, Joint* joint) {
  const size_t count = call.inputs.size();
  if (count == 0) return OpError(call, "input x", "none", "one");
  if (OpStatus s = CheckN(call, count); !s.ok()) return s;
  joint->whole = call.inputs[0];
  Shape& whole = joint->whole.shape;
  OpStatus s = AxisOf(call, "attribute axis", IntAttr(call, "axis"),
                      whole.size() + 1, &joint->axis);
  if (!s.ok()) return s;
  for (size_t i = 1; i < count; ++i) {
    if (call.inputs[i].shape == whole) continue;
    return OpError(call, "input x" + std::to_string(i) + " shape",
                   ToString(call.inputs[i].shape), ToString(whole));
  }
  whole.insert(whole.begin() + static_cast<std::ptrdiff_t>(joint->axis),
               static_cast<int64_t>(count));
  joint->extents.assign(count, 1);
  return {};
}

}  // namespace

JOINT(Concat, true, PlanConcat, 0)
JOINT(ConcatV2, true, PlanConcatV2, 1)
JOINT(ConcatV2D, true, PlanConcatD)
JOINT(ConcatD, true, PlanConcatD)
JOINT(Pack, true, PlanPack)

}  // namespace npuemu::kernels
