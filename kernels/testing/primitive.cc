#include "kernels/testing/primitive.h"

#include <cmath>

#include "kernels/testing/reference_format.h"

namespace npuemu::reference {
namespace {

constexpr Type kF32 = Type::kF32;

Bits F32(float value) { return Encode(kF32, value); }

using MpfrBinary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);
using MpfrUnary = int (*)(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);

// RN_T(a op b) with a and b of type T.
Bits Rounded2(Type type, MpfrBinary fn, Bits a, Bits b) {
  const Exact x(type, a);
  const Exact y(type, b);
  return RoundedByMpfr(
      type, [&](mpfr_ptr r) { return fn(r, x.get(), y.get(), MPFR_RNDN); });
}

Bits Rounded1(Type type, MpfrUnary fn, Bits x) {
  const Exact value(type, x);
  return RoundedByMpfr(
      type, [&](mpfr_ptr r) { return fn(r, value.get(), MPFR_RNDN); });
}

bool Nan(Type type, Bits x) { return std::isnan(Decode(type, x)); }

// 7.2 Max and Min: NaN if either is; +0 is above -0.
Bits Choose(Type type, bool larger, Bits a, Bits b) {
  if (Nan(type, a) || Nan(type, b)) return NanOf(type);
  const long double x = Decode(type, a);
  const long double y = Decode(type, b);
  if (x == y) return std::signbit(x) == larger ? b : a;
  return (x > y) == larger ? a : b;
}

}  // namespace

Bits Primitive2(const std::string& op, Type type, Bits a, Bits b) {
  if (op == "Add") return Rounded2(type, mpfr_add, a, b);
  if (op == "Sub") return Rounded2(type, mpfr_sub, a, b);
  if (op == "Mul") return Rounded2(type, mpfr_mul, a, b);
  if (op == "RealDiv") return Rounded2(type, mpfr_div, a, b);
  return Choose(type, op == "Maximum", a, b);
}

Bits Primitive1(const std::string& op, Type type, Bits x) {
  const Bits sign = Bits{1} << (FormatOf(type).width - 1);
  const Bits one = Cast(kF32, type, F32(1), Mode::kRint, false);
  if (op == "Abs") return x & ~sign;
  if (op == "Neg") return Primitive2("Mul", type, x, one | sign);
  if (op == "Square") return Primitive2("Mul", type, x, x);
  if (op == "Relu") return Choose(type, true, x, 0);
  if (op == "Exp") return Rounded1(type, mpfr_exp, x);
  if (op == "Log") return Rounded1(type, mpfr_log, x);
  if (op == "Sqrt") return Rounded1(type, mpfr_sqrt, x);
  if (op == "Reciprocal") return Primitive2("RealDiv", type, one, x);
  // MPFR's rec_sqrt(-0) is +inf; the rule says -inf.
  if (x == sign) return Encode(type, -HUGE_VALL);
  return Rounded1(type, mpfr_rec_sqrt, x);
}

Bits IntBinary(const std::string& op, Type type, Bits a, Bits b) {
  const bool is_signed = type == Type::kS8 || type == Type::kS16 ||
                         type == Type::kS32 || type == Type::kS64;
  const int width = BytesOf(type) * 8;
  const auto value = [&](Bits x) {
    __int128 v = static_cast<__int128>(x);
    if (is_signed && (x >> (width - 1) & 1) != 0) {
      v -= static_cast<__int128>(1) << width;
    }
    return v;
  };
  const __int128 x = value(a);
  const __int128 y = value(b);
  if (type == Type::kBool) {
    if (op == "Add") return (x != 0 || y != 0) ? 1 : 0;
    if (op == "Mul") return (x != 0 && y != 0) ? 1 : 0;
    return (x != 0) != (y != 0) ? 1 : 0;
  }
  __int128 r = 0;
  if (op == "Add") r = x + y;
  if (op == "Sub") r = x - y;
  if (op == "Mul")
    r = static_cast<__int128>(static_cast<unsigned __int128>(x) *
                              static_cast<unsigned __int128>(y));
  if (op == "RealDiv") r = y == 0 ? 0 : x / y;
  if (op == "Maximum") r = x > y ? x : y;
  if (op == "Minimum") r = x < y ? x : y;
  const auto word = static_cast<Bits>(r);
  return width == 64 ? word : word & ((Bits{1} << width) - 1);
}

}  // namespace npuemu::reference
