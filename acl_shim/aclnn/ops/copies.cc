// Copies, casts and fills.

#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// A copy in another dtype: the second argument names it.
void Cast(Builder& b) {
  const Value x = b.In(0);
  const DataType type = b.TypeOf(b.In(2));
  b.Check(b.Type(1) == type || !b.ok(), 2, kernels::NameOf(type),
          std::string(kernels::NameOf(b.Type(1))) + ", as dtype says");
  b.Result(b.Cast(x, type));
}

// selfRef = src, cast and broadcast.
void Copy(Builder& b) {
  const Value target = b.In(0);
  const Value x = b.Cast(b.In(1), b.TypeOf(target));
  if (b.ok() && b.ShapeOf(x) == b.ShapeOf(target)) return b.Result(x);
  b.Result(ExpandTo(b, x, b.ShapeOf(target), 1));
}

template <int kValue>
void Fill(Builder& b) {
  const Value x = b.In(0);
  if (!b.ok()) return;
  b.Result(FillOf(b, b.Constant(kValue, b.TypeOf(x)), b.ShapeOf(x)));
}

void FillScalar(Builder& b) {
  const Value x = b.In(0);
  if (!b.ok()) return;
  b.Result(FillOf(b, b.Constant(b.ScalarAt(1), b.TypeOf(x)), b.ShapeOf(x)));
}

void FillTensor(Builder& b) {
  const Value x = b.In(0);
  const Value value = b.Cast(b.In(1), b.TypeOf(x));
  b.Check(b.Count(value) == 1 || !b.ok(), 1, ToString(b.ShapeOf(value)),
          "one element");
  if (b.ok()) b.Result(FillOf(b, b.Reshape(value, {}), b.ShapeOf(x)));
}

constexpr NnOp kOps[] = {
    {"Cast", Cast},
    {"InplaceCopy", Copy},
    {"InplaceZero", Fill<0>},
    {"InplaceOne", Fill<1>},
    {"InplaceFillScalar", FillScalar},
    {"InplaceFillTensor", FillTensor},
};

}  // namespace

std::span<const NnOp> CopyOps() { return kOps; }

}  // namespace npuemu::shim::nn
