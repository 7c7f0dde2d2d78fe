// Arithmetic of two numbers, element by element, with broadcasting
// (arithmetic.md 7.2; composites: docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr const char* kInF32 =
    "floats: the steps of docs/sequences.md in f32, one cast back; integers "
    "exact, x / 0 = 0";

template <typename C>
C FloorQuotient(C x, C y) {
  if constexpr (std::is_same_v<C, float>) {
    return Floor(x / y);
  } else {
    if (y == 0) return 0;
    const C q = Quotient(x, y);
    const C r = Minus(x, Times(q, y));
    return r != 0 && (r < 0) != (y < 0) ? static_cast<C>(q - 1) : q;
  }
}

template <typename C>
C TruncateQuotient(C x, C y) {
  if constexpr (std::is_same_v<C, float>) return Trunc(x / y);
  return Quotient(x, y);
}

// What is left of x when q times y is taken away; integers: 0 if y is 0.
template <typename C>
C Left(C x, C y, C q) {
  if constexpr (!std::is_same_v<C, float>) {
    if (y == 0) return 0;
  }
  return Minus(x, Times(y, q));
}

// Integers: x multiplied y times, modulo 2^w; of a negative power what is left
// without a fraction.
template <typename C>
C Power(C x, C y) {
  if constexpr (std::is_same_v<C, float>) {
    return Pow(x, y);
  } else {
    if (y < 0)
      return x == 1 ? 1 : x == static_cast<C>(-1) ? (y % 2 ? x : 1) : 0;
    C result = 1;
    for (; y != 0; y = static_cast<C>(y / 2)) {
      if (y % 2 != 0) result = Times(result, x);
      x = Times(x, x);
    }
    return result;
  }
}

template <typename C>
C GreatestDivisor(C x, C y) {
  x = Abs(x);
  y = Abs(y);
  while (y != 0 && y != static_cast<C>(-1)) {
    const C r = static_cast<C>(x % y);
    x = y;
    y = Abs(r);
  }
  return y == static_cast<C>(-1) ? C{1} : x;
}

// Attributes other than the defaults are not modelled.
OpStatus InferDefaults(const OpCall& call, std::vector<TensorSpec>* outputs) {
  for (const AttrSpec& attr : call.op->attrs) {
    const auto it = call.attrs.find(attr.name);
    if (it != call.attrs.end() && it->second != attr.fallback) {
      return OpError(call, std::string("attribute ") + attr.name,
                     ToString(it->second), ToString(attr.fallback));
    }
  }
  return InferElementwise(call, outputs);
}

}  // namespace

BINARY(Add, Fast<NumbersAndBool>, Steps(kVadd).Halves(AddHalves), Plus(x, y))
BINARY(AddV2, Numbers, Steps(kVadd).Halves(AddHalves), Plus(x, y))
BINARY(Sub, Fast<NumbersAndBool>, Steps(kVadd).Halves(SubtractHalves),
       Minus(x, y))
BINARY(Mul, Fast<NumbersAndBool>, Steps(kVmul).Halves(MultiplyHalves),
       Times(x, y))
BINARY(RealDiv, Fast<Numbers>, Steps(kVdiv).Halves(DivideHalves),
       Quotient(x, y))
BINARY(Div, Numbers, Steps(kVdiv).Halves(DivideHalves), Quotient(x, y))
BINARY(DivNoNan, Numbers, Steps(kVdiv, kVcmp, kVsel),
       y == 0 ? Const<decltype(x)>(0) : Quotient(x, y))
BINARY(MulNoNan, Numbers, Steps(kVmul, kVcmp, kVsel),
       y == 0 ? Const<decltype(x)>(0) : Times(x, y))
BINARY(Maximum, Fast<Numbers>, Steps(kVadd).Selects(), Max(x, y))
BINARY(Minimum, Fast<Numbers>, Steps(kVadd).Selects(), Min(x, y))
BINARY(FloorDiv, Numbers, Steps(kVdiv, kVconv).Wide().Says(kInF32),
       FloorQuotient(x, y))
BINARY(TruncateDiv, Numbers, Steps(kVdiv, kVconv).Wide().Says(kInF32),
       TruncateQuotient(x, y))
BINARY(FloorMod, Numbers,
       Steps(kVdiv, kVconv, kVmul, kVadd).Wide().Says(kInF32),
       Left(x, y, FloorQuotient(x, y)))
BINARY(Mod, Numbers, Steps(kVdiv, kVconv, kVmul, kVadd).Wide().Says(kInF32),
       Left(x, y, TruncateQuotient(x, y)))
BINARY(TruncateMod, Numbers,
       Steps(kVdiv, kVconv, kVmul, kVadd).Wide().Says(kInF32),
       Left(x, y, TruncateQuotient(x, y)))
BINARY(Pow, Numbers,
       Steps(kVln, kVmul, kVexp, kVcmp, kVsel).Wide().Says(kInF32), Power(x, y))
BINARY(SquaredDifference, Numbers, Steps(kVadd, kVmul).Wide().Says(kInF32),
       Times(Minus(x, y), Minus(x, y)))
BINARY(Gcd, Ints, Steps(kVdiv, kVmul, kVadd).Says("exact"),
       GreatestDivisor(x, y))
BINARY(Atan2, Floats,
       Steps(kVdiv, kVmul, kVadd, kVmul, kVadd, kVsel).Sequence(), Atan2(x, y))
BINARY(Xdivy, Floats, Steps(kVdiv, kVcmp, kVsel), x == 0 ? 0.0f : x / y)
BINARY(Xlogy, Floats, Steps(kVln, kVmul, kVcmp, kVsel).Sequence(),
       x == 0 ? 0.0f : x * Ln(y))
BINARY(Xlog1py, Floats, Steps(kVadds, kVln, kVmul, kVcmp, kVsel).Sequence(),
       x == 0 ? 0.0f : x * Log1p(y))
BINARY(LogAddExp, Floats,
       Steps(kVadd, kVabs, kVexp, kVadds, kVln, kVadd)
           .Sequence()
           .Infer(InferDefaults),
       Max(x, y) + Log1p(Exp(Abs(x - y) * -1.0f)))
BINARY(Axpy, Numbers,
       Steps(kVmuls, kVadd).Says("two roundings (7.2): x2 * alpha, then + x1"),
       Plus(x, StepOf(Times(y, Const<decltype(y)>(a[0])), a)))

FOLD(AddN, Numbers,
     Steps(kVadd).Wide().Says("ascending f32 sums, one cast back"), Plus(x, y))
FOLD(AccumulateNV2, Numbers,
     Steps(kVadd).Wide().Says("ascending f32 sums, one cast back"), Plus(x, y))

}  // namespace npuemu::kernels
