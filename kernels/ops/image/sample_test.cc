// Patches and sampling against second implementations, written from
// docs/windows.md: naive index walks, one IEEE operation of the host each.

#include <gtest/gtest.h>

#include "kernels/ops/conv/conv_reference.h"

namespace npuemu::kernels {
namespace {

using reference::Mode;
using reference::Type;

float FloatAt(const TestTensor& x, int64_t i) {
  return ReferenceFloatOfBits(static_cast<uint32_t>(reference::Cast(
      ReferenceType(x.spec.dtype), Type::kF32, x.Get(i), Mode::kRint, false)));
}

uint64_t Stored(DataType dtype, float value) {
  return reference::Cast(Type::kF32, ReferenceType(dtype),
                         ReferenceBitsOf(value), Mode::kRint, false);
}

// Coordinates about [-1.2, 1.2], and some that are no number.
TestTensor Coordinates(DataType dtype, Shape shape, Prng* prng) {
  TestTensor x = MakeTensor(dtype, std::move(shape));
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const float value = static_cast<float>(prng->Below(2401)) / 1000.0f - 1.2f;
    x.Set(i, prng->Below(20) == 0 ? RandomBits(dtype, prng)
                                  : Stored(dtype, value));
  }
  return x;
}

TEST(PatchesTest, Im2col) {
  Prng prng(TestSeed());
  for (DataType dtype :
       {DataType::kFloat16, DataType::kInt8, DataType::kInt64}) {
    const TestTensor x = RandomTensor(dtype, {2, 3, 7, 6}, &prng);
    const auto y = RunOp("Im2col", {x},
                         {{"ksizes", List{3, 2}},
                          {"strides", List{2, 1}},
                          {"dilations", List{1, 2}},
                          {"pads", List{1, 0, 2, 1}}});
    ASSERT_FALSE(y.empty());
    // Height (7 + 1 - 3) / 2 + 1, width 6 + 3 - 3 + 1.
    ASSERT_EQ(y[0].spec.shape, (Shape{2, 18, 21}));
    for (int64_t i = 0; i < y[0].spec.count(); ++i) {
      const int64_t oh = i % 21 / 7;
      const int64_t ow = i % 7;
      const int64_t tap = i / 21 % 6;
      const int64_t h = oh * 2 - 1 + tap / 2;
      const int64_t w = ow - 2 + tap % 2 * 2;
      const bool inside = h >= 0 && h < 7 && w >= 0 && w < 6;
      const int64_t from = (i / 126 * 7 + h) * 6 + w;
      ASSERT_EQ(y[0].Get(i), inside ? x.Get(from) : 0) << i;
    }
  }
}

// Every window, stride and dilation about the size of the image.
TEST(PatchesTest, Im2colOfEveryShape) {
  Prng prng(TestSeed());
  int cases = 0;
  for (DataType dtype : {DataType::kInt8, DataType::kFloat16, DataType::kFloat,
                         DataType::kInt64}) {
    for (int run = 0; run < 200; ++run) {
      const auto number = [&](uint64_t below) {
        return static_cast<int64_t>(prng.Below(below));
      };
      const int64_t size[] = {1 + number(7), 1 + number(7)};
      const int64_t window[] = {1 + number(4), 1 + number(4)};
      const int64_t stride[] = {1 + number(9), 1 + number(9)};
      const int64_t dilation[] = {1 + number(3), 1 + number(3)};
      const int64_t pads[] = {number(9), number(9), number(9), number(9)};
      int64_t places[2];
      for (size_t d = 0; d < 2; ++d) {
        const int64_t room = size[d] + pads[2 * d] + pads[2 * d + 1] -
                             dilation[d] * (window[d] - 1) - 1;
        places[d] = room < 0 ? 0 : room / stride[d] + 1;
      }
      if (places[0] == 0 || places[1] == 0) continue;
      const TestTensor x = RandomTensor(dtype, {2, 2, size[0], size[1]}, &prng);
      const auto y =
          RunOp("Im2col", {x},
                {{"ksizes", List(window, window + 2)},
                 {"strides", List(stride, stride + 2)},
                 {"dilations", List(dilation, dilation + 2)},
                 {"pads", List{pads[0], pads[1], pads[2], pads[3]}}});
      ASSERT_FALSE(y.empty());
      const int64_t taps = window[0] * window[1];
      ASSERT_EQ(y[0].spec.shape, (Shape{2, 2 * taps, places[0] * places[1]}));
      for (int64_t i = 0; i < y[0].spec.count(); ++i) {
        const int64_t place = i % (places[0] * places[1]);
        const int64_t row = i / (places[0] * places[1]);
        const int64_t tap = row % taps;
        const int64_t h = place / places[1] * stride[0] - pads[0] +
                          tap / window[1] * dilation[0];
        const int64_t w = place % places[1] * stride[1] - pads[2] +
                          tap % window[1] * dilation[1];
        const bool in = h >= 0 && h < size[0] && w >= 0 && w < size[1];
        const int64_t from = (row / taps * size[0] + h) * size[1] + w;
        ASSERT_EQ(y[0].Get(i), in ? x.Get(from) : 0)
            << i << " run " << run << " seed " << TestSeed();
      }
      ++cases;
    }
  }
  std::printf("cases: %d shapes\n", cases);
  EXPECT_GT(cases, 400);
}

TEST(PatchesTest, ExtractImagePatches) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {2, 7, 6, 3}, &prng);
  const auto y = RunOp("ExtractImagePatches", {x},
                       {{"ksizes", List{1, 3, 2, 1}},
                        {"strides", List{1, 2, 1, 1}},
                        {"rates", List{1, 1, 2, 1}},
                        {"padding", std::string("SAME")}});
  ASSERT_FALSE(y.empty());
  // (4 - 1) * 2 + 3 - 7 = 2 rows of padding, 2 columns.
  ASSERT_EQ(y[0].spec.shape, (Shape{2, 4, 6, 18}));
  for (int64_t i = 0; i < y[0].spec.count(); ++i) {
    const int64_t c = i % 3;
    const int64_t tap = i / 3 % 6;
    const int64_t h = i / 108 % 4 * 2 - 1 + tap / 2;
    const int64_t w = i / 18 % 6 - 1 + tap % 2 * 2;
    const bool inside = h >= 0 && h < 7 && w >= 0 && w < 6;
    const int64_t from = ((i / 432 * 7 + h) * 6 + w) * 3 + c;
    ASSERT_EQ(y[0].Get(i), inside ? x.Get(from) : 0) << i;
  }
}

TEST(PatchesTest, Col2im) {
  Prng prng(TestSeed());
  for (bool four : {false, true}) {
    const Shape shape = four ? Shape{2, 2, 6, 18} : Shape{2, 12, 18};
    const TestTensor x = RandomTensor(DataType::kBf16, shape, &prng);
    for (bool known : {true, false}) {
      const auto y = RunOp("Col2im", {x, IntTensor(DataType::kInt32, {5, 6})},
                           {{"kernel_size", List{3, 2}},
                            {"dilation", List{1, 2}},
                            {"padding", List{1, 1}},
                            {"stride", List{2, 1}}},
                           {.const_values = known});
      ASSERT_FALSE(y.empty());
      ASSERT_EQ(y[0].spec.shape, (Shape{2, 2, 5, 6}));
      for (int64_t i = 0; i < y[0].spec.count(); ++i) {
        float sum = 0;
        for (int64_t tap = 0; tap < 6; ++tap) {
          for (int64_t place = 0; place < 18; ++place) {
            const int64_t h = place / 6 * 2 - 1 + tap / 2;
            const int64_t w = place % 6 - 1 + tap % 2 * 2;
            if (h * 6 + w != i % 30 || w < 0 || w >= 6 || h < 0) continue;
            sum = sum + FloatAt(x, (i / 30 * 6 + tap) * 18 + place);
          }
        }
        ASSERT_EQ(y[0].Get(i), Stored(DataType::kBf16, sum)) << i;
      }
    }
  }
}

float Reflect(float c, float low, float high) {
  if (low == high) return 0;
  const float least = low / 2;
  const float span = (high - low) / 2;
  const float from = std::fabs(c - least);
  const float flips = std::floor(from / span);
  const float steps = flips * span;
  const float extra = from - steps;
  if (std::fmod(flips, 2.0f) == 0) return extra + least;
  return span - extra + least;
}

float GridPlace(float g, int64_t size, const std::string& fill, bool align) {
  const auto n = static_cast<float>(size);
  float c = align ? (g + 1) / 2 * (n - 1) : ((g + 1) * n - 1) / 2;
  if (fill == "reflection") {
    c = align ? Reflect(c, 0, 2 * (n - 1)) : Reflect(c, -1, 2 * n - 1);
  }
  if (fill == "zeros") return c;
  if (std::isnan(c)) return 0;
  return std::min(std::max(c, 0.0f), n - 1);
}

struct GridCase {
  bool nearest;
  const char* fill;
  bool align;
};

// The value of one channel, `at` being the places in d, h, w.
float GridValue(const GridCase& g, const TestTensor& x, int64_t channel,
                const std::array<float, 3>& at,
                const std::array<int64_t, 3>& size) {
  float sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    int64_t index = channel;
    float weight = 1;
    bool inside = true;
    std::array<float, 3> place;
    for (int d = 2; d >= 0; --d) {
      const auto k = static_cast<size_t>(d);
      const int side = corner >> (2 - d) & 1;
      const float low = g.nearest ? std::nearbyint(at[k]) : std::floor(at[k]);
      place[k] = low + static_cast<float>(side);
      float part = side == 0 ? low + 1 - at[k] : at[k] - low;
      if (g.nearest || size[k] == 0) part = side == 0 ? 1.0f : 0.0f;
      if (g.nearest && side == 1) inside = false;
      weight = weight * part;
      inside =
          inside && place[k] >= 0 && place[k] < static_cast<float>(size[k]);
    }
    if (!inside) continue;
    for (size_t k = 0; k < 3; ++k) {
      index = index * size[k] + static_cast<int64_t>(place[k]);
    }
    sum = sum + FloatAt(x, index) * weight;
  }
  return sum;
}

TEST(SampleTest, GridSampler) {
  Prng prng(TestSeed());
  for (int rank : {2, 3}) {
    for (bool nearest : {false, true}) {
      for (const char* fill : {"zeros", "border", "reflection"}) {
        for (bool align : {false, true}) {
          const GridCase g = {nearest, fill, align};
          SCOPED_TRACE(std::string(fill) + (nearest ? " nearest" : ""));
          const std::array<int64_t, 3> size = {rank == 2 ? 1 : 3, 5, 4};
          const TestTensor x = RandomTensor(
              DataType::kFloat,
              rank == 2 ? Shape{2, 3, 5, 4} : Shape{2, 3, 3, 5, 4}, &prng);
          const TestTensor grid = Coordinates(
              DataType::kFloat,
              rank == 2 ? Shape{2, 3, 6, 2} : Shape{2, 2, 3, 3, 3}, &prng);
          const auto y =
              RunOp(rank == 2 ? "GridSampler2D" : "GridSampler3D", {x, grid},
                    {{"interpolation_mode",
                      std::string(nearest ? "nearest" : "bilinear")},
                     {"padding_mode", std::string(fill)},
                     {"align_corners", align}});
          ASSERT_FALSE(y.empty());
          for (int64_t i = 0; i < y[0].spec.count(); ++i) {
            const int64_t n = i / 54;
            const int64_t place = i % 18;
            std::array<float, 3> at = {};
            for (int k = 0; k < rank; ++k) {
              const auto d = static_cast<size_t>(2 - k);
              at[d] = GridPlace(FloatAt(grid, (n * 18 + place) * rank + k),
                                size[d], fill, align);
            }
            ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat,
                                          GridValue(g, x, i / 18, at, size)))
                << i;
          }
        }
      }
    }
  }
}

float CropPlace(float from, float to, int64_t in, int64_t out, int64_t o) {
  const auto last = static_cast<float>(in - 1);
  if (out == 1) return 0.5f * (from + to) * last;
  const float scale = (to - from) * last / static_cast<float>(out - 1);
  return from * last + static_cast<float>(o) * scale;
}

TEST(SampleTest, CropAndResize) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat, {2, 5, 6, 3}, &prng);
  const TestTensor boxes = Coordinates(DataType::kFloat, {4, 4}, &prng);
  const TestTensor index = IntTensor(DataType::kInt32, {1, 0, 0, 1});
  const std::pair<int64_t, int64_t> kSizes[] = {{3, 4}, {1, 2}};
  for (const auto& [rows, columns] : kSizes) {
    for (bool nearest : {false, true}) {
      const auto y =
          RunOp("CropAndResize",
                {x, boxes, index, IntTensor(DataType::kInt32, {rows, columns})},
                {{"method", std::string(nearest ? "nearest" : "bilinear")},
                 {"extrapolation_value", 2.5f}});
      ASSERT_FALSE(y.empty());
      ASSERT_EQ(y[0].spec.shape, (Shape{4, rows, columns, 3}));
      for (int64_t i = 0; i < y[0].spec.count(); ++i) {
        const int64_t b = i / 3 / columns / rows;
        const float h =
            CropPlace(FloatAt(boxes, b * 4), FloatAt(boxes, b * 4 + 2), 5, rows,
                      i / 3 / columns % rows);
        const float w =
            CropPlace(FloatAt(boxes, b * 4 + 1), FloatAt(boxes, b * 4 + 3), 6,
                      columns, i / 3 % columns);
        const auto at = [&](float r, float c) {
          const int64_t row =
              static_cast<int64_t>(index.Get(b)) * 5 + static_cast<int64_t>(r);
          return FloatAt(x, (row * 6 + static_cast<int64_t>(c)) * 3 + i % 3);
        };
        float expected = 2.5f;
        if (h >= 0 && h <= 4 && w >= 0 && w <= 5) {
          if (nearest) {
            expected = at(std::round(h), std::round(w));
          } else {
            const float hp = h - std::floor(h);
            const float wp = w - std::floor(w);
            const auto row = [&](float r) {
              const float left = at(r, std::floor(w));
              const float step = at(r, std::ceil(w)) - left;
              return left + step * wp;
            };
            const float top = row(std::floor(h));
            const float bottom = row(std::ceil(h));
            expected = top + (bottom - top) * hp;
          }
        }
        ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat, expected)) << i;
      }
    }
  }
  const auto out = IntTensor(DataType::kInt32, {2, 2});
  const TestTensor bytes = RandomTensor(DataType::kUint8, {2, 5, 6, 3}, &prng);
  EXPECT_EQ(RunOp("CropAndResizeV2", {bytes, boxes, index, out})[0].spec.dtype,
            DataType::kFloat);
}

TEST(SampleTest, AffineGrid) {
  Prng prng(TestSeed());
  for (bool align : {false, true}) {
    for (int64_t rank : {2, 3}) {
      const TestTensor theta =
          RandomTensor(DataType::kFloat, {2, rank, rank + 1}, &prng);
      const List size = rank == 2 ? List{2, 7, 3, 4} : List{2, 7, 1, 3, 4};
      const auto y =
          RunOp("AffineGrid", {theta, IntTensor(DataType::kInt32, size)},
                {{"align_corners", align}});
      ASSERT_FALSE(y.empty());
      ASSERT_EQ(y[0].spec.count(), 24 * rank);
      for (int64_t i = 0; i < y[0].spec.count(); ++i) {
        const int64_t place = i / rank % 12;
        const auto base = [&](int64_t o, int64_t extent) {
          const auto n = static_cast<float>(extent);
          const auto at = static_cast<float>(o);
          if (!align) return (2 * at + 1) / n - 1;
          return extent == 1 ? 0.0f : 2 * at / (n - 1) - 1;
        };
        const float bases[] = {base(place % 4, 4), base(place / 4, 3),
                               base(0, 1)};
        const int64_t row = (i / rank / 12 * rank + i % rank) * (rank + 1);
        float sum = bases[0] * FloatAt(theta, row);
        for (int64_t k = 1; k < rank; ++k) {
          sum = sum + bases[k] * FloatAt(theta, row + k);
        }
        sum = sum + FloatAt(theta, row + rank);
        ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat, sum)) << i;
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
