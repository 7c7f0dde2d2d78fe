#include "acl_shim/aclnn/ops/families.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/promote.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim::nn {

DataType PromoteWith(Builder& b, DataType type, size_t arg) {
  const DataType other = b.IsScalar(arg) ? PromoteScalar(type, b.ScalarAt(arg))
                                         : Promote(type, b.TypeOf(b.In(arg)));
  b.Check(other != DataType::kUndefined || !b.ok(), arg, "its dtype",
          std::string("one that goes with ") + kernels::NameOf(type));
  return other;
}

Value ExpandTo(Builder& b, Value value, const Shape& shape, size_t arg) {
  if (!b.ok()) return {};
  const Shape from = b.ShapeOf(value);
  bool fits = from.size() <= shape.size();
  for (size_t i = 0; fits && i < from.size(); ++i) {
    const int64_t extent = shape[shape.size() - from.size() + i];
    fits = from[i] == extent || from[i] == 1;
  }
  b.Check(fits, arg, ToString(from),
          "a shape that can be broadcast to " + ToString(shape));
  return b.Expand(value, shape);
}

namespace {

bool FillTakes(DataType type) {
  const auto& dtypes = kernels::FindOp("Fill")->outputs[0].dtypes;
  return std::find(dtypes.begin(), dtypes.end(), type) != dtypes.end();
}

}  // namespace

Value FillOf(Builder& b, Value value, const Shape& shape) {
  if (!b.ok()) return {};
  const DataType type = b.TypeOf(value);
  const DataType filled = FillTakes(type) ? type : DataType::kInt32;
  const Value y = b.Op("Fill", {b.Constant(shape), b.Cast(value, filled)});
  return b.Cast(y, type);
}

DataType CarrierOf(Builder& b, const char* kernel, DataType type) {
  if (!b.ok() || b.Takes(kernel, type)) return type;
  if (!IsIntegral(type)) return b.ComputeType(kernel, type);
  const bool narrow = type != DataType::kInt64 && type != DataType::kUint64;
  return narrow && b.Takes(kernel, DataType::kInt32) ? DataType::kInt32
                                                     : DataType::kInt64;
}

Value IndicesAt(Builder& b, size_t arg) {
  const Value index = b.In(arg);
  const DataType type = b.TypeOf(index);
  b.Check(type == DataType::kInt32 || type == DataType::kInt64 || !b.ok(), arg,
          kernels::NameOf(type), "int32 or int64");
  return index;
}

Value FromEnd(Builder& b, Value index, int64_t extent) {
  if (!b.ok()) return {};
  const DataType type = b.TypeOf(index);
  const Value below = b.Op("Less", {index, b.Constant(0, type)});
  const int64_t extents[] = {extent};
  const Value wrapped =
      b.Op("Add", {index, b.Reshape(b.Constant(extents, type), {})});
  return b.Op("Select", {below, wrapped, index});
}

Value IntegerOf(Builder& b, int64_t value, DataType type) {
  const int64_t values[] = {value};
  return b.Reshape(b.Constant(values, type), {});
}

Value Upto(Builder& b, int64_t count, DataType type) {
  return b.Op("Range", {IntegerOf(b, 0, type), IntegerOf(b, count, type),
                        IntegerOf(b, 1, type)});
}

bool CanList(Builder& b, const Shape& extents, size_t arg, int64_t most) {
  const int64_t count = kernels::ElementCount(extents);
  b.Check((count >= 0 && count <= most) || !b.ok(), arg, ToString(extents),
          absl::StrCat("at most ", most, " places, which a plan lists"));
  return b.ok();
}

Value AsReal(Builder& b, Value value) {
  return IsIntegral(b.TypeOf(value)) ? b.Cast(value, DataType::kFloat) : value;
}

namespace {

enum CubeMathType : int64_t {
  kKeepDtype = 0,
  kAllowFp32DownPrecision = 1,
  kUseFp16 = 2,
  kUseHf32 = 3,
};

}  // namespace

CubeMode ModeOf(Builder& b, DataType type, size_t math_arg) {
  const int64_t math = b.Int(math_arg);
  b.Check(math >= kKeepDtype && math <= kUseHf32, math_arg, absl::StrCat(math),
          "0 (KEEP_DTYPE), 1 (ALLOW_FP32_DOWN_PRECISION), "
          "2 (USE_FP16) or 3 (USE_HF32)");
  const bool f32 = type == DataType::kFloat;
  b.Check(math != kUseFp16 || type != DataType::kBf16, math_arg,
          "2 (USE_FP16) with bfloat16", "0 or 1");
  b.Check(math != kUseHf32 || f32 || !b.ok(), math_arg,
          absl::StrCat("3 (USE_HF32) with ", kernels::NameOf(type)),
          "float operands");
  if (f32 && math == kUseFp16) return {DataType::kFloat16, false};
  return {type, f32 && (math == kAllowFp32DownPrecision || math == kUseHf32)};
}

Attrs AxisAttr(const char* name, int64_t axis) {
  Attrs attrs;
  attrs[name] = axis;
  return attrs;
}

}  // namespace npuemu::shim::nn
