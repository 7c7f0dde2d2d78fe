#include "kernels/testing/quick_unary.h"

#include <bit>
#include <cmath>
#include <cstdlib>

#include "kernels/testing/primitive.h"

namespace npuemu::reference {
namespace {

long double Exp(long double x) { return expl(x); }
long double Ln(long double x) { return logl(x); }
long double Sqrt(long double x) { return sqrtl(x); }
long double Recip(long double x) { return 1 / x; }
// 7.2 wants -inf for -0, which the quotient gives.
long double Rsqrt(long double x) { return 1 / sqrtl(x); }

// Of e^x and ln x one input in 2^24 is as near as 2^-48. Algebraic functions
// keep a distance of about 2^-49, or are exact; one input in 2^20 is as near as
// 2^-44.
const QuickFunction kFunctions[] = {{"Exp", Exp, 0x1p-48L, false},
                                    {"Log", Ln, 0x1p-48L, false},
                                    {"Sqrt", Sqrt, 0x1p-44L, true},
                                    {"Rsqrt", Rsqrt, 0x1p-44L, true},
                                    {"Reciprocal", Recip, 0x1p-44L, true}};

}  // namespace

const QuickFunction& QuickFunctionOf(const std::string& name) {
  for (const QuickFunction& function : kFunctions) {
    if (function.name == name) return function;
  }
  std::abort();
}

uint32_t QuickUnary(const QuickFunction& function, uint32_t x, bool* near) {
  const long double y = function.wide(std::bit_cast<float>(x));
  *near = false;
  if (y != y) return 0x7fc00000u;
  const auto low = static_cast<float>(y * (1 - function.near));
  const auto high = static_cast<float>(y * (1 + function.near));
  if (low == high) return std::bit_cast<uint32_t>(low);
  *near = true;
  return static_cast<uint32_t>(Primitive1(function.name, Type::kF32, x));
}

}  // namespace npuemu::reference
