// Resizing against a second implementation, written from docs/windows.md: each
// place of x is asked for its weight. One operation is one IEEE operation of
// the host, which the build does not contract.

#include <gtest/gtest.h>

#include <map>

#include "kernels/ops/conv/conv_reference.h"

namespace npuemu::kernels {
namespace {

enum class Kind { kNearest, kLinear, kCubic };

struct Way {
  Kind kind;
  bool half = false;
  bool align = false;
  bool onnx = false;
};

float Scale(const Way& way, int64_t in, int64_t out) {
  const bool ends = way.align && out > 1;
  return ends ? static_cast<float>(in - 1) / static_cast<float>(out - 1)
              : static_cast<float>(in) / static_cast<float>(out);
}

float Keys(float a, float d) {
  if (d <= 1) {
    float t = (a + 2) * d;
    t = t - (a + 3);
    t = t * d;
    t = t * d;
    return t + 1;
  }
  float t = a * d;
  t = t - 5 * a;
  t = t * d;
  t = t + 8 * a;
  t = t * d;
  return t - 4 * a;
}

std::vector<std::pair<int64_t, float>> Cubic(const Way& way, int64_t in,
                                             float c) {
  std::vector<std::pair<int64_t, float>> found;
  const float low = std::floor(c);
  float t = c - low;
  if (!way.onnx) t = std::nearbyint(t * 1024) / 1024;
  const float a = way.half && !way.onnx ? -0.5f : -0.75f;
  const float at[] = {t + 1, t, 1 - t, 2 - t};
  float sum = 0;
  const bool excludes = way.half && !way.onnx;
  for (int k = 0; k < 4; ++k) {
    const int64_t i = static_cast<int64_t>(low) + k - 1;
    if (excludes && (i < 0 || i >= in)) continue;
    found.emplace_back(std::min(std::max<int64_t>(i, 0), in - 1),
                       Keys(a, at[k]));
    sum = sum + found.back().second;
  }
  for (auto& one : found) {
    if (excludes) one.second = one.second / sum;
  }
  return found;
}

// Pairs (place of x, weight) in their order.
std::vector<std::pair<int64_t, float>> Weights(const Way& way, int64_t in,
                                               int64_t out, int64_t o) {
  const float scale = Scale(way, in, out);
  const auto place = static_cast<float>(o);
  float c = place * scale;
  if (way.half) c = (place + 0.5f) * scale;
  if (way.half && (way.kind != Kind::kNearest || way.onnx)) c = c - 0.5f;
  std::vector<std::pair<int64_t, float>> found;
  const auto inside = [&](int64_t i) {
    return std::min(std::max<int64_t>(i, 0), in - 1);
  };
  switch (way.kind) {
    case Kind::kNearest: {
      float r = std::floor(c);
      if (way.align) r = std::round(c);
      if (way.onnx) r = std::ceil(c - 0.5f);
      return {{inside(static_cast<int64_t>(r)), 1.0f}};
    }
    case Kind::kLinear: {
      c = std::min(std::max(c, 0.0f), static_cast<float>(in - 1));
      const float low = std::floor(c);
      for (int64_t i = 0; i < in; ++i) {
        const float part = c - low;
        if (static_cast<float>(i) == low) {
          found.emplace_back(i, part > 0 ? 1 - part : 1.0f);
        }
        if (static_cast<float>(i) == low + 1 && part > 0) {
          found.emplace_back(i, part);
        }
      }
      return found;
    }
    case Kind::kCubic:
      return Cubic(way, in, c);
  }
  return found;
}

struct Picture {
  TestTensor tensor;
  std::string letters;
  Index extents;

  float At(const Index& i) const {
    const auto bits = tensor.Get(Flat(letters, extents, i));
    if (tensor.spec.dtype == DataType::kUint8) {
      return static_cast<float>(bits);
    }
    const auto wide =
        reference::Cast(ReferenceType(tensor.spec.dtype), reference::Type::kF32,
                        bits, reference::Mode::kRint, false);
    return ReferenceFloatOfBits(static_cast<uint32_t>(wide));
  }
};

Picture Random(DataType dtype, const std::string& letters, const Index& extents,
               Prng* prng) {
  return {RandomTensor(dtype, ShapeFor(letters, extents), prng), letters,
          extents};
}

uint64_t Stored(DataType dtype, float value) {
  return reference::Cast(reference::Type::kF32, ReferenceType(dtype),
                         ReferenceBitsOf(value), reference::Mode::kRint, false);
}

// A sum that begins with its first summand.
struct Sum {
  bool begun = false;
  float value = 0;
  void Add(float x) {
    value = begun ? value + x : x;
    begun = true;
  }
};

void ExpectResized(const Way& way, const Picture& x, const TestTensor& y,
                   const Index& size, float factor) {
  const Index& e = x.extents;
  ASSERT_EQ(y.spec.shape, ShapeFor(x.letters, size));
  ForEachIndex(size, [&](const Index& o) {
    if (testing::Test::HasFailure()) return;
    if (way.kind == Kind::kNearest) {  // bits are copied
      const Index i = {o[0], o[1], Weights(way, e[2], size[2], o[2])[0].first,
                       Weights(way, e[3], size[3], o[3])[0].first,
                       Weights(way, e[4], size[4], o[4])[0].first};
      ASSERT_EQ(y.Get(Flat(x.letters, size, o)),
                x.tensor.Get(Flat(x.letters, e, i)));
      return;
    }
    Sum depth;
    for (const auto& [d, wd] : Weights(way, e[2], size[2], o[2])) {
      Sum height;
      for (const auto& [h, wh] : Weights(way, e[3], size[3], o[3])) {
        Sum width;
        for (const auto& [w, ww] : Weights(way, e[4], size[4], o[4])) {
          width.Add(ww * x.At({o[0], o[1], d, h, w}));
        }
        height.Add(wh * width.value);
      }
      depth.Add(wd * height.value);
    }
    float expected = depth.value;
    if (factor != 1) expected = expected * factor;
    ASSERT_EQ(y.Get(Flat(x.letters, size, o)), Stored(y.spec.dtype, expected))
        << testing::PrintToString(o) << " seed " << TestSeed();
  });
}

constexpr Index kSmall = {2, 3, 1, 5, 4};
const Index kSizes[] = {{2, 3, 1, 9, 7}, {2, 3, 1, 2, 3}, {2, 3, 1, 5, 1}};

TEST(ResizeTest, TensorFlow) {
  Prng prng(TestSeed());
  const std::pair<const char*, Kind> kOps[] = {
      {"ResizeBilinearV2", Kind::kLinear},
      {"SyncResizeBilinearV2", Kind::kLinear},
      {"ResizeNearestNeighborV2", Kind::kNearest},
      {"ResizeBicubic", Kind::kCubic}};
  for (const auto& [type, kind] : kOps) {
    for (const Index& size : kSizes) {
      for (int mode = 0; mode < 3; ++mode) {
        const Way way = {kind, mode == 1, mode == 2};
        SCOPED_TRACE(std::string(type) + std::to_string(mode));
        const Attrs attrs = {{"align_corners", way.align},
                             {"half_pixel_centers", way.half}};
        const Picture x = Random(DataType::kFloat, "NHWC", kSmall, &prng);
        for (bool known : {true, false}) {
          const auto y = RunOp(
              type, {x.tensor, IntTensor(DataType::kInt32, {size[3], size[4]})},
              attrs, {.const_values = known});
          ASSERT_FALSE(y.empty());
          ExpectResized(way, x, y[0], size, 1);
        }
      }
    }
  }
}

// Halves in NCHW, into floats or halves as `dtype` says.
TEST(ResizeTest, TypesAndFormats) {
  Prng prng(TestSeed());
  Picture x = Random(DataType::kFloat16, "NCHW", kSmall, &prng);
  x.tensor.spec.format = Format::kNchw;
  const TestTensor size = IntTensor(DataType::kInt32, {9, 7});
  for (DataType to : {DataType::kFloat, DataType::kFloat16}) {
    const auto y = RunOp("ResizeBilinearV2", {x.tensor, size}, {{"dtype", to}});
    ASSERT_FALSE(y.empty());
    ASSERT_EQ(y[0].spec.dtype, to);
    ExpectResized({Kind::kLinear}, x, y[0], kSizes[0], 1);
  }
}

TEST(ResizeTest, Onnx) {
  Prng prng(TestSeed());
  const std::pair<const char*, Kind> kModes[] = {{"nearest", Kind::kNearest},
                                                 {"linear", Kind::kLinear},
                                                 {"cubic", Kind::kCubic}};
  for (const auto& [mode, kind] : kModes) {
    const Way way = {kind, true, false, true};
    const Picture x = Random(DataType::kFloat, "NCHW", kSmall, &prng);
    const Attrs attrs = {{"mode", std::string(mode)}};
    SCOPED_TRACE(mode);
    const TestTensor none;
    const auto y =
        RunOp("Resize",
              {x.tensor, none, none, IntTensor(DataType::kInt64, {2, 3, 9, 7})},
              attrs);
    ASSERT_FALSE(y.empty());
    ExpectResized(way, x, y[0], kSizes[0], 1);
    Attrs with = attrs;
    with["sizes"] = List{9, 7};
    const auto z = RunOp("ResizeD", {x.tensor}, with);
    ASSERT_FALSE(z.empty());
    EXPECT_EQ(z[0].data, y[0].data);
  }
}

TEST(ResizeTest, Volumes) {
  Prng prng(TestSeed());
  const Index e = {2, 2, 3, 4, 5};
  const Index size = {2, 2, 5, 3, 9};
  const Picture x = Random(DataType::kFloat, "NCDHW", e, &prng);
  const Attrs attrs = {{"output_size", List{5, 3, 9}}};
  const auto n = RunOp("UpsampleNearest3d", {x.tensor}, attrs);
  ASSERT_FALSE(n.empty());
  ExpectResized({Kind::kNearest}, x, n[0], size, 1);
  for (bool align : {false, true}) {
    Attrs with = attrs;
    with["align_corners"] = align;
    const auto t = RunOp("UpsampleTrilinear3d", {x.tensor}, with);
    ASSERT_FALSE(t.empty());
    ExpectResized({Kind::kLinear, !align, align}, x, t[0], size, 1);
  }
  const auto s = RunOp("UpsampleNearest3d", {x.tensor},
                       {{"scales", std::vector<float>{2, 2, 2}}});
  ASSERT_FALSE(s.empty());
  ExpectResized({Kind::kNearest}, x, s[0], {2, 2, 6, 8, 10}, 1);
}

TEST(ResizeTest, Upsample) {
  Prng prng(TestSeed());
  const Picture x = Random(DataType::kFloat16, "NCHW", kSmall, &prng);
  const auto y = RunOp("Upsample", {x.tensor},
                       {{"scale", 0.7f}, {"stride_h", int64_t{3}}});
  ASSERT_FALSE(y.empty());
  const Index size = {2, 3, 1, 15, 8};
  ASSERT_EQ(y[0].spec.shape, ShapeFor("NCHW", size));
  ForEachIndex(size, [&](const Index& o) {
    const float value = x.At({o[0], o[1], 0, o[3] / 3, o[4] / 2});
    ASSERT_EQ(y[0].Get(Flat("NCHW", size, o)),
              Stored(DataType::kFloat16, value * 0.7f));
  });
}

TEST(ResizeTest, Gradients) {
  Prng prng(TestSeed());
  const Index size = {2, 3, 1, 9, 7};
  for (Kind kind : {Kind::kLinear, Kind::kNearest}) {
    for (int mode = 0; mode < 3; ++mode) {
      const Way way = {kind, mode == 1, mode == 2};
      const Picture g = Random(DataType::kFloat, "NHWC", size, &prng);
      const bool linear = kind == Kind::kLinear;
      const auto y = RunOp(
          linear ? "ResizeBilinearV2Grad" : "ResizeNearestNeighborV2Grad",
          {g.tensor,
           linear ? Random(DataType::kFloat, "NHWC", kSmall, &prng).tensor
                  : IntTensor(DataType::kInt32, {5, 4})},
          {{"align_corners", way.align}, {"half_pixel_centers", way.half}});
      ASSERT_FALSE(y.empty());
      std::vector<float> sums(2 * 3 * 5 * 4, 0.0f);
      ForEachIndex(size, [&](const Index& o) {
        for (const auto& [h, wh] : Weights(way, 5, 9, o[3])) {
          for (const auto& [w, ww] : Weights(way, 4, 7, o[4])) {
            float part = g.At(o) * wh;
            part = part * ww;
            float& sum = sums[static_cast<size_t>(
                Flat("NHWC", kSmall, {o[0], o[1], 0, h, w}))];
            sum = sum + part;
          }
        }
      });
      for (size_t i = 0; i < sums.size(); ++i) {
        ASSERT_EQ(y[0].Get(static_cast<int64_t>(i)),
                  Stored(DataType::kFloat, sums[i]))
            << i;
      }
    }
  }
}

// Programs set half_pixel_centers, which the prototype lacks.
TEST(ResizeTest, AreaHasNoCentres) {
  Prng prng(TestSeed());
  const Picture x = Random(DataType::kFloat, "NHWC", kSmall, &prng);
  const std::vector<TestTensor> inputs = {x.tensor,
                                          IntTensor(DataType::kInt32, {3, 2})};
  for (bool align : {false, true}) {
    const auto y = RunOp("ResizeArea", inputs, {{"align_corners", align}});
    ASSERT_FALSE(y.empty());
    for (bool half : {false, true}) {
      const auto z =
          RunOp("ResizeArea", inputs,
                {{"align_corners", align}, {"half_pixel_centers", half}});
      ASSERT_FALSE(z.empty());
      EXPECT_EQ(z[0].data, y[0].data);
    }
  }
}

// The units [o * in, (o + 1) * in) that each place [i * out, (i + 1) * out)
// holds, counted one by one.
std::map<int64_t, double> UnitsOf(bool align, int64_t in, int64_t out,
                                  int64_t o) {
  const bool ends = align && out > 1;
  const int64_t units = ends ? std::max<int64_t>(in - 1, 1) : in;
  std::map<int64_t, double> found;
  for (int64_t u = o * units; u < (o + 1) * units; ++u) {
    found[std::min(u / (ends ? out - 1 : out), in - 1)] += 1;
  }
  return found;
}

// f64 sums in order, one rounding; upwards and downwards, to and from one
// place, and where the last interval of align_corners ends behind x.
TEST(ResizeTest, AreaIsTheMeanOfItsUnits) {
  Prng prng(TestSeed());
  const Index kOutputs[] = {{9, 7}, {2, 3}, {5, 1}, {1, 4}, {3, 2}};
  for (DataType type :
       {DataType::kFloat, DataType::kFloat16, DataType::kUint8}) {
    for (const Index& from : {Index{5, 4}, Index{1, 8}, Index{10, 6}}) {
      for (const Index& to : kOutputs) {
        for (bool align : {false, true}) {
          const Picture x =
              Random(type, "NHWC", {2, 3, 1, from[0], from[1]}, &prng);
          const auto y =
              RunOp("ResizeArea",
                    {x.tensor, IntTensor(DataType::kInt32, {to[0], to[1]})},
                    {{"align_corners", align}});
          ASSERT_FALSE(y.empty());
          ASSERT_EQ(y[0].spec.dtype, DataType::kFloat);
          const Index size = {2, 3, 1, to[0], to[1]};
          ForEachIndex(size, [&](const Index& o) {
            double height = -0.0, all = 0;
            for (const auto& [h, wh] : UnitsOf(align, from[0], to[0], o[3])) {
              double width = -0.0;
              for (const auto& [w, ww] : UnitsOf(align, from[1], to[1], o[4])) {
                width += ww * static_cast<double>(x.At({o[0], o[1], 0, h, w}));
                all += wh * ww;
              }
              height += wh * width;
            }
            EXPECT_EQ(
                y[0].Get(Flat("NHWC", size, o)),
                Stored(DataType::kFloat, static_cast<float>(height / all)))
                << testing::PrintToString(o) << align << " from "
                << testing::PrintToString(from) << " seed " << TestSeed();
          });
        }
      }
    }
  }
}

// OpenCV's INTER_AREA where it divides: the mean of each block.
TEST(ResizeTest, AreaOfWholeBlocksIsTheMean) {
  TestTensor x = MakeTensor(DataType::kFloat, {1, 6, 9, 1});
  for (int64_t i = 0; i < 54; ++i) {
    x.Set(i, ReferenceBitsOf(static_cast<float>(i * i % 37)));
  }
  const auto y = RunOp("ResizeArea", {x, IntTensor(DataType::kInt32, {3, 3})});
  ASSERT_FALSE(y.empty());
  for (int64_t h = 0; h < 3; ++h) {
    for (int64_t w = 0; w < 3; ++w) {
      double sum = 0;
      for (int64_t i = 0; i < 6; ++i) {
        const int64_t at = (h * 2 + i / 3) * 9 + w * 3 + i % 3;
        sum += static_cast<double>(at * at % 37);
      }
      EXPECT_EQ(
          ReferenceFloatOfBits(static_cast<uint32_t>(y[0].Get(h * 3 + w))),
          static_cast<float>(sum / 6));
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
