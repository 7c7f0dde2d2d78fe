#include "kernels/testing/reference.h"

#include <algorithm>
#include <cmath>

#include "kernels/testing/primitive.h"
#include "kernels/testing/reference_format.h"

namespace npuemu::reference {
namespace {

constexpr Type kF32 = Type::kF32;

Bits F32(float value) { return Encode(kF32, value); }
bool Nan(Type type, Bits x) { return std::isnan(Decode(type, x)); }

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

Bits Mmad(const std::vector<double>& a, const std::vector<double>& b,
          size_t group, bool saturate, Bits c0) {
  Number x(53);
  Number y(53);
  Number product(64);  // of two with 24 bits: exact
  Number sum(53);
  Bits acc = c0;
  for (size_t first = 0; first < a.size(); first += group) {
    mpfr_set_flt(sum.get(), static_cast<float>(Decode(kF32, acc)), MPFR_RNDN);
    for (size_t k = first; k < std::min(a.size(), first + group); ++k) {
      mpfr_set_d(x.get(), a[k], MPFR_RNDN);
      mpfr_set_d(y.get(), b[k], MPFR_RNDN);
      mpfr_mul(product.get(), x.get(), y.get(), MPFR_RNDN);
      mpfr_add(sum.get(), sum.get(), product.get(), MPFR_RNDN);
    }
    acc = RoundedByMpfr(kF32, [&](mpfr_ptr r) {
      // The sum may have exponents that f32 has not.
      const int ternary = mpfr_set(r, sum.get(), MPFR_RNDN);
      return mpfr_check_range(r, ternary, MPFR_RNDN);
    });
    if (Nan(kF32, acc)) acc = saturate ? 0 : NanOf(kF32);
    if (saturate && (acc & 0x7fffffffu) == 0x7f800000u) acc -= 1;
  }
  return acc;
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
