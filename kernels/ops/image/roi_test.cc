// Regions and colours against second implementations, written from
// docs/windows.md: naive walks, one IEEE operation of the host each.

#include <gtest/gtest.h>

#include <tuple>

#include "kernels/ops/conv/conv_reference.h"
#include "kernels/testing/primitive.h"

namespace npuemu::kernels {
namespace {

using reference::Mode;
using reference::Type;

float FloatAt(const TestTensor& x, int64_t i) {
  if (x.spec.dtype == DataType::kUint8) return static_cast<float>(x.Get(i));
  return ReferenceFloatOfBits(static_cast<uint32_t>(reference::Cast(
      ReferenceType(x.spec.dtype), Type::kF32, x.Get(i), Mode::kRint, false)));
}

uint64_t Stored(DataType dtype, float value) {
  const Mode mode = dtype == DataType::kUint8 ? Mode::kTrunc : Mode::kRint;
  return reference::Cast(Type::kF32, ReferenceType(dtype),
                         ReferenceBitsOf(value), mode, false);
}

float Two(const char* op, float a, float b) {
  return ReferenceFloatOfBits(static_cast<uint32_t>(reference::Primitive2(
      op, Type::kF32, ReferenceBitsOf(a), ReferenceBitsOf(b))));
}
float Largest(float a, float b) { return Two("Maximum", a, b); }
float Smallest(float a, float b) { return Two("Minimum", a, b); }

float RowSum(const std::vector<float>& row) {
  std::vector<reference::Bits> bits;
  for (float x : row) bits.push_back(ReferenceBitsOf(x));
  return ReferenceFloatOfBits(
      static_cast<uint32_t>(reference::RowSum(Type::kF32, bits, false)));
}

constexpr int64_t kRois = 8;

// Regions of two images of 6 by 5, in and out of them; one of no image.
TestTensor Rois(DataType dtype, Prng* prng) {
  TestTensor x = MakeTensor(dtype, {kRois, 5});
  for (int64_t i = 0; i < kRois; ++i) {
    x.Set(i * 5, Stored(dtype, i == 3 ? 7.0f : static_cast<float>(i % 2)));
    for (int64_t k = 1; k < 5; ++k) {
      const float value = static_cast<float>(prng->Below(120)) / 8.0f - 2.0f +
                          (k < 3 ? 0.0f : 4.0f);
      x.Set(i * 5 + k, Stored(dtype, value));
    }
  }
  return x;
}

struct Side {
  float start;
  float bin;
  int64_t samples;
};

Side SideOf(float from, float to, int64_t bins, int64_t samples, int mode) {
  const float shift = mode == 2 ? 0.5f : 0.0f;
  const float more = mode == 1 ? 1.0f : 0.0f;
  Side s;
  s.start = from * 0.5f - shift;
  float length = (to + more) * 0.5f - shift - s.start;
  if (mode != 2) length = Largest(length, 1);
  s.bin = length / static_cast<float>(bins);
  s.samples = samples;
  if (samples == 0) {
    s.samples = std::max<int64_t>(static_cast<int64_t>(std::ceil(s.bin)), 1);
  }
  return s;
}

// Calls fn(element of the plane, weight) for the four corners of a sample;
// false if it lies outside.
bool Corners(float h, float w, const std::function<void(int64_t, float)>& fn) {
  float at[2] = {h, w};
  const int64_t size[2] = {6, 5};
  int64_t low[2];
  int64_t high[2];
  float part[2];
  for (int d = 0; d < 2; ++d) {
    if (!(at[d] >= -1) || at[d] > static_cast<float>(size[d])) return false;
    at[d] = std::max(at[d], 0.0f);
    low[d] = std::min(static_cast<int64_t>(at[d]), size[d] - 1);
    high[d] = std::min(low[d] + 1, size[d] - 1);
    part[d] = low[d] == size[d] - 1 ? 0.0f : at[d] - static_cast<float>(low[d]);
  }
  fn(low[0] * 5 + low[1], (1 - part[0]) * (1 - part[1]));
  fn(low[0] * 5 + high[1], (1 - part[0]) * part[1]);
  fn(high[0] * 5 + low[1], part[0] * (1 - part[1]));
  fn(high[0] * 5 + high[1], part[0] * part[1]);
  return true;
}

// Calls fn(h, w) for the samples of a bin; their number.
int64_t Samples(const Side& h, const Side& w, int64_t oh, int64_t ow,
                const std::function<void(float, float)>& fn) {
  const auto at = [](const Side& s, int64_t bin, int64_t i) {
    const float begin = s.start + static_cast<float>(bin) * s.bin;
    const float step = (static_cast<float>(i) + 0.5f) * s.bin;
    return begin + step / static_cast<float>(s.samples);
  };
  for (int64_t i = 0; i < h.samples; ++i) {
    for (int64_t j = 0; j < w.samples; ++j) fn(at(h, oh, i), at(w, ow, j));
  }
  return h.samples * w.samples;
}

// A bin of the plane that begins at element `start` of x, and what its gradient
// g gives to the sums.
float BinOf(const TestTensor& x, float g, int64_t start, const Side& h,
            const Side& w, int64_t oh, int64_t ow, bool largest,
            std::vector<float>* sums) {
  float sum = 0;
  bool first = true;
  const auto count = static_cast<float>(h.samples * w.samples);
  Samples(h, w, oh, ow, [&](float sh, float sw) {
    float value = 0;
    bool begun = false;
    Corners(sh, sw, [&](int64_t at, float weight) {
      const float part = weight * FloatAt(x, start + at);
      value = begun ? value + part : part;
      begun = true;
      float give = g * weight;
      give = give / count;
      float& to = (*sums)[static_cast<size_t>(start + at)];
      to = to + give;
    });
    const bool nan = std::isnan(value) && !std::isnan(sum);
    if (!largest) {
      sum = sum + value;
    } else if (first || nan || value > sum) {
      sum = value;
    }
    first = false;
  });
  return largest ? sum : sum / count;
}

TEST(RoiTest, Align) {
  Prng prng(TestSeed());
  for (int mode : {0, 1, 2}) {
    for (int64_t samples : {0, 2}) {
      for (bool largest : {false, true}) {
        const TestTensor x =
            RandomTensor(DataType::kFloat, {2, 3, 6, 5}, &prng);
        const TestTensor rois = Rois(DataType::kFloat, &prng);
        const Attrs attrs = {{"spatial_scale", 0.5f},
                             {"pooled_height", int64_t{2}},
                             {"pooled_width", int64_t{3}},
                             {"sample_num", samples},
                             {"roi_end_mode", int64_t{mode}}};
        Attrs with = attrs;
        with["pool_mode"] = std::string(largest ? "max" : "avg");
        const auto y = RunOp("ROIAlign", {x, rois}, with);
        ASSERT_FALSE(y.empty());
        const TestTensor g =
            RandomTensor(DataType::kFloat, {kRois, 3, 2, 3}, &prng);
        with = attrs;
        with["xdiff_shape"] = List{2, 3, 6, 5};
        const auto d = RunOp("ROIAlignGrad", {g, rois}, with);
        ASSERT_FALSE(d.empty());
        std::vector<float> sums(180, 0.0f);
        for (int64_t i = 0; i < y[0].spec.count(); ++i) {
          const int64_t roi = i / 18;
          const int64_t c = i / 6 % 3;
          const auto v = [&](int64_t k) { return FloatAt(rois, roi * 5 + k); };
          if (v(0) > 1) {
            ASSERT_EQ(y[0].Get(i), 0u);
            continue;
          }
          const int64_t plane = static_cast<int64_t>(v(0)) * 3 + c;
          const Side h = SideOf(v(2), v(4), 2, samples, mode);
          const Side w = SideOf(v(1), v(3), 3, samples, mode);
          const float sum = BinOf(x, FloatAt(g, i), plane * 30, h, w, i / 3 % 2,
                                  i % 3, largest, &sums);
          ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat, sum)) << i;
        }
        for (int64_t i = 0; i < 180; ++i) {
          ASSERT_EQ(d[0].Get(i),
                    Stored(DataType::kFloat, sums[static_cast<size_t>(i)]))
              << i;
        }
      }
    }
  }
}

int64_t Inside(float x, int64_t most) {
  return std::min(static_cast<int64_t>(std::max(x, 0.0f)), most);
}

// The places of bin k of a region from a to b.
std::pair<int64_t, int64_t> BinOf(bool position, float a, float b, int64_t bins,
                                  int64_t bin, int64_t size) {
  const auto n = static_cast<float>(bins);
  const auto k = static_cast<float>(bin);
  if (position) {
    const float start = std::round(a) * 0.5f;
    const float end = (std::round(b) + 1) * 0.5f;
    const float step = Largest(end - start, 0.1f) / n;
    return {Inside(std::floor(k * step + start), size),
            Inside(std::ceil((k + 1) * step + start), size)};
  }
  const float start = std::round(a * 0.5f);
  const float end = std::round(b * 0.5f);
  const float step = Largest(end - start + 1, 1) / n;
  return {Inside(std::floor(k * step) + start, size),
          Inside(std::ceil((k + 1) * step) + start, size)};
}

TEST(RoiTest, Pooling) {
  Prng prng(TestSeed());
  for (bool position : {false, true}) {
    const int64_t channels = position ? 12 : 3;
    const int64_t gh = 2;
    const int64_t gw = position ? 2 : 3;
    const TestTensor x =
        RandomTensor(DataType::kFloat16, {2, channels, 6, 5}, &prng);
    const TestTensor rois = Rois(DataType::kFloat16, &prng);
    const auto y = position ? RunOp("PSROIPooling", {x, rois},
                                    {{"output_dim", int64_t{3}},
                                     {"group_size", int64_t{2}},
                                     {"spatial_scale", 0.5f}})
                            : RunOp("ROIPooling", {x, rois},
                                    {{"pooled_h", gh},
                                     {"pooled_w", gw},
                                     {"spatial_scale_h", 0.5f},
                                     {"spatial_scale_w", 0.5f}});
    ASSERT_FALSE(y.empty());
    ASSERT_EQ(y[0].spec.shape, (Shape{kRois, 3, gh, gw}));
    for (int64_t i = 0; i < y[0].spec.count(); ++i) {
      const int64_t roi = i / (3 * gh * gw);
      const int64_t c = i / (gh * gw) % 3;
      const int64_t bin[2] = {i / gw % gh, i % gw};
      int64_t from[2];
      int64_t to[2];
      const int64_t bins[2] = {gh, gw};
      for (int d = 0; d < 2; ++d) {
        const float a = FloatAt(rois, roi * 5 + (d == 0 ? 2 : 1));
        const float b = FloatAt(rois, roi * 5 + (d == 0 ? 4 : 3));
        std::tie(from[d], to[d]) =
            BinOf(position, a, b, bins[d], bin[d], d == 0 ? 6 : 5);
      }
      std::vector<float> seen;
      const int64_t image = static_cast<int64_t>(FloatAt(rois, roi * 5));
      const int64_t plane =
          image * channels + (position ? (c * 2 + bin[0]) * 2 + bin[1] : c);
      for (int64_t h = from[0]; image < 2 && h < to[0]; ++h) {
        for (int64_t w = from[1]; w < to[1]; ++w) {
          seen.push_back(FloatAt(x, (plane * 6 + h) * 5 + w));
        }
      }
      float expected = seen.empty() ? 0 : seen[0];
      for (float value : seen) {
        const bool nan = std::isnan(value) && !std::isnan(expected);
        if (nan || value > expected) expected = value;
      }
      if (position && !seen.empty()) {
        expected = RowSum(seen) / static_cast<float>(seen.size());
      }
      ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat16, expected)) << i;
    }
  }
}

TEST(RoiTest, PriorBox) {
  const TestTensor x = MakeTensor(DataType::kFloat, {1, 3, 2, 3});
  const TestTensor image = MakeTensor(DataType::kFloat, {1, 3, 40, 60});
  const auto y = RunOp("PriorBox", {x, image},
                       {{"min_size", std::vector<float>{4}},
                        {"max_size", std::vector<float>{9}},
                        {"aspect_ratio", std::vector<float>{2}},
                        {"clip", true}});
  ASSERT_FALSE(y.empty());
  ASSERT_EQ(y[0].spec.shape, (Shape{1, 2, 96, 1}));
  const float root = std::sqrt(2.0f);
  const float root_half = std::sqrt(0.5f);
  const float widths[] = {4, 6, 4 * root, 4 * root_half};
  const float heights[] = {4, 6, 4 / root, 4 / root_half};
  for (int64_t i = 0; i < 96; ++i) {
    const int64_t b = i / 4 % 4;
    const auto row = static_cast<float>(i / 16 / 3);
    const auto column = static_cast<float>(i / 16 % 3);
    const bool across = i % 2 == 0;
    const float middle = across ? (column + 0.5f) * 20 : (row + 0.5f) * 20;
    const float half = (across ? widths[b] : heights[b]) / 2;
    const float corner = i % 4 < 2 ? middle - half : middle + half;
    const float value = corner / (across ? 60.0f : 40.0f);
    ASSERT_EQ(y[0].Get(i),
              Stored(DataType::kFloat, Smallest(Largest(value, 0), 1)))
        << i;
    ASSERT_EQ(y[0].Get(96 + i), Stored(DataType::kFloat, 0.1f));
  }
}

TEST(ColorsTest, HsvAndBack) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {50, 3}, &prng);
  const auto hsv = RunOp("RGBToHSV", {x});
  const auto rgb = RunOp("HSVToRGB", {x});
  ASSERT_FALSE(hsv.empty() || rgb.empty());
  for (int64_t i = 0; i < 50; ++i) {
    const float r = FloatAt(x, i * 3);
    const float g = FloatAt(x, i * 3 + 1);
    const float b = FloatAt(x, i * 3 + 2);
    const float v = Largest(r, Largest(g, b));
    const float range = v - Smallest(r, Smallest(g, b));
    const float part = 1 / (6 * range);
    float hue = 0;
    if (r == v) {
      hue = part * (g - b);
    } else if (g == v) {
      const float t = part * (b - r);
      hue = t + 2.0f / 6.0f;
    } else {
      const float t = part * (r - g);
      hue = t + 4.0f / 6.0f;
    }
    if (range <= 0) hue = 0;
    if (hue < 0) hue = hue + 1;
    const float expected[] = {hue, v > 0 ? range / v : 0.0f, v};
    for (int64_t k = 0; k < 3; ++k) {
      ASSERT_EQ(hsv[0].Get(i * 3 + k), Stored(DataType::kFloat16, expected[k]))
          << i << " " << k;
    }
    const float h = r * 6;  // (h, s, v) = (r, g, b)
    const float parts[] = {std::fabs(h - 3) - 1, 2 - std::fabs(h - 2),
                           2 - std::fabs(h - 4)};
    for (int64_t k = 0; k < 3; ++k) {
      const float clamped = Smallest(Largest(parts[k], 0), 1);
      const float scaled = g * clamped;
      const float sum = (1 - g) + scaled;
      ASSERT_EQ(rgb[0].Get(i * 3 + k), Stored(DataType::kFloat16, sum * b))
          << i << " " << k;
    }
  }
}

TEST(ColorsTest, AdjustContrast) {
  Prng prng(TestSeed());
  TestTensor factor = MakeTensor(DataType::kFloat, {});
  factor.Set(0, ReferenceBitsOf(1.7f));
  for (DataType dtype : {DataType::kFloat16, DataType::kUint8}) {
    for (bool last : {true, false}) {
      for (bool grey : {true, false}) {
        const TestTensor x = RandomTensor(
            dtype, last ? Shape{2, 5, 7, 3} : Shape{2, 3, 5, 7}, &prng);
        const auto y =
            RunOp("AdjustContrast", {x, factor},
                  {{"data_format", std::string(last ? "HWC" : "CHW")},
                   {"mean_mode", std::string(grey ? "chn_y" : "chn_wise")}});
        ASSERT_FALSE(y.empty());
        const auto at = [&](int64_t n, int64_t c, int64_t i) {
          return last ? (n * 35 + i) * 3 + c : (n * 3 + c) * 35 + i;
        };
        for (int64_t n = 0; n < 2; ++n) {
          for (int64_t c = 0; c < 3; ++c) {
            std::vector<float> row;
            for (int64_t i = 0; i < 35; ++i) {
              float value = FloatAt(x, at(n, c, i));
              if (grey) {
                const float red = FloatAt(x, at(n, 0, i)) * 0.2989f;
                const float green = FloatAt(x, at(n, 1, i)) * 0.587f;
                const float blue = FloatAt(x, at(n, 2, i)) * 0.114f;
                value = red + green;
                value = value + blue;
              }
              row.push_back(value);
            }
            const float mean = RowSum(row) / 35;
            for (int64_t i = 0; i < 35; ++i) {
              const float away = (FloatAt(x, at(n, c, i)) - mean) * 1.7f;
              ASSERT_EQ(y[0].Get(at(n, c, i)), Stored(dtype, away + mean))
                  << n << " " << c << " " << i;
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
