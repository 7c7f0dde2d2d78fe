// File: pool_reference.h
// Pooling once more, written from docs/windows.md: every tap of every window is
// tried, MPFR computes. Test only.

#ifndef KERNELS_OPS_POOL_POOL_REFERENCE_H_
#define KERNELS_OPS_POOL_POOL_REFERENCE_H_

#include <string>
#include <vector>

#include "kernels/ops/conv/conv_reference.h"
#include "kernels/testing/primitive.h"

namespace npuemu::kernels {

using reference::Bits;
using reference::Type;
using Three = std::array<int64_t, 3>;
using Values = std::vector<Bits>;

struct Windows {
  const char* name;
  const char* letters = "NCHW";
  Three x = {1, 7, 6};
  Three window = {1, 3, 2};
  Three stride = {1, 1, 1};
  Three dilation = {1, 1, 1};
  Three before = {0, 0, 0};
  Three after = {0, 0, 0};
  bool same = false;
  bool ceil = false;
  bool adaptive = false;
  Three y = {0, 0, 0};  // of adaptive ones; else computed
  bool counts_padding = false;
  int64_t divisor = 0;

  int64_t reach(size_t d) const { return dilation[d] * (window[d] - 1) + 1; }
  int rank() const { return std::string(letters).size() == 5 ? 3 : 2; }
};

// Sets y, and the padding of SAME.
inline Windows Placed(Windows w) {
  for (size_t d = 0; d < 3; ++d) {
    if (w.adaptive) continue;
    if (w.same) {
      while (w.y[d] * w.stride[d] < w.x[d]) ++w.y[d];
      int64_t more = 0;
      while ((w.y[d] - 1) * w.stride[d] + w.reach(d) > w.x[d] + more) ++more;
      w.before[d] = more / 2;
      w.after[d] = more - w.before[d];
      continue;
    }
    int64_t places = 0;
    for (;; ++places) {
      const int64_t start = places * w.stride[d] - w.before[d];
      const int64_t end = w.x[d] + w.after[d];
      const bool fits = start + w.reach(d) <= end;
      const bool begins =
          w.ceil && start < w.x[d] && start - w.stride[d] + w.reach(d) < end;
      if (!fits && !begins) break;
    }
    w.y[d] = places;
  }
  return w;
}

struct ReferenceSeen {
  std::vector<Three> at;
  int64_t counted = 0;
};

inline ReferenceSeen Look(const Windows& w, const Three& o) {
  ReferenceSeen seen;
  if (w.adaptive) {
    Three i;
    for (i[0] = 0; i[0] < w.x[0]; ++i[0])
      for (i[1] = 0; i[1] < w.x[1]; ++i[1])
        for (i[2] = 0; i[2] < w.x[2]; ++i[2]) {
          bool inside = true;
          for (size_t d = 0; d < 3; ++d) {
            // From the floor of o * x / y to the ceiling of (o + 1) * x / y.
            inside = inside && (i[d] + 1) * w.y[d] > o[d] * w.x[d] &&
                     i[d] * w.y[d] < (o[d] + 1) * w.x[d];
          }
          if (inside) seen.at.push_back(i);
        }
    seen.counted = static_cast<int64_t>(seen.at.size());
    return seen;
  }
  Three k;
  for (k[0] = 0; k[0] < w.window[0]; ++k[0])
    for (k[1] = 0; k[1] < w.window[1]; ++k[1])
      for (k[2] = 0; k[2] < w.window[2]; ++k[2]) {
        Three i;
        bool inside = true;
        bool padded = true;
        for (size_t d = 0; d < 3; ++d) {
          i[d] = o[d] * w.stride[d] - w.before[d] + k[d] * w.dilation[d];
          inside = inside && i[d] >= 0 && i[d] < w.x[d];
          padded = padded && i[d] < w.x[d] + w.after[d];
        }
        if (inside) seen.at.push_back(i);
        if (w.counts_padding ? padded : inside) ++seen.counted;
      }
  return seen;
}

inline Bits FloatBits(double value) {
  return ReferenceBitsOf(static_cast<float>(value));
}
inline Bits ToF32(Type type, Bits x) {
  return reference::Cast(type, Type::kF32, x, reference::Mode::kRint, false);
}
inline Bits FromF32(Type type, Bits x, bool saturate) {
  return reference::Cast(Type::kF32, type, x, reference::Mode::kRint, saturate);
}
inline Bits Add(Bits a, Bits b) {
  return reference::Primitive2("Add", Type::kF32, a, b);
}
inline Bits Divide(Bits a, int64_t by) {
  return reference::Primitive2("RealDiv", Type::kF32, a,
                               FloatBits(static_cast<double>(by)));
}

// An image with its order.
struct Tensor {
  TestTensor tensor;
  std::string letters;
  Index extents;

  Bits At(int64_t n, int64_t c, const Three& i) const {
    return tensor.Get(Flat(letters, extents, {n, c, i[0], i[1], i[2]}));
  }
  Type type() const { return ReferenceType(tensor.spec.dtype); }
};

inline constexpr int64_t kImages = 2;
inline constexpr int64_t kChannels = 3;

inline Tensor Random(DataType dtype, const char* letters, const Three& size,
                     Prng* prng) {
  const Index extents = {kImages, kChannels, size[0], size[1], size[2]};
  return {RandomTensor(dtype, ShapeFor(letters, extents), prng), letters,
          extents};
}

// The place in `at` of the maximum: the first NaN, else the first of the
// largest.
inline size_t Largest(const Values& values) {
  size_t best = 0;
  for (size_t j = 1; j < values.size(); ++j) {
    const float a = ReferenceFloatOfBits(static_cast<uint32_t>(values[j]));
    const float b = ReferenceFloatOfBits(static_cast<uint32_t>(values[best]));
    if ((std::isnan(a) && !std::isnan(b)) || a > b) best = j;
  }
  return best;
}

inline Values SeenValues(const Tensor& x, const ReferenceSeen& seen, int64_t n,
                         int64_t c) {
  Values values;
  for (const Three& i : seen.at) {
    values.push_back(ToF32(x.type(), x.At(n, c, i)));
  }
  return values;
}

inline void ForEachPlace(const Three& size,
                         const std::function<void(const Three&)>& fn) {
  Three i;
  for (i[0] = 0; i[0] < size[0]; ++i[0])
    for (i[1] = 0; i[1] < size[1]; ++i[1])
      for (i[2] = 0; i[2] < size[2]; ++i[2]) fn(i);
}

inline Bits Lowest(Type type) { return FromF32(type, 0xff800000, false); }

// What y holds at each element, in its order.
using ValueFn = std::function<Bits(int64_t n, int64_t c, const Three& o)>;

inline void Expect(const TestTensor& y, const char* letters, const Three& size,
                   const ValueFn& value) {
  const Index extents = {kImages, kChannels, size[0], size[1], size[2]};
  ASSERT_EQ(y.spec.shape, ShapeFor(letters, extents));
  for (int64_t n = 0; n < kImages; ++n) {
    for (int64_t c = 0; c < kChannels; ++c) {
      ForEachPlace(size, [&](const Three& o) {
        if (testing::Test::HasFailure()) return;
        ASSERT_EQ(y.Get(Flat(letters, extents, {n, c, o[0], o[1], o[2]})),
                  value(n, c, o))
            << n << " " << c << " " << testing::PrintToString(o);
      });
    }
  }
}

inline ValueFn Maximum(const Windows& w, const Tensor& x) {
  return [&](int64_t n, int64_t c, const Three& o) {
    const ReferenceSeen seen = Look(w, o);
    if (seen.at.empty()) return Lowest(x.type());
    return x.At(n, c, seen.at[Largest(SeenValues(x, seen, n, c))]);
  };
}

inline ValueFn Average(const Windows& w, const Tensor& x, bool saturate) {
  return [&w, &x, saturate](int64_t n, int64_t c, const Three& o) {
    const ReferenceSeen seen = Look(w, o);
    const int64_t divisor = w.divisor != 0 ? w.divisor : seen.counted;
    if (divisor == 0) return Bits{0};
    const Bits sum =
        reference::RowSum(Type::kF32, SeenValues(x, seen, n, c), false);
    return FromF32(x.type(), Divide(sum, divisor), saturate);
  };
}

// Sums over the places of y, ascending, of what `part` gives to place i.
using PartFn = std::function<void(int64_t n, int64_t c, const Three& o,
                                  const std::function<void(Three, Bits)>&)>;

inline ValueFn Gathered(const Windows& w, Type type, bool saturate,
                        const PartFn& part) {
  return [=](int64_t n, int64_t c, const Three& i) {
    Bits sum = 0;
    ForEachPlace(w.y, [&](const Three& o) {
      part(n, c, o, [&](const Three& at, Bits value) {
        if (at == i) sum = Add(sum, value);
      });
    });
    return FromF32(type, sum, saturate);
  };
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_POOL_POOL_REFERENCE_H_
