#include "kernels/testing/reference.h"

#include <cmath>

#include "kernels/testing/reference_format.h"

namespace npuemu::reference {
namespace {

constexpr Type kF32 = Type::kF32;

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

// One primitive in type T (f16 or f32), INFNAN; OUT_T is up to the caller.
Bits Primitive2(const std::string& op, Type type, Bits a, Bits b) {
  if (op == "Add") return Rounded2(type, mpfr_add, a, b);
  if (op == "Sub") return Rounded2(type, mpfr_sub, a, b);
  if (op == "Mul") return Rounded2(type, mpfr_mul, a, b);
  if (op == "RealDiv") return Rounded2(type, mpfr_div, a, b);
  return Choose(type, op == "Maximum", a, b);
}

Bits F32(float value) { return Encode(kF32, value); }

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

Bits Add(Bits a, Bits b) { return Primitive2("Add", kF32, a, b); }
Bits Sub(Bits a, Bits b) { return Primitive2("Sub", kF32, a, b); }
Bits Mul(Bits a, Bits b) { return Primitive2("Mul", kF32, a, b); }
Bits Div(Bits a, Bits b) { return Primitive2("RealDiv", kF32, a, b); }
Bits Exp(Bits x) { return Primitive1("Exp", kF32, x); }

Bits Sigmoid(Bits x) {
  return Primitive1("Reciprocal", kF32, Add(Exp(Mul(x, F32(-1))), F32(1)));
}

Bits Tanh(Bits x) {
  const Bits sign = x & 0x80000000u;
  const Bits a = x & 0x7fffffffu;
  if (Nan(kF32, x)) return NanOf(kF32);
  if (Decode(kF32, a) < 0.625L) {
    const Bits s = Mul(a, a);
    Bits p = F32(-0x1.8f8de4p-8f);
    p = Add(Mul(p, s), F32(0x1.58048ep-6f));
    p = Add(Mul(p, s), F32(-0x1.b9258ap-5f));
    p = Add(Mul(p, s), F32(0x1.110e1cp-3f));
    p = Add(Mul(p, s), F32(-0x1.555552p-2f));
    return sign | Add(a, Mul(a, Mul(p, s)));
  }
  const Bits u = Exp(Mul(a, F32(-2)));
  return sign | Div(Sub(F32(1), u), Add(F32(1), u));
}

// Integers: the exact result modulo 2^w, in two's complement.
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

Bits IntUnary(const std::string& op, Type type, Bits x) {
  const Bits negative = IntBinary("Sub", type, 0, x);
  if (op == "Neg") return negative;
  if (op == "Square") return IntBinary("Mul", type, x, x);
  const Bits larger = IntBinary("Maximum", type, x, 0);
  if (op == "Relu" || larger == x) return larger;
  return negative;  // Abs
}

Bits Wide(Type type, Bits x) { return Cast(type, kF32, x, Mode::kRint, false); }

Bits Narrow(Type type, Bits x, bool saturate) {
  return Cast(kF32, type, x, Mode::kRint, saturate);
}

}  // namespace

Bits Binary(const std::string& op, Type type, Bits a, Bits b, bool saturate) {
  if (!IsFloat(type)) return IntBinary(op, type, a, b);
  if (type == Type::kBf16) {
    return Narrow(type, Primitive2(op, kF32, Wide(type, a), Wide(type, b)),
                  saturate);
  }
  const bool chooses = op == "Maximum" || op == "Minimum";
  return Saturate(type, Primitive2(op, type, a, b), saturate && !chooses);
}

Bits Unary(const std::string& op, Type type, Bits x, bool saturate) {
  if (!IsFloat(type)) return IntUnary(op, type, x);
  if (op == "Sigmoid") return Narrow(type, Sigmoid(Wide(type, x)), saturate);
  if (op == "Tanh") return Narrow(type, Tanh(Wide(type, x)), saturate);
  if (type == Type::kBf16 || op == "Relu") {
    return Narrow(type, Primitive1(op, kF32, Wide(type, x)), saturate);
  }
  return Saturate(type, Primitive1(op, type, x), saturate && op != "Abs");
}

Bits Scaled(const std::string& op, Type type, Bits x, float base, float scale,
            float shift, bool saturate) {
  if (base == -1 && scale == 1 && shift == 0) {
    return Unary(op, type, x, saturate);
  }
  Bits t = Wide(type, x);
  const Bits ln_base = Primitive1("Log", kF32, F32(base));
  if (scale != 1) t = Mul(t, F32(scale));
  if (shift != 0) t = Add(t, F32(shift));
  if (op == "Exp") {
    if (base != -1) t = Mul(t, ln_base);
    return Narrow(type, Exp(t), saturate);
  }
  t = Primitive1("Log", kF32, t);
  if (base != -1) t = Div(t, ln_base);
  return Narrow(type, t, saturate);
}

namespace {

// 7.8, row reduction: lanes ascending, then 7.3's tree.
Bits SumF32(const std::vector<Bits>& row) {
  if (row.empty()) return F32(0);
  std::vector<Bits> lanes(64, F32(-0.0f));
  for (size_t j = 0; j < row.size(); ++j) {
    lanes[j % 64] = j < 64 ? row[j] : Add(lanes[j % 64], row[j]);
  }
  while (lanes.size() > 1) {
    std::vector<Bits> next;
    for (size_t i = 0; i < lanes.size(); i += 2) {
      next.push_back(Add(lanes[i], lanes[i + 1]));
    }
    lanes = next;
  }
  return lanes[0];
}

Bits MaxF32(const std::vector<Bits>& row) {
  Bits best = row[0];
  for (Bits x : row) {
    const bool first_nan = Nan(kF32, x) && !Nan(kF32, best);
    if (first_nan || Decode(kF32, x) > Decode(kF32, best)) best = x;
  }
  return best;
}

std::vector<Bits> WideRow(Type type, const std::vector<Bits>& row) {
  std::vector<Bits> wide;
  for (Bits x : row) wide.push_back(Wide(type, x));
  return wide;
}

}  // namespace

Bits RowSum(Type type, const std::vector<Bits>& row, bool saturate) {
  if (IsFloat(type)) {
    return Narrow(type, SumF32(WideRow(type, row)), saturate);
  }
  Bits sum = 0;
  for (Bits x : row) sum = IntBinary("Add", type, sum, x);
  return sum;
}

Bits RowMax(Type type, const std::vector<Bits>& row, bool saturate) {
  if (IsFloat(type)) {
    return Narrow(type, MaxF32(WideRow(type, row)), saturate);
  }
  Bits best = row[0];
  for (Bits x : row) best = IntBinary("Maximum", type, best, x);
  return best;
}

std::vector<Bits> RowSoftmax(Type type, Type out, const std::vector<Bits>& row,
                             bool saturate) {
  const std::vector<Bits> wide = WideRow(type, row);
  const Bits maximum = MaxF32(wide);
  std::vector<Bits> powers;
  for (Bits x : wide) powers.push_back(Exp(Sub(x, maximum)));
  const Bits sum = SumF32(powers);
  std::vector<Bits> result;
  for (Bits e : powers) result.push_back(Narrow(out, Div(e, sum), saturate));
  return result;
}

std::vector<uint16_t> AddF16(const std::vector<uint16_t>& a,
                             const std::vector<uint16_t>& b) {
  std::vector<uint16_t> y;
  for (size_t i = 0; i < a.size(); ++i) {
    y.push_back(
        static_cast<uint16_t>(Binary("Add", Type::kF16, a[i], b[i], false)));
  }
  return y;
}

std::vector<uint16_t> ReluF16(const std::vector<uint16_t>& x) {
  std::vector<uint16_t> y;
  for (uint16_t v : x) {
    y.push_back(static_cast<uint16_t>(Unary("Relu", Type::kF16, v, false)));
  }
  return y;
}

std::vector<uint16_t> SoftmaxF16(const std::vector<uint16_t>& x, size_t width) {
  std::vector<uint16_t> y;
  for (size_t start = 0; start < x.size(); start += width) {
    const auto first = x.begin() + static_cast<std::ptrdiff_t>(start);
    const std::vector<Bits> row(
        first,
        first + static_cast<std::ptrdiff_t>(std::min(width, x.size() - start)));
    for (Bits v : RowSoftmax(Type::kF16, Type::kF16, row, false)) {
      y.push_back(static_cast<uint16_t>(v));
    }
  }
  return y;
}

}  // namespace npuemu::reference
