// Arithmetic of two and more operands: tensors and scalars of mixed dtypes.

#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// The arguments in dtype `type`; as they are where the kernel takes the mixture
// and gives that type: then nothing lies in the workspace.
struct Pair {
  Value x;
  Value y;
};

Pair Operands(Builder& b, const char* kernel, DataType type, size_t x_arg,
              size_t y_arg) {
  if (b.ok() && !b.IsScalar(x_arg) && !b.IsScalar(y_arg)) {
    const Value x = b.In(x_arg);
    const Value y = b.In(y_arg);
    if (b.Takes(kernel, {b.TypeOf(x), b.TypeOf(y)}, type)) return {x, y};
  }
  return {b.Operand(x_arg, type), b.Operand(y_arg, type)};
}

// Tensors or a tensor and a scalar in their common dtype.
void Binary(Builder& b) {
  const DataType type = b.ComputeType(b.kernel(), b.Promoted({0, 1}));
  const Pair in = Operands(b, b.kernel(), type, 0, 1);
  b.Result(b.Op(b.kernel(), {in.x, in.y}));
}

// Quotients and the like: integers become f32.
void RealBinary(Builder& b) {
  DataType type = b.Promoted({0, 1});
  if (IsIntegral(type)) type = DataType::kFloat;
  type = b.ComputeType(b.kernel(), type);
  const Pair in = Operands(b, b.kernel(), type, 0, 1);
  b.Result(b.Op(b.kernel(), {in.x, in.y}));
}

bool IsOne(const Number& number) {
  return number.real == 1 && number.integer == 1;
}

// x + alpha * y. One kernel for floats (Axpy), two roundings less than two.
Value AddScaled(Builder& b, Value x, Value y, const Number& alpha) {
  if (IsOne(alpha)) return b.Op("Add", {x, y});
  const DataType type = b.TypeOf(x);
  if (IsFloating(type) && b.Takes("Axpy", type) &&
      b.ShapeOf(x) == b.ShapeOf(y)) {
    Attrs attrs;
    attrs["alpha"] = static_cast<float>(alpha.real);
    return b.Op("Axpy", {x, y}, std::move(attrs));
  }
  return b.Op("Add", {x, b.Op("Mul", {y, b.Constant(alpha, type)})});
}

// x - alpha * y of two arguments.
void Difference(Builder& b, size_t x_arg, size_t y_arg) {
  const DataType type = b.Promoted({0, 1});
  Number alpha = b.ScalarAt(2);
  if (IsOne(alpha)) {
    const Pair in = Operands(b, "Sub", type, x_arg, y_arg);
    return b.Result(b.Op("Sub", {in.x, in.y}));
  }
  alpha.real = -alpha.real;
  alpha.integer = -alpha.integer;
  b.Result(AddScaled(b, b.Operand(x_arg, type), b.Operand(y_arg, type), alpha));
}

// (self, other, alpha): bool adds as logic.
Value Sum(Builder& b) {
  DataType type = b.Promoted({0, 1});
  const Number alpha = b.ScalarAt(2);
  if (type == DataType::kBool) {
    const DataType byte = DataType::kInt8;
    return b.Cast(AddScaled(b, b.Cast(b.Operand(0, type), byte),
                            b.Cast(b.Operand(1, type), byte), alpha),
                  type);
  }
  if (IsOne(alpha)) {
    const Pair in = Operands(b, "Add", type, 0, 1);
    return b.Op("Add", {in.x, in.y});
  }
  return AddScaled(b, b.Operand(0, type), b.Operand(1, type), alpha);
}

void Add(Builder& b) { b.Result(Sum(b)); }
void AddRelu(Builder& b) { b.Result(b.Op("Relu", {Sum(b)})); }

void Sub(Builder& b) { Difference(b, 0, 1); }
void Rsub(Builder& b) { Difference(b, 1, 0); }

void Mul(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  if (type == DataType::kBool) {
    return b.Result(
        b.Op("LogicalAnd", {b.Operand(0, type), b.Operand(1, type)}));
  }
  const Pair in = Operands(b, "Mul", type, 0, 1);
  b.Result(b.Op("Mul", {in.x, in.y}));
}

// mode 0: true quotient, 1: towards zero, 2: down.
void DivMod(Builder& b) {
  const int64_t mode = b.Int(2);
  b.Check(mode >= 0 && mode <= 2, 2, std::to_string(mode), "0, 1 or 2");
  DataType type = b.Promoted({0, 1});
  if (mode == 0 && IsIntegral(type)) type = DataType::kFloat;
  if (type == DataType::kBool) type = DataType::kInt32;
  const Value x = b.Operand(0, type);
  const Value y = b.Operand(1, type);
  if (mode == 2) return b.Result(b.Op("FloorDiv", {x, y}));
  if (mode == 1 && IsIntegral(type)) {
    return b.Result(b.Op("TruncateDiv", {x, y}));
  }
  const Value quotient = b.Op("RealDiv", {x, y});
  if (mode == 0) return b.Result(quotient);
  const DataType wide = b.ComputeType("Trunc", type);
  b.Result(b.Op("Trunc", {b.Cast(quotient, wide)}));
}

// self + value * tensor1 (* or /) tensor2.
void Addc(Builder& b) {
  const DataType type = b.Promoted({0, 1, 2});
  const Value value = b.Constant(b.ScalarAt(3), type);
  b.Result(b.Op(b.kernel(), {b.Operand(0, type), b.Operand(1, type),
                             b.Operand(2, type), b.Reshape(value, {1})}));
}

// self + weight * (end - self).
void Lerp(Builder& b) {
  const DataType type = b.Promoted({0, 1});
  b.Result(b.Op("Lerp",
                {b.Operand(0, type), b.Operand(1, type), b.Operand(2, type)}));
}

// Bounds: scalars or tensors, either may be missing.
void Clamp(Builder& b) {
  DataType type = b.TypeOf(b.In(0));
  for (size_t arg : {1, 2}) {
    if (b.Given(arg)) type = PromoteWith(b, type, arg);
  }
  Value y = b.Operand(0, type);
  if (b.Given(1)) y = b.Op("Maximum", {y, b.Operand(1, type)});
  if (b.Given(2)) y = b.Op("Minimum", {y, b.Operand(2, type)});
  b.Check(b.Given(1) || b.Given(2), 1, "nullptr", "a bound");
  b.Result(y);
}

constexpr NnOp kOps[] = {
    {"Add", Add},
    {"InplaceAdd", Add},
    {"Adds", Add},
    {"InplaceAdds", Add},
    {"AddRelu", AddRelu},
    {"InplaceAddRelu", AddRelu},
    {"Sub", Sub},
    {"InplaceSub", Sub},
    {"Subs", Sub},
    {"InplaceSubs", Sub},
    {"Rsub", Rsub},
    {"Rsubs", Rsub},
    {"Mul", Mul},
    {"InplaceMul", Mul},
    {"Muls", Mul},
    {"InplaceMuls", Mul},
    {"Div", RealBinary, "RealDiv"},
    {"InplaceDiv", RealBinary, "RealDiv"},
    {"Divs", RealBinary, "RealDiv"},
    {"InplaceDivs", RealBinary, "RealDiv"},
    {"Atan2", RealBinary, "Atan2"},
    {"InplaceAtan2", RealBinary, "Atan2"},
    {"XLogYTensor", RealBinary, "Xlogy"},
    {"Xlog1py", RealBinary, "Xlog1py"},
    {"InplaceXLogYTensor", RealBinary, "Xlogy"},
    {"XLogYScalarOther", RealBinary, "Xlogy"},
    {"InplaceXLogYScalarOther", RealBinary, "Xlogy"},
    {"XLogYScalarSelf", RealBinary, "Xlogy"},
    {"LogAddExp", RealBinary, "LogAddExp"},
    {"DivMod", DivMod},
    {"InplaceDivMod", DivMod},
    {"DivMods", DivMod},
    {"InplaceDivMods", DivMod},
    {"FloorDivide", Binary, "FloorDiv"},
    {"InplaceFloorDivide", Binary, "FloorDiv"},
    {"FloorDivides", Binary, "FloorDiv"},
    {"InplaceFloorDivides", Binary, "FloorDiv"},
    {"RemainderTensorTensor", Binary, "FloorMod"},
    {"InplaceRemainderTensorTensor", Binary, "FloorMod"},
    {"RemainderTensorScalar", Binary, "FloorMod"},
    {"InplaceRemainderTensorScalar", Binary, "FloorMod"},
    {"RemainderScalarTensor", Binary, "FloorMod"},
    {"FmodTensor", Binary, "Mod"},
    {"InplaceFmodTensor", Binary, "Mod"},
    {"FmodScalar", Binary, "Mod"},
    {"InplaceFmodScalar", Binary, "Mod"},
    {"Maximum", Binary, "Maximum"},
    {"Minimum", Binary, "Minimum"},
    {"ClampMinTensor", Binary, "Maximum"},
    {"InplaceClampMinTensor", Binary, "Maximum"},
    {"ClampMaxTensor", Binary, "Minimum"},
    {"InplaceClampMaxTensor", Binary, "Minimum"},
    {"ClampMin", Binary, "Maximum"},
    {"ClampMax", Binary, "Minimum"},
    {"InplaceClampMax", Binary, "Minimum"},
    {"PowTensorTensor", Binary, "Pow"},
    {"InplacePowTensorTensor", Binary, "Pow"},
    {"PowTensorScalar", Binary, "Pow"},
    {"InplacePowTensorScalar", Binary, "Pow"},
    {"PowScalarTensor", Binary, "Pow"},
    {"Gcd", Binary, "Gcd"},
    {"Clamp", Clamp},
    {"ClampTensor", Clamp},
    {"Addcmul", Addc, "Addcmul"},
    {"InplaceAddcmul", Addc, "Addcmul"},
    {"Addcdiv", Addc, "Addcdiv"},
    {"InplaceAddcdiv", Addc, "Addcdiv"},
    {"Lerp", Lerp},
    {"InplaceLerp", Lerp},
    {"Lerps", Lerp},
    {"InplaceLerps", Lerp},
};

}  // namespace

std::span<const NnOp> BinaryOps() { return kOps; }

}  // namespace npuemu::shim::nn
