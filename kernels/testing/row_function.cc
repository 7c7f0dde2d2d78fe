#include "kernels/testing/row_function.h"

#include <algorithm>
#include <cmath>

#include "kernels/testing/primitive.h"
#include "kernels/testing/reference_format.h"

namespace npuemu::reference {
namespace {

constexpr Type kF32 = Type::kF32;

bool IsSigned(Type type) {
  return type == Type::kS8 || type == Type::kS16 || type == Type::kS32 ||
         type == Type::kS64;
}

long double Real(Type type, Bits bits) {
  if (IsFloat(type)) return Decode(type, bits);
  const int width = BytesOf(type) * 8;
  if (IsSigned(type) && (bits >> (width - 1) & 1) != 0) {
    return static_cast<long double>(bits) - std::ldexp(1.0L, width);
  }
  return static_cast<long double>(bits);
}

Bits One(Type type) { return IsFloat(type) ? Encode(type, 1) : 1; }

Bits Times(Type type, Bits a, Bits b) {
  return IsFloat(type) ? Primitive2("Mul", type, a, b)
                       : IntBinary("Mul", type, a, b);
}

// The order of the row sum (7.8), with products; lanes without elements are 1.
Bits Product(const Values& x) {
  std::vector<Bits> lanes(64, One(x.type));
  for (size_t j = 0; j < x.bits.size(); ++j) {
    lanes[j % 64] =
        j < 64 ? x.bits[j] : Times(x.type, lanes[j % 64], x.bits[j]);
  }
  while (lanes.size() > 1) {
    std::vector<Bits> next;
    for (size_t i = 0; i < lanes.size(); i += 2) {
      next.push_back(Times(x.type, lanes[i], lanes[i + 1]));
    }
    lanes = next;
  }
  return lanes[0];
}

// A tree over up to 64 values; what is missing is -0.
Bits Tree(std::vector<Bits> lanes) {
  lanes.resize(64, Encode(kF32, -0.0L));
  while (lanes.size() > 1) {
    std::vector<Bits> next;
    for (size_t i = 0; i < lanes.size(); i += 2) {
      next.push_back(Primitive2("Add", kF32, lanes[i], lanes[i + 1]));
    }
    lanes = next;
  }
  return lanes[0];
}

Bits RepeatSum(const std::vector<Bits>& x) {
  Bits total = 0;
  for (size_t at = 0; at < x.size(); at += 64) {
    const size_t end = std::min(x.size(), at + 64);
    const auto from = x.begin() + static_cast<std::ptrdiff_t>(at);
    const auto to = x.begin() + static_cast<std::ptrdiff_t>(end);
    const Bits part = Tree(std::vector<Bits>(from, to));
    total = at == 0 ? part : Primitive2("Add", kF32, total, part);
  }
  return total;
}

Bits HalfSum(std::vector<Bits> x) {
  if (x.empty()) return 0;
  size_t p = 1;
  while (p * 2 <= x.size()) p *= 2;
  while (x.size() > 64) {
    for (size_t i = p; i < x.size(); ++i) {
      x[i - p] = Primitive2("Add", kF32, x[i - p], x[i]);
    }
    x.resize(p);
    p /= 2;
  }
  return Tree(x);
}

// 7.3: the first NaN, else the first of the largest (smallest).
size_t IndexOfBest(const Values& x, bool largest) {
  size_t best = 0;
  for (size_t j = 1; j < x.bits.size(); ++j) {
    const long double u = Real(x.type, x.bits[best]);
    const long double v = Real(x.type, x.bits[j]);
    if (std::isnan(u)) continue;
    if (std::isnan(v) || (largest ? v > u : v < u)) best = j;
  }
  return best;
}

// The last NaN so far, else the last of the largest (smallest).
Values RunningIndex(const Values& x, bool largest) {
  Values y{Type::kS64, {}};
  size_t best = 0;
  for (size_t j = 0; j < x.bits.size(); ++j) {
    const long double u = Real(x.type, x.bits[best]);
    const long double v = Real(x.type, x.bits[j]);
    const bool beats = largest ? v >= u : v <= u;
    if (std::isnan(v) || (!std::isnan(u) && beats)) best = j;
    y.bits.push_back(best);
  }
  return y;
}

Values Number(size_t n) {
  return {kF32, {Encode(kF32, static_cast<float>(n))}};
}

// The sum of x[j - before .. j + after], ascending, within the row.
Values WindowSum(const Values& x, long double radius) {
  Values y{x.type, {}};
  const auto n = static_cast<int64_t>(x.bits.size());
  const auto r =
      static_cast<int64_t>(std::min(radius, static_cast<long double>(n)));
  for (int64_t j = 0; j < n; ++j) {
    Bits sum = Encode(x.type, -0.0L);
    const int64_t last = std::min(n - 1, j + r);
    for (int64_t k = std::max<int64_t>(0, j - r); k <= last; ++k) {
      sum = Primitive2("Add", x.type, sum, x.bits[static_cast<size_t>(k)]);
    }
    y.bits.push_back(sum);
  }
  return y;
}

// Which of n places the numbers up to the first negative one name.
std::vector<bool> Named(const Values& targets, size_t n) {
  std::vector<bool> named(n, false);
  for (Bits t : targets.bits) {
    const long double at = Real(targets.type, t);
    if (at < 0) break;
    named.at(static_cast<size_t>(at)) = true;
  }
  return named;
}

// For each place that is not named, 0 + max((1 - x[t]) + x[i], 0) + … over the
// named ones t, in the order in which they are named; else 0.
Values Margins(const Values& x, const Values& targets) {
  Values y{kF32, {}};
  const std::vector<bool> named = Named(targets, x.bits.size());
  for (size_t i = 0; i < x.bits.size(); ++i) {
    Bits sum = 0;
    for (Bits t : targets.bits) {
      const long double at = Real(targets.type, t);
      if (at < 0 || named[i]) break;
      const Bits one = Encode(kF32, 1);
      const Bits less =
          Primitive2("Sub", kF32, one, x.bits[static_cast<size_t>(at)]);
      const Bits z = Primitive2("Add", kF32, less, x.bits[i]);
      sum = Primitive2("Add", kF32, sum, Primitive2("Maximum", kF32, z, 0));
    }
    y.bits.push_back(sum);
  }
  return y;
}

bool OfOne(const std::string& name, const Values& x, Values* result) {
  const size_t n = x.bits.size();
  *result = {x.type, {}};
  if (name == "length") {
    *result = Number(n);
  } else if (name == "sum") {
    result->bits = {RowSum(x.type, x.bits, false)};
  } else if (name == "repeat_sum") {
    result->bits = {RepeatSum(x.bits)};
  } else if (name == "half_sum") {
    result->bits = {HalfSum(x.bits)};
  } else if (name == "product") {
    result->bits = {Product(x)};
  } else if (name == "largest" || name == "smallest") {
    const bool largest = name == "largest";
    result->bits = {n == 0 ? Encode(x.type, largest ? -HUGE_VALL : HUGE_VALL)
                           : x.bits[IndexOfBest(x, largest)]};
  } else if (name == "index_of_largest" || name == "index_of_smallest") {
    *result = {Type::kS64, {IndexOfBest(x, name == "index_of_largest")}};
  } else if (name == "running_index_of_largest" ||
             name == "running_index_of_smallest") {
    *result = RunningIndex(x, name == "running_index_of_largest");
  } else if (name == "index") {
    result->type = kF32;
    for (size_t j = 0; j < n; ++j) result->bits.push_back(Number(j).bits[0]);
  } else if (name == "first_half" || name == "second_half") {
    // One element stands beside any number.
    const size_t half = n == 1 ? 1 : n / 2;
    const size_t from = name == "first_half" || n == 1 ? 0 : half;
    for (size_t j = from; j < from + half; ++j) {
      result->bits.push_back(x.bits[j]);
    }
  } else if (name == "reversed") {
    result->bits.assign(x.bits.rbegin(), x.bits.rend());
  } else {
    return false;
  }
  return true;
}

}  // namespace

bool RowFunction(const std::string& name, const std::vector<Values>& x,
                 Values* result) {
  if (x.size() == 1) return OfOne(name, x[0], result);
  if (x.size() != 2) return false;
  *result = {x[0].type, {}};
  if (name == "at") {
    for (Bits i : x[1].bits) {
      const bool one = x[0].bits.size() == 1;  // the same everywhere
      const auto index = one ? 0 : static_cast<size_t>(Real(x[1].type, i));
      result->bits.push_back(x[0].bits.at(index));
    }
    return true;
  }
  if (name == "shifted") {
    result->bits = x[0].bits;
    if (result->bits.empty()) return true;
    result->bits.pop_back();
    result->bits.insert(result->bits.begin(), x[1].bits[0]);
    return true;
  }
  if (name == "named") {
    result->type = Type::kS32;
    for (bool is : Named(x[1], x[0].bits.size())) result->bits.push_back(is);
    return true;
  }
  if (name == "margins") {
    *result = Margins(x[0], x[1]);
    return true;
  }
  if (name == "window_sum") {
    *result = WindowSum(x[0], Real(x[1].type, x[1].bits[0]));
    return true;
  }
  return false;
}

}  // namespace npuemu::reference
