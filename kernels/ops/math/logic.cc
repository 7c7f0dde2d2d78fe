// Comparisons, logic, bit operations and choices, element by element
// (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// By a negative number, or by the width or more: 0, or the sign.
template <typename C>
C Shifted(C x, C y, int width, bool left) {
  using U = std::make_unsigned_t<C>;
  const bool out = y < 0 || y >= static_cast<C>(width);
  if (out) return left || !(x < 0) ? C{} : static_cast<C>(-1);
  const auto n = static_cast<unsigned>(y);
  return left ? static_cast<C>(static_cast<U>(x) << n) : static_cast<C>(x >> n);
}

// The bits of a 16-bit element that are 1.
template <typename C>
int32_t Ones(C x) {
  return __builtin_popcount(static_cast<uint32_t>(x) & 0xffffu);
}

// |x - y| <= atol + rtol * |y|; equal infinities are close.
bool Close(float x, float y, const Scalars& a) {
  if (a[2] != 0 && x != x && y != y) return true;
  if (x == y) return true;
  if (Abs(x) == kInf || Abs(y) == kInf) return false;
  return Abs(x - y) <= a[1] + a[0] * Abs(y);
}

constexpr const char* kExact = "exact: IEEE 754 comparison";

using AllBits = Over<int32_t, int64_t, bool>;
using TakesChoice = Takes<bool, T, T>;
using TakesMasked = Takes<T, bool, T>;

}  // namespace

BINARY(Equal, NumbersAndBool, Steps(kVcmp).Says(kExact), x == y)
BINARY(NotEqual, NumbersAndBool, Steps(kVcmp).Says(kExact), x != y)
BINARY(Greater, Numbers, Steps(kVcmp).Says(kExact), x > y)
BINARY(GreaterEqual, Numbers, Steps(kVcmp).Says(kExact), x >= y)
BINARY(Less, Numbers, Steps(kVcmp).Says(kExact), x < y)
BINARY(LessEqual, Numbers, Steps(kVcmp).Says(kExact), x <= y)
BINARY(ApproximateEqual, Floats,
       Steps(kVadd, kVabs, kVcmp).Says("|x1 - x2| < tolerance, in f32"),
       Abs(x - y) < a[0])
BINARY(IsClose, Numbers,
       Steps(kVadd, kVabs, kVabs, kVmuls, kVadds, kVcmp)
           .Says("|x1 - x2| <= atol + rtol * |x2|, in f32"),
       Close(static_cast<float>(x), static_cast<float>(y), a))

BINARY(LogicalAnd, Bools, Steps(kVor).Says("exact"), x&& y)
BINARY(LogicalOr, Bools, Steps(kVor).Says("exact"), x || y)
BINARY(BitwiseAnd, Ints, Steps(kVor).Says("exact"),
       static_cast<decltype(x)>(x& y))
BINARY(BitwiseOr, Ints, Steps(kVor).Says("exact"),
       static_cast<decltype(x)>(x | y))
BINARY(BitwiseXor, Ints, Steps(kVor, kVor, kVor).Says("exact"),
       static_cast<decltype(x)>(x ^ y))
BINARY(LeftShift, Ints, Steps(kVor).Says("exact"), Shifted(x, y, a.width, true))
BINARY(RightShift, Ints, Steps(kVor).Says("exact"),
       Shifted(x, y, a.width, false))
UNARY(PopulationCount, Ints, Steps(kVor, kVor, kVadd).Says("exact"), Ones(x))

ELEMENTWISE(Select, AllBits, TakesChoice, Steps(kVsel).Raw(1),
            [](bool c, auto x, auto y) { return c ? x : y; })
ELEMENTWISE(SelectV2, AllBits, TakesChoice, Steps(kVsel).Raw(1),
            [](bool c, auto x, auto y) { return c ? x : y; })
ELEMENTWISE(MaskedFill, AllBits, TakesMasked, Steps(kVsel).Raw(0),
            [](auto x, bool mask, auto value) { return mask ? value : x; })

}  // namespace npuemu::kernels
