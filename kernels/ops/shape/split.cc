// Operators that part a tensor along an axis: Split, SplitD (parts of one
// size), SplitV, SplitVD (of given sizes), Unpack (of one place each, without
// the axis). Bits are copied.

#include "kernels/op/axes.h"
#include "kernels/ops/shape/joint.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// More outputs than any program declares; also the end of absurd numbers.
constexpr int64_t kMostOutputs = 65536;

// Input `index` along `axis`.
OpStatus Begin(const OpCall& call, size_t index, const std::string& argument,
               int64_t axis, Joint* joint) {
  joint->whole = call.inputs[index];
  joint->first = index;
  return AxisOf(call, argument, axis, joint->whole.shape.size(), &joint->axis);
}

void AddPart(int64_t extent, Joint* joint) {
  joint->extents.push_back(extent);
  joint->parts.push_back(joint->whole);
  joint->parts.back().shape[joint->axis] = extent;
}

// num_split parts of one size.
OpStatus InEqualParts(const OpCall& call, Joint* joint) {
  const int64_t extent = joint->whole.shape[joint->axis];
  const int64_t count = IntAttr(call, "num_split");
  if (count < 1 || count > kMostOutputs || extent % count != 0) {
    return OpError(
        call, "attribute num_split", std::to_string(count),
        "a divisor of " + std::to_string(extent) + " from 1 to 65536");
  }
  for (int64_t i = 0; i < count; ++i) AddPart(extent / count, joint);
  return {};
}

// Parts of the given sizes, of which one may be -1: what is left.
OpStatus InParts(const OpCall& call, const std::string& argument, IntList sizes,
                 Joint* joint) {
  const int64_t extent = joint->whole.shape[joint->axis];
  const int64_t count = IntAttr(call, "num_split");
  if (count != static_cast<int64_t>(sizes.size()) || count < 1 ||
      count > kMostOutputs) {
    return OpError(call, "attribute num_split", std::to_string(count),
                   std::to_string(sizes.size()) + ", the sizes");
  }
  int64_t sum = 0;
  int64_t* open = nullptr;
  bool valid = true;
  for (int64_t& size : sizes) {
    if (size == -1 && open == nullptr) {
      open = &size;
    } else if (size < 0 || __builtin_add_overflow(sum, size, &sum)) {
      valid = false;
    }
  }
  if (open != nullptr && valid) {
    *open = extent - sum;
    valid = *open >= 0;
  } else {
    valid = valid && sum == extent;
  }
  if (!valid) {
    return OpError(call, argument, ToString(sizes),
                   "sizes >= 0, one of them -1 at most, that add up to " +
                       std::to_string(extent));
  }
  for (int64_t size : sizes) AddPart(size, joint);
  return {};
}

OpStatus PlanSplit(const OpCall& call, const Operands* operands, Joint* joint) {
  int64_t axis = 0;
  if (OpStatus s = ReadInt(call, 0, operands, &axis); !s.ok()) return s;
  OpStatus s = Begin(call, 1, "input split_dim", axis, joint);
  return s.ok() ? InEqualParts(call, joint) : s;
}

OpStatus PlanSplitD(const OpCall& call, const Operands*, Joint* joint) {
  OpStatus s =
      Begin(call, 0, "attribute split_dim", IntAttr(call, "split_dim"), joint);
  return s.ok() ? InEqualParts(call, joint) : s;
}

OpStatus PlanSplitV(const OpCall& call, const Operands* operands,
                    Joint* joint) {
  int64_t axis = 0;
  IntList sizes;
  if (OpStatus s = ReadInt(call, 2, operands, &axis); !s.ok()) return s;
  if (OpStatus s = ReadInts(call, 1, operands, &sizes); !s.ok()) return s;
  OpStatus s = Begin(call, 0, "input split_dim", axis, joint);
  return s.ok() ? InParts(call, "input size_splits", sizes, joint) : s;
}

OpStatus PlanSplitVD(const OpCall& call, const Operands*, Joint* joint) {
  OpStatus s =
      Begin(call, 0, "attribute split_dim", IntAttr(call, "split_dim"), joint);
  if (!s.ok()) return s;
  return InParts(call, "attribute size_splits", IntsAttr(call, "size_splits"),
                 joint);
}

OpStatus PlanUnpack(const OpCall& call, const Operands*, Joint* joint) {
  OpStatus s = Begin(call, 0, "attribute axis", IntAttr(call, "axis"), joint);
  if (!s.ok()) return s;
  const int64_t extent = joint->whole.shape[joint->axis];
  const int64_t count = IntAttr(call, "num");
  if (count != extent || count < 1 || count > kMostOutputs) {
    return OpError(call, "attribute num", std::to_string(count),
                   std::to_string(extent) + ", at least 1 and at most 65536");
  }
  TensorSpec part = joint->whole;
  part.shape.erase(part.shape.begin() +
                   static_cast<std::ptrdiff_t>(joint->axis));
  joint->parts.assign(static_cast<size_t>(count), part);
  joint->extents.assign(static_cast<size_t>(count), 1);
  return {};
}

}  // namespace

JOINT(Split, false, PlanSplit, 0)
JOINT(SplitD, false, PlanSplitD)
JOINT(SplitV, false, PlanSplitV, 1, 2)
JOINT(SplitVD, false, PlanSplitVD)
JOINT(Unpack, false, PlanUnpack)

}  // namespace npuemu::kernels
