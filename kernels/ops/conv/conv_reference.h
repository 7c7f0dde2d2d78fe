// File: conv_reference.h
// Convolutions once more, written from docs/windows.md: naive walks over
// places, Mmad of reference_mmad.h. Test only.

#ifndef KERNELS_OPS_CONV_CONV_REFERENCE_H_
#define KERNELS_OPS_CONV_CONV_REFERENCE_H_

#include <array>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "kernels/gemm/reference_mmad.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {

using List = std::vector<int64_t>;
using Index = std::array<int64_t, 5>;  // n, c, d, h, w

// A convolution of five dimensions; d is 1 where there are two of space.
struct Case {
  const char* name;
  int rank = 2;
  int64_t n = 1;
  int64_t groups = 1;
  int64_t in_channels = 1;   // of a group
  int64_t out_channels = 1;  // of a group
  std::array<int64_t, 3> x = {1, 5, 5};
  std::array<int64_t, 3> window = {1, 3, 3};
  std::array<int64_t, 3> stride = {1, 1, 1};
  std::array<int64_t, 3> dilation = {1, 1, 1};
  std::array<int64_t, 3> before = {0, 0, 0};
  std::array<int64_t, 3> after = {0, 0, 0};
  const char* letters = "NCHW";
  const char* filter = "NCHW";
  int64_t output_padding = 0;  // rows and columns of x no window reaches

  int64_t y(size_t d) const {
    return (x[d] + before[d] + after[d] - dilation[d] * (window[d] - 1) - 1) /
               stride[d] +
           1;
  }
};

inline int64_t Value(char letter, const Index& index) {
  return index[std::string("NCDHW").find(letter)];
}

inline Shape ShapeFor(const std::string& letters, const Index& extents) {
  Shape shape;
  for (char letter : letters) shape.push_back(Value(letter, extents));
  return shape;
}

inline int64_t Flat(const std::string& letters, const Index& extents,
                    const Index& index) {
  int64_t flat = 0;
  for (char letter : letters) {
    flat = flat * Value(letter, extents) + Value(letter, index);
  }
  return flat;
}

// A tensor with its letters and extents.
struct ReferenceGrid {
  TestTensor tensor;
  std::string letters;
  Index extents;

  double At(const Index& i, bool saturate) const {
    for (size_t d = 0; d < 5; ++d) {
      if (i[d] < 0 || i[d] >= extents[d]) return 0;
    }
    const uint64_t bits = tensor.Get(Flat(letters, extents, i));
    double value = 0;
    double most = 0;
    switch (tensor.spec.dtype) {
      case DataType::kFloat16:
        value = ReferenceDecodeF16(static_cast<uint16_t>(bits));
        most = 65504;
        break;
      case DataType::kBf16:
        value = ReferenceDecodeBf16(static_cast<uint16_t>(bits));
        most = ReferenceDecodeBf16(0x7f7f);
        break;
      case DataType::kFloat:
        value = ReferenceFloatOfBits(static_cast<uint32_t>(bits));
        most = FLT_MAX;
        break;
      default:
        return static_cast<int8_t>(bits);
    }
    return saturate ? ReferenceSaturate(value, most) : value;
  }
};

inline int Group(DataType dtype) {
  return dtype == DataType::kFloat ? 4 : dtype == DataType::kInt8 ? 32 : 16;
}
inline int64_t C0(DataType dtype) {
  return dtype == DataType::kFloat ? 8 : dtype == DataType::kInt8 ? 32 : 16;
}

// One result: the pairs of K, the start, Mmad, Fixpipe.
struct Dot {
  std::vector<double> a;
  std::vector<double> b;

  uint64_t Bits(DataType in, DataType out, double start, int offset,
                bool saturate) const {
    if (in == DataType::kInt8) {
      std::vector<int> x(a.size());
      std::vector<int> w(a.size());
      for (size_t k = 0; k < a.size(); ++k) {
        x[k] = static_cast<int>(a[k]) - offset;
        w[k] = static_cast<int>(b[k]);
      }
      return static_cast<uint32_t>(
          ReferenceMmadInt(x, w, Group(in), static_cast<int32_t>(start)));
    }
    const float acc = ReferenceMmadFloat(a, b, Group(in), saturate,
                                         static_cast<float>(start));
    return reference::Cast(reference::Type::kF32, ReferenceType(out),
                           ReferenceBitsOf(acc), reference::Mode::kRint,
                           saturate);
  }
};

struct Scene {
  Case c;
  DataType in;
  ReferenceGrid x;
  ReferenceGrid filter;
  ReferenceGrid y;
  bool depthwise = false;
};

// The filter between channel `ci` of group g and its output channel `co`.
inline Index FilterIndex(const Scene& s, int64_t g, int64_t co, int64_t ci,
                         int64_t d, int64_t h, int64_t w) {
  if (s.depthwise) return {co, g, d, h, w};
  return {g * s.c.out_channels + co, ci, d, h, w};
}

// Calls fn(channel, d, h, w) in the order of K over a window: depth, blocks of
// C0 channels, height, width, the channels of the block.
inline void WalkK(
    const Scene& s, int64_t channels,
    const std::function<void(int64_t, int64_t, int64_t, int64_t)>& fn) {
  const int64_t c0 = C0(s.in);
  for (int64_t d = 0; d < s.c.window[0]; ++d) {
    for (int64_t c1 = 0; c1 * c0 < channels; ++c1) {
      for (int64_t h = 0; h < s.c.window[1]; ++h) {
        for (int64_t w = 0; w < s.c.window[2]; ++w) {
          for (int64_t c = c1 * c0; c < channels && c < c1 * c0 + c0; ++c) {
            fn(c, d, h, w);
          }
        }
      }
    }
  }
}

inline Dot ForwardDot(const Scene& s, const Index& at, bool saturate,
                      int offset) {
  const Case& c = s.c;
  const int64_t g = at[1] / c.out_channels;
  Dot dot;
  WalkK(s, c.in_channels, [&](int64_t ci, int64_t d, int64_t h, int64_t w) {
    Index i = {at[0], g * c.in_channels + ci, d, h, w};
    bool inside = true;
    for (size_t k = 0; k < 3; ++k) {
      i[k + 2] =
          at[k + 2] * c.stride[k] - c.before[k] + i[k + 2] * c.dilation[k];
      inside = inside && i[k + 2] >= 0 && i[k + 2] < c.x[k];
    }
    dot.a.push_back(inside ? s.x.At(i, saturate) : offset);
    dot.b.push_back(s.filter.At(
        FilterIndex(s, g, at[1] % c.out_channels, ci, d, h, w), saturate));
  });
  return dot;
}

inline Dot InputDot(const Scene& s, const Index& at, bool saturate,
                    int offset) {
  const Case& c = s.c;
  const int64_t g = at[1] / c.in_channels;
  Dot dot;
  WalkK(s, c.out_channels, [&](int64_t co, int64_t d, int64_t h, int64_t w) {
    // The filter turned round.
    const Index turned = {0, 0, c.window[0] - 1 - d, c.window[1] - 1 - h,
                          c.window[2] - 1 - w};
    Index i = {at[0], g * c.out_channels + co, 0, 0, 0};
    bool inside = true;
    for (size_t k = 0; k < 3; ++k) {
      const int64_t place =
          at[k + 2] + c.before[k] - turned[k + 2] * c.dilation[k];
      inside = inside && place >= 0 && place % c.stride[k] == 0 &&
               place / c.stride[k] < c.y(k);
      i[k + 2] = place / c.stride[k];
    }
    dot.a.push_back(inside ? s.y.At(i, saturate) : offset);
    dot.b.push_back(s.filter.At(FilterIndex(s, g, co, at[1] % c.in_channels,
                                            turned[2], turned[3], turned[4]),
                                saturate));
  });
  return dot;
}

// Of filter element `at` in the filter's own indices.
inline Dot FilterDot(const Scene& s, const Index& at, bool saturate) {
  const Case& c = s.c;
  const int64_t g = s.depthwise ? at[1] : at[0] / c.out_channels;
  const int64_t co = s.depthwise ? g * c.out_channels + at[0] : at[0];
  const int64_t ci = s.depthwise ? g : g * c.in_channels + at[1];
  Dot dot;
  for (int64_t n = 0; n < c.n; ++n) {
    for (int64_t d = 0; d < c.y(0); ++d) {
      for (int64_t h = 0; h < c.y(1); ++h) {
        for (int64_t w = 0; w < c.y(2); ++w) {
          const Index y = {n, co, d, h, w};
          Index x = {n, ci, 0, 0, 0};
          for (size_t k = 0; k < 3; ++k) {
            x[k + 2] = y[k + 2] * c.stride[k] - c.before[k] +
                       at[k + 2] * c.dilation[k];
          }
          dot.a.push_back(s.y.At(y, saturate));
          dot.b.push_back(s.x.At(x, saturate));
        }
      }
    }
  }
  return dot;
}

inline void ForEachIndex(const Index& extents,
                         const std::function<void(const Index&)>& fn) {
  Index i;
  for (i[0] = 0; i[0] < extents[0]; ++i[0])
    for (i[1] = 0; i[1] < extents[1]; ++i[1])
      for (i[2] = 0; i[2] < extents[2]; ++i[2])
        for (i[3] = 0; i[3] < extents[3]; ++i[3])
          for (i[4] = 0; i[4] < extents[4]; ++i[4]) fn(i);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_CONV_CONV_REFERENCE_H_
