// Functions of one number, element by element (arithmetic.md 7.2; composites:
// docs/sequences.md). Abs, whose float form is an operation on bits: abs.cc.

#include "kernels/numeric/exp_block.h"
#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr const char* kScaled =
    "f16, f32: correctly rounded; bf16: f32, then rounded; base, scale and "
    "shift are f32 steps";
constexpr const char* kCorrect =
    "f16, f32: correctly rounded (7.2); bf16: f32, then rounded";

// x * scale + shift, each step rounded to f32 and left out if it changes
// nothing.
float Scaled(float x, float scale, float shift) {
  if (scale != 1) x = x * scale;
  if (shift != 0) x = x + shift;
  return x;
}

// Attributes base (-1 is e), scale, shift.
float ExpWith(float x, const Scalars& a) {
  const float t = Scaled(x, a[1], a[2]);
  return Exp(a[0] == -1 ? t : t * Ln(a[0]));
}

void ExpBlock(const Block& block) {
  ExpFloats(static_cast<const float*>(block.x[0]),
            static_cast<float*>(block.y[0]), static_cast<size_t>(block.count));
}

float LnWith(float x, const Scalars& a) {
  const float t = Ln(Scaled(x, a[1], a[2]));
  return a[0] == -1 ? t : t / Ln(a[0]);
}

// base must be -1, or positive, finite and not 1 (whose logarithm is 0).
OpStatus InferScaled(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const float base = AttrOr<float>(call.attrs, "base", -1);
  const bool valid = base == -1 || (base > 0 && base != 1 && base < 3e38f);
  if (!valid) {
    return OpError(call, "attribute base", ToString(AttrValue(base)),
                   "-1, or a positive number other than 1");
  }
  return InferElementwise(call, outputs);
}

template <typename C>
C Truncated(C x) {
  if constexpr (std::is_same_v<C, float>) return Trunc(x);
  return x;
}

// Attribute decimals: that many digits stay.
template <typename C>
C Rounded(C x, const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    if (a[0] == 0) return Rint(x);
    float power = 1;
    for (float k = 0; k < Abs(a[0]) && k < 40; ++k) power = power * 10.0f;
    return a[0] > 0 ? Rint(x * power) / power : Rint(x / power) * power;
  }
  return x;
}

// Attributes nan, posinf, neginf.
template <typename C>
C NumberFor(C x, const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    return x != x ? a[0] : x == kInf ? a[1] : x == -kInf ? a[2] : x;
  }
  return x;
}

// Vector instructions of the longer sequences, roughly.
const ElementwiseRule kTrigonometric =
    Steps(kVmuls, kVconv, kVmuls, kVadd, kVmuls, kVadd, kVmuls, kVadd, kVmul,
          kVmul, kVadds, kVmul, kVadds, kVmul, kVadds, kVmul, kVmul);
const ElementwiseRule kHyperbolic =
    Steps(kVabs, kVmul, kVmul, kVadds, kVmul, kVadds, kVmul, kVadds, kVmul,
          kVadds, kVexp, kVdiv, kVcmp, kVsel, kVor);
const ElementwiseRule kTanhSteps =
    Steps(kVabs, kVmul, kVmuls, kVadds, kVmul, kVadds, kVmul, kVadds, kVmul,
          kVadds, kVmul, kVmul, kVadd, kVmuls, kVexp, kVmuls, kVadds, kVadds,
          kVdiv, kVcmp, kVsel, kVor);

}  // namespace

UNARY(
    Exp, Floats,
    Steps(kVexp).Says(kScaled).Half(ExpHalf).Infer(InferScaled).Plain(ExpBlock),
    ExpWith(x, a))
UNARY(Log, Floats, Steps(kVln).Says(kScaled).Half(LnHalf).Infer(InferScaled),
      LnWith(x, a))
UNARY(Sqrt, Floats, Steps(kVsqrt), Sqrt(x))
UNARY(Rsqrt, Floats, Steps(kVrsqrt).Says(kCorrect).Half(RsqrtHalf), Rsqrt(x))
UNARY(Reciprocal, Floats, Steps(kVrsqrt).Says(kCorrect), 1.0f / x)
UNARY(Inv, Numbers, Steps(kVrsqrt), Quotient(Const<decltype(x)>(1), x))
UNARY(Square, Numbers, Steps(kVmul), Times(x, x))
UNARY(Neg, Numbers, Steps(kVmuls).Says("exact: x * -1; integers wrap"),
      Negative(x))
UNARY(Sign, Numbers, Steps(kVcmp, kVsel, kVcmp, kVsel).Selects(), SignOf(x))
UNARY(Invert, Ints, Steps(kVor).Says("exact: all bits flipped"),
      static_cast<decltype(x)>(~x))
UNARY(LogicalNot, Bools, Steps(kVcmp).Says("exact"), !x)

UNARY(Floor, Floats, Steps(kVconv).Says("exact: FLOOR"), Floor(x))
UNARY(Ceil, Floats, Steps(kVconv).Says("exact: CEIL"), Ceil(x))
UNARY(Trunc, Numbers, Steps(kVconv).Says("exact: TRUNC"), Truncated(x))
UNARY(Rint, Floats, Steps(kVconv).Says("exact: ties to even"), Rint(x))
UNARY(Round, Numbers, Steps(kVconv).Says("ties to even; decimals: f32 steps"),
      Rounded(x, a))

UNARY(IsNan, Floats, Steps(kVcmp).Says("exact"), x != x)
UNARY(IsInf, Floats, Steps(kVabs, kVcmp).Says("exact"), Abs(x) == kInf)
UNARY(IsPosInf, Floats, Steps(kVcmp).Says("exact"), x == kInf)
UNARY(IsNegInf, Floats, Steps(kVcmp).Says("exact"), x == -kInf)
UNARY(IsFinite, Floats, Steps(kVabs, kVcmp).Says("exact"), Abs(x) < kInf)

UNARY(Adds, Numbers, Steps(kVadds), Plus(x, Const<decltype(x)>(a[0])))
UNARY(Muls, Numbers, Steps(kVmuls), Times(x, Const<decltype(x)>(a[0])))
UNARY(Fills, NumbersAndBool, Steps(kVdup).Selects(),
      ((void)x, Const<decltype(x)>(a[0])))
UNARY(NanToNum, Numbers,
      Steps(kVcmp, kVsel, kVcmp, kVsel, kVcmp, kVsel)
          .Says("exact: constants are chosen"),
      NumberFor(x, a))
UNARY(Threshold, Numbers,
      Steps(kVcmp, kVsel).Says("exact: 1 where x > threshold, else 0"),
      Const<decltype(x)>(x > Const<decltype(x)>(a[0]) ? 1 : 0))

#define SEQUENCE(type, steps, expression) \
  UNARY(type, Floats, steps.Sequence(), expression)

SEQUENCE(Expm1, Steps(kVexp, kVadds, kVln, kVdiv, kVmul), Expm1(x))
SEQUENCE(Log1p, Steps(kVadds, kVln, kVadds, kVdiv, kVmul), Log1p(x))
SEQUENCE(Sin, kTrigonometric, Sin(x))
SEQUENCE(Cos, kTrigonometric, Cos(x))
UNARY(Tan, Numbers, kTrigonometric.Sequence(),
      FromFloat<decltype(x)>(Sin(static_cast<float>(x)) /
                                 Cos(static_cast<float>(x)),
                             a))
SEQUENCE(Sinh, kHyperbolic, Sinh(x))
SEQUENCE(Cosh, kHyperbolic, Cosh(x))
SEQUENCE(Tanh, kTanhSteps, Tanh(x))
SEQUENCE(Asin, kTrigonometric, Asin(x))
SEQUENCE(Acos, kTrigonometric, Acos(x))
SEQUENCE(Atan, kTrigonometric, Atan(x))
SEQUENCE(Asinh, kHyperbolic, Asinh(x))
SEQUENCE(Acosh, Steps(kVmul, kVadds, kVsqrt, kVadd, kVln), Acosh(x))
SEQUENCE(Atanh, kHyperbolic, Atanh(x))
SEQUENCE(Erf, kHyperbolic, Erf(x))
SEQUENCE(Erfc, kHyperbolic, Erfc(x))
SEQUENCE(Erfinv, kHyperbolic, Erfinv(x))

}  // namespace npuemu::kernels
