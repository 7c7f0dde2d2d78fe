#include "acl_shim/aclnn/promote.h"

#include <algorithm>

namespace npuemu::shim::nn {
namespace {

using kernels::DataType;

enum class Rank { kBool, kInteger, kFloat, kComplex, kOther };

Rank RankOf(DataType type) {
  switch (type) {
    case DataType::kBool:
      return Rank::kBool;
    case DataType::kInt8:
    case DataType::kUint8:
    case DataType::kInt16:
    case DataType::kUint16:
    case DataType::kInt32:
    case DataType::kUint32:
    case DataType::kInt64:
    case DataType::kUint64:
      return Rank::kInteger;
    case DataType::kFloat16:
    case DataType::kBf16:
    case DataType::kFloat:
    case DataType::kDouble:
      return Rank::kFloat;
    case DataType::kComplex32:
    case DataType::kComplex64:
    case DataType::kComplex128:
      return Rank::kComplex;
    default:
      return Rank::kOther;
  }
}

bool IsWideUnsigned(DataType type) {
  return type == DataType::kUint16 || type == DataType::kUint32 ||
         type == DataType::kUint64;
}

// Two different ones of signed integers and uint8.
DataType PromoteIntegers(DataType a, DataType b) {
  if (IsWideUnsigned(a) || IsWideUnsigned(b)) return DataType::kUndefined;
  const bool with_byte = a == DataType::kUint8 || b == DataType::kUint8;
  const DataType wide =
      kernels::BitsOf(a) >= kernels::BitsOf(b) ? a : b;
  if (with_byte && kernels::BitsOf(wide) == 8) return DataType::kInt16;
  return wide;
}

DataType PromoteFloats(DataType a, DataType b) {
  if (a == DataType::kDouble || b == DataType::kDouble) {
    return DataType::kDouble;
  }
  return DataType::kFloat;  // f16 with bf16 too
}

}  // namespace

bool IsFloating(DataType type) { return RankOf(type) == Rank::kFloat; }

bool IsIntegral(DataType type) {
  return RankOf(type) == Rank::kInteger || RankOf(type) == Rank::kBool;
}

DataType Promote(DataType a, DataType b) {
  if (a == b) return a;
  const Rank ra = RankOf(a);
  const Rank rb = RankOf(b);
  if (std::max(ra, rb) > Rank::kFloat) return DataType::kUndefined;
  if (IsWideUnsigned(a) || IsWideUnsigned(b)) return DataType::kUndefined;
  if (ra != rb) return ra > rb ? a : b;
  return ra == Rank::kInteger ? PromoteIntegers(a, b) : PromoteFloats(a, b);
}

DataType PromoteScalar(DataType tensor, const Number& scalar) {
  const Rank rt = RankOf(tensor);
  const Rank rs = RankOf(scalar.dtype);
  if (rs <= rt) return tensor;
  if (rs == Rank::kFloat) return DataType::kFloat;
  return rs == Rank::kInteger ? DataType::kInt64 : DataType::kUndefined;
}

bool CanCast(DataType from, DataType to) {
  if (from == to) return true;
  const Rank rf = RankOf(from);
  const Rank rt = RankOf(to);
  return rf <= rt && rt <= Rank::kFloat;
}

}  // namespace npuemu::shim::nn
