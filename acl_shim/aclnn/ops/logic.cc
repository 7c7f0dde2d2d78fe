// Comparisons, logic and bits.

#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// Comparisons: bool counts as a number where the kernel has no column for it.
void Comparison(Builder& b) {
  DataType type = b.ComputeType(b.kernel(), b.Promoted({0, 1}));
  if (!b.Takes(b.kernel(), type) && IsIntegral(type)) type = DataType::kInt32;
  b.Result(b.Op(b.kernel(), {b.Operand(0, type), b.Operand(1, type)}));
}

// Of truth values: everything that is not 0 is true.
Value Truth(Builder& b, size_t arg) {
  const Value x = b.In(arg);
  if (b.TypeOf(x) == DataType::kBool) return x;
  return b.Op("NotEqual", {x, b.Constant(0, b.TypeOf(x))});
}

void Logical(Builder& b) {
  b.Result(b.Op(b.kernel(), {Truth(b, 0), Truth(b, 1)}));
}

void LogicalXor(Builder& b) {
  b.Result(b.Op("NotEqual", {b.Cast(Truth(b, 0), DataType::kInt8),
                             b.Cast(Truth(b, 1), DataType::kInt8)}));
}

void LogicalNot(Builder& b) { b.Result(b.Op("LogicalNot", {Truth(b, 0)})); }

// Bits of integers; of bool as logic. Bytes are computed as int32.
void Bitwise(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  b.Check(IsIntegral(type) || !b.ok(), 0, kernels::NameOf(type),
          "an integer or bool");
  const DataType wide = b.Takes(b.kernel(), type) ? type : DataType::kInt32;
  const Value x = b.Cast(b.Operand(0, type), wide);
  const Value y = b.Cast(b.Operand(1, type), wide);
  b.Result(b.Cast(b.Op(b.kernel(), {x, y}), type));
}

void BitwiseNot(Builder& b) {
  const Value x = b.In(0);
  b.Result(b.Op(b.TypeOf(x) == DataType::kBool ? "LogicalNot" : "Invert", {x}));
}

void IsClose(Builder& b) {
  Attrs attrs;
  attrs["rtol"] = static_cast<float>(b.Double(2));
  attrs["atol"] = static_cast<float>(b.Double(3));
  attrs["equal_nan"] = b.Bool(4);
  const DataType type = b.Promoted({0, 1});
  b.Result(b.Op("IsClose", {b.Operand(0, type), b.Operand(1, type)},
                std::move(attrs)));
}

constexpr NnOp kOps[] = {
    {"EqTensor", Comparison, "Equal"},
    {"InplaceEqTensor", Comparison, "Equal"},
    {"EqScalar", Comparison, "Equal"},
    {"InplaceEqScalar", Comparison, "Equal"},
    {"NeTensor", Comparison, "NotEqual"},
    {"InplaceNeTensor", Comparison, "NotEqual"},
    {"NeScalar", Comparison, "NotEqual"},
    {"InplaceNeScalar", Comparison, "NotEqual"},
    {"GtTensor", Comparison, "Greater"},
    {"InplaceGtTensor", Comparison, "Greater"},
    {"GtScalar", Comparison, "Greater"},
    {"InplaceGtScalar", Comparison, "Greater"},
    {"GeTensor", Comparison, "GreaterEqual"},
    {"InplaceGeTensor", Comparison, "GreaterEqual"},
    {"GeScalar", Comparison, "GreaterEqual"},
    {"InplaceGeScalar", Comparison, "GreaterEqual"},
    {"LtTensor", Comparison, "Less"},
    {"InplaceLtTensor", Comparison, "Less"},
    {"LtScalar", Comparison, "Less"},
    {"InplaceLtScalar", Comparison, "Less"},
    {"LeTensor", Comparison, "LessEqual"},
    {"InplaceLeTensor", Comparison, "LessEqual"},
    {"LeScalar", Comparison, "LessEqual"},
    {"InplaceLeScalar", Comparison, "LessEqual"},
    {"LogicalAnd", Logical, "LogicalAnd"},
    {"InplaceLogicalAnd", Logical, "LogicalAnd"},
    {"LogicalOr", Logical, "LogicalOr"},
    {"InplaceLogicalOr", Logical, "LogicalOr"},
    {"LogicalXor", LogicalXor},
    {"LogicalNot", LogicalNot},
    {"InplaceLogicalNot", LogicalNot},
    {"BitwiseAndTensor", Bitwise, "BitwiseAnd"},
    {"InplaceBitwiseAndTensor", Bitwise, "BitwiseAnd"},
    {"BitwiseAndTensorOut", Bitwise, "BitwiseAnd"},
    {"InplaceBitwiseAndTensorOut", Bitwise, "BitwiseAnd"},
    {"BitwiseAndScalar", Bitwise, "BitwiseAnd"},
    {"InplaceBitwiseAndScalar", Bitwise, "BitwiseAnd"},
    {"BitwiseOrTensor", Bitwise, "BitwiseOr"},
    {"InplaceBitwiseOrTensor", Bitwise, "BitwiseOr"},
    {"BitwiseOrScalar", Bitwise, "BitwiseOr"},
    {"InplaceBitwiseOrScalar", Bitwise, "BitwiseOr"},
    {"BitwiseXorTensor", Bitwise, "BitwiseXor"},
    {"InplaceBitwiseXorTensor", Bitwise, "BitwiseXor"},
    {"BitwiseXorScalar", Bitwise, "BitwiseXor"},
    {"InplaceBitwiseXorScalar", Bitwise, "BitwiseXor"},
    {"BitwiseNot", BitwiseNot},
    {"IsClose", IsClose},
};

}  // namespace

std::span<const NnOp> LogicOps() { return kOps; }

}  // namespace npuemu::shim::nn
