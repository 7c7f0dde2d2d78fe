// Functions of one tensor, element by element.

#include "acl_shim/aclnn/ops/families.h"
#include "acl_shim/aclnn/promote.h"

namespace npuemu::shim::nn {
namespace {

// y = f(x) in x's dtype, or in f32 where the kernel has no such column.
void Unary(Builder& b) {
  const Value x = b.In(0);
  b.Result(
      b.Op(b.kernel(), {b.Cast(x, b.ComputeType(b.kernel(), b.TypeOf(x)))}));
}

// Functions of real numbers: integers and bool become f32 first.
void RealUnary(Builder& b) {
  const Value x = b.In(0);
  const DataType type =
      IsIntegral(b.TypeOf(x)) ? DataType::kFloat : b.TypeOf(x);
  b.Result(b.Op(b.kernel(), {b.Cast(x, b.ComputeType(b.kernel(), type))}));
}

// Rounding of numbers: integers stay as they are.
void Rounding(Builder& b) {
  const Value x = b.In(0);
  if (IsIntegral(b.TypeOf(x))) return b.Result(x);
  Unary(b);
}

// log to another base: ln(x) / ln(base), the quotient by one constant.
template <int kBase>
void LogBase(Builder& b) {
  const Value x = b.In(0);
  DataType type = IsIntegral(b.TypeOf(x)) ? DataType::kFloat : b.TypeOf(x);
  type = b.ComputeType("Log", type);
  Attrs attrs;
  attrs["base"] = static_cast<float>(kBase);
  b.Result(b.Op("Log", {b.Cast(x, type)}, std::move(attrs)));
}

void Exp2(Builder& b) {
  const Value x = b.In(0);
  const DataType type =
      IsIntegral(b.TypeOf(x)) ? DataType::kFloat : b.TypeOf(x);
  Attrs attrs;
  attrs["base"] = 2.0f;
  b.Result(b.Op("Exp", {b.Cast(x, type)}, std::move(attrs)));
}

// x - trunc(x).
void Frac(Builder& b) {
  const Value x = b.In(0);
  if (IsIntegral(b.TypeOf(x))) {
    return b.Result(b.Op("Sub", {x, x}));
  }
  const DataType type = b.ComputeType("Trunc", b.TypeOf(x));
  const Value wide = b.Cast(x, type);
  b.Result(b.Op("Sub", {wide, b.Op("Trunc", {wide})}));
}

void IsFiniteLike(Builder& b) {
  const Value x = b.In(0);
  if (IsIntegral(b.TypeOf(x))) {
    const double value = std::string_view(b.kernel()) == "IsFinite" ? 1 : 0;
    return b.Result(b.Constant(value, DataType::kBool, b.ShapeOf(x)));
  }
  b.Result(b.Op(b.kernel(), {x}));
}

void Signbit(Builder& b) {
  const Value x = b.In(0);
  b.Result(b.Op("Less", {x, b.Constant(0, b.TypeOf(x))}));
}

void NanToNum(Builder& b) {
  Attrs attrs;
  attrs["nan"] = static_cast<float>(b.Double(1));
  attrs["posinf"] = static_cast<float>(b.Double(2));
  attrs["neginf"] = static_cast<float>(b.Double(3));
  const Value x = b.In(0);
  if (IsIntegral(b.TypeOf(x))) return b.Result(x);
  b.Result(b.Op("NanToNum", {x}, std::move(attrs)));
}

constexpr NnOp kOps[] = {
    {"Abs", Unary, "Abs"},
    {"Neg", Unary, "Neg"},
    {"InplaceNeg", Unary, "Neg"},
    {"Relu", Unary, "Relu"},
    {"InplaceRelu", Unary, "Relu"},
    {"Sign", Unary, "Sign"},
    {"Gelu", Unary, "Gelu"},
    {"FastGelu", Unary, "FastGelu"},
    {"Mish", Unary, "Mish"},
    {"InplaceMish", Unary, "Mish"},
    {"Selu", Unary, "Selu"},
    {"InplaceSelu", Unary, "Selu"},
    {"Acos", RealUnary, "Acos"},
    {"InplaceAcos", RealUnary, "Acos"},
    {"Acosh", RealUnary, "Acosh"},
    {"InplaceAcosh", RealUnary, "Acosh"},
    {"Asin", RealUnary, "Asin"},
    {"InplaceAsin", RealUnary, "Asin"},
    {"Asinh", RealUnary, "Asinh"},
    {"InplaceAsinh", RealUnary, "Asinh"},
    {"Atan", RealUnary, "Atan"},
    {"InplaceAtan", RealUnary, "Atan"},
    {"Atanh", RealUnary, "Atanh"},
    {"InplaceAtanh", RealUnary, "Atanh"},
    {"Cos", RealUnary, "Cos"},
    {"InplaceCos", RealUnary, "Cos"},
    {"Cosh", RealUnary, "Cosh"},
    {"InplaceCosh", RealUnary, "Cosh"},
    {"Erf", RealUnary, "Erf"},
    {"InplaceErf", RealUnary, "Erf"},
    {"Erfc", RealUnary, "Erfc"},
    {"InplaceErfc", RealUnary, "Erfc"},
    {"Erfinv", RealUnary, "Erfinv"},
    {"InplaceErfinv", RealUnary, "Erfinv"},
    {"Exp", RealUnary, "Exp"},
    {"InplaceExp", RealUnary, "Exp"},
    {"Expm1", RealUnary, "Expm1"},
    {"InplaceExpm1", RealUnary, "Expm1"},
    {"Log", RealUnary, "Log"},
    {"InplaceLog", RealUnary, "Log"},
    {"Log1p", RealUnary, "Log1p"},
    {"InplaceLog1p", RealUnary, "Log1p"},
    {"Reciprocal", RealUnary, "Reciprocal"},
    {"InplaceReciprocal", RealUnary, "Reciprocal"},
    {"Rsqrt", RealUnary, "Rsqrt"},
    {"InplaceRsqrt", RealUnary, "Rsqrt"},
    {"Sigmoid", RealUnary, "Sigmoid"},
    {"InplaceSigmoid", RealUnary, "Sigmoid"},
    {"Sin", RealUnary, "Sin"},
    {"InplaceSin", RealUnary, "Sin"},
    {"Sinh", RealUnary, "Sinh"},
    {"InplaceSinh", RealUnary, "Sinh"},
    {"Sqrt", RealUnary, "Sqrt"},
    {"InplaceSqrt", RealUnary, "Sqrt"},
    {"Tan", RealUnary, "Tan"},
    {"InplaceTan", RealUnary, "Tan"},
    {"Tanh", RealUnary, "Tanh"},
    {"InplaceTanh", RealUnary, "Tanh"},
    {"Silu", RealUnary, "Swish"},
    {"Hardswish", RealUnary, "HardSwish"},
    {"InplaceHardswish", RealUnary, "HardSwish"},
    {"Hardsigmoid", RealUnary, "HardSigmoid"},
    {"InplaceHardsigmoid", RealUnary, "HardSigmoid"},
    {"LogSigmoid", RealUnary, "LogSigmoid"},
    {"Ceil", Rounding, "Ceil"},
    {"InplaceCeil", Rounding, "Ceil"},
    {"Floor", Rounding, "Floor"},
    {"InplaceFloor", Rounding, "Floor"},
    {"Trunc", Rounding, "Trunc"},
    {"InplaceTrunc", Rounding, "Trunc"},
    {"Round", Rounding, "Rint"},
    {"InplaceRound", Rounding, "Rint"},
    {"Log2", LogBase<2>},
    {"InplaceLog2", LogBase<2>},
    {"Log10", LogBase<10>},
    {"InplaceLog10", LogBase<10>},
    {"Exp2", Exp2},
    {"InplaceExp2", Exp2},
    {"Frac", Frac},
    {"InplaceFrac", Frac},
    {"IsFinite", IsFiniteLike, "IsFinite"},
    {"IsInf", IsFiniteLike, "IsInf"},
    {"IsPosInf", IsFiniteLike, "IsPosInf"},
    {"IsNegInf", IsFiniteLike, "IsNegInf"},
    {"Signbit", Signbit},
    {"NanToNum", NanToNum},
    {"InplaceNanToNum", NanToNum},
};

}  // namespace

std::span<const NnOp> UnaryOps() { return kOps; }

}  // namespace npuemu::shim::nn
