// Boxes against second implementations, written from docs/windows.md: one IEEE
// operation of the host, or of MPFR, each; atan is that of docs/sequences.md.

#include <gtest/gtest.h>

#include "kernels/ops/conv/conv_reference.h"
#include "kernels/testing/primitive.h"
#include "kernels/testing/sequence.h"

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

float Two(const char* op, float a, float b) {
  return ReferenceFloatOfBits(static_cast<uint32_t>(reference::Primitive2(
      op, Type::kF32, ReferenceBitsOf(a), ReferenceBitsOf(b))));
}
float Largest(float a, float b) { return Two("Maximum", a, b); }
float Smallest(float a, float b) { return Two("Minimum", a, b); }
float One(const char* op, float a) {
  return ReferenceFloatOfBits(static_cast<uint32_t>(
      reference::Primitive1(op, Type::kF32, ReferenceBitsOf(a))));
}

float Atan(float a) {
  static const auto& sequences = *new reference::Sequences(
      reference::ReadSequences({"docs/sequences.md"}));
  const auto results = reference::Evaluate(sequences, "Atan",
                                           {{Type::kF32, {ReferenceBitsOf(a)}}},
                                           {}, {{"y", Type::kF32}}, false);
  return ReferenceFloatOfBits(static_cast<uint32_t>(results.at("y").bits[0]));
}

// Boxes whose corners lie in [0, 20), some of them odd; [n, 4] or [4, n].
TestTensor Boxes(DataType dtype, int64_t n, bool rows, Prng* prng) {
  TestTensor x = MakeTensor(dtype, rows ? Shape{n, 4} : Shape{4, n});
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t k = 0; k < 4; ++k) {
      const auto value =
          static_cast<float>(prng->Below(80)) / 8.0f + (k < 2 ? 0.0f : 6.0f);
      x.Set(rows ? i * 4 + k : k * n + i, prng->Below(25) == 0
                                              ? RandomBits(dtype, prng)
                                              : Stored(dtype, value));
    }
  }
  return x;
}

struct Box {
  float v[4];
};

Box BoxAt(const TestTensor& x, int64_t i, bool rows, bool centre) {
  Box b;
  const int64_t n = x.spec.count() / 4;
  for (int64_t k = 0; k < 4; ++k) {
    b.v[k] = FloatAt(x, rows ? i * 4 + k : k * n + i);
  }
  if (!centre) return b;
  const float w = b.v[2] * 0.5f;
  const float h = b.v[3] * 0.5f;
  return {{b.v[0] - w, b.v[1] - h, b.v[0] + w, b.v[1] + h}};
}

float Area(const Box& b, float extra) {
  const float w = b.v[2] - b.v[0] + extra;
  const float h = b.v[3] - b.v[1] + extra;
  return w * h;
}

float Both(const Box& a, const Box& b, float extra) {
  float side[2];
  for (int k = 0; k < 2; ++k) {
    const float length =
        Smallest(a.v[k + 2], b.v[k + 2]) - Largest(a.v[k], b.v[k]) + extra;
    side[k] = Largest(length, 0);
  }
  return side[0] * side[1];
}

float All(const Box& a, const Box& b, float extra) {
  return Area(a, extra) + Area(b, extra) - Both(a, b, extra);
}

// b of bboxes, g of gtboxes.
std::pair<float, float> Expected(const std::string& type, const Box& b,
                                 const Box& g, bool iof, float eps) {
  const float all = All(b, g, eps);
  const float iou = Both(b, g, eps) / (iof ? Area(g, eps) : all);
  if (type == "Iou") return {iou, 0.0f};
  const Box c = {{Smallest(b.v[0], g.v[0]), Smallest(b.v[1], g.v[1]),
                  Largest(b.v[2], g.v[2]), Largest(b.v[3], g.v[3])}};
  if (type == "GIoU") {
    const float area = Area(c, 0);
    return {iou - (area - all) / area, 0.0f};
  }
  const float dx = (b.v[0] + b.v[2] - (g.v[0] + g.v[2])) * 0.5f;
  const float dy = (b.v[1] + b.v[3] - (g.v[1] + g.v[3])) * 0.5f;
  const float w = c.v[2] - c.v[0];
  const float h = c.v[3] - c.v[1];
  const float dx2 = dx * dx;
  const float dy2 = dy * dy;
  const float w2 = w * w;
  const float h2 = h * h;
  const float diou = iou - (dx2 + dy2) / (w2 + h2);
  if (type == "DIoU") return {diou, 0.0f};
  const float sub = Atan((g.v[2] - g.v[0]) / (g.v[3] - g.v[1])) -
                    Atan((b.v[2] - b.v[0]) / (b.v[3] - b.v[1]));
  const float square = sub * sub;
  const float v = square * 0x1.9f02f6p-2f;
  const float alpha = v / (1 - iou + v);
  const float part = alpha * v;
  return {diou - part, sub};
}

TEST(BoxesTest, Overlaps) {
  Prng prng(TestSeed());
  for (const std::string type : {"Iou", "GIoU", "DIoU", "CIoU"}) {
    const bool rows = type == "Iou";
    for (DataType dtype : {DataType::kFloat16, DataType::kFloat}) {
      for (bool cross : {true, false}) {
        for (bool iof : {true, false}) {
          SCOPED_TRACE(type + NameOf(dtype));
          const bool centre = !rows && iof;
          const int64_t n = 9;
          const int64_t m = cross ? 7 : n;
          const TestTensor b = Boxes(dtype, n, rows, &prng);
          const TestTensor g = Boxes(dtype, m, rows, &prng);
          Attrs attrs = {{"mode", std::string(iof ? "iof" : "iou")}};
          if (rows) {
            attrs["aligned"] = !cross;
            attrs["eps"] = 0.5f;
          } else {
            attrs["is_cross"] = cross;
            attrs["trans"] = centre;
          }
          if (type == "CIoU") attrs["atan_sub_flag"] = true;
          const auto y = RunOp(type, {b, g}, attrs);
          ASSERT_FALSE(y.empty());
          ASSERT_EQ(y[0].spec.shape, cross  ? (Shape{m, n})
                                     : rows ? (Shape{n, 1})
                                            : (Shape{1, n}));
          for (int64_t i = 0; i < y[0].spec.count(); ++i) {
            const auto [overlap, second] =
                Expected(type, BoxAt(b, i % n, rows, centre),
                         BoxAt(g, cross ? i / n : i, rows, centre), iof,
                         rows ? 0.5f : 0.0f);
            ASSERT_EQ(y[0].Get(i), Stored(dtype, overlap)) << i;
            if (type == "CIoU") {
              ASSERT_EQ(y[1].Get(i), Stored(dtype, second)) << i;
            }
          }
        }
      }
    }
  }
}

float Clamp(float x, float low, float high) {
  return Smallest(Largest(x, low), high);
}

TEST(BoxesTest, DecodeAndEncode) {
  Prng prng(TestSeed());
  const std::vector<float> means = {0.1f, 0, -0.2f, 0};
  const std::vector<float> stds = {0.5f, 1, 0.25f, 2};
  for (DataType dtype : {DataType::kFloat16, DataType::kFloat}) {
    const TestTensor r = Boxes(dtype, 11, true, &prng);
    const TestTensor d = RandomTensor(dtype, {11, 4}, &prng);
    const Attrs attrs = {{"means", means}, {"stds", stds}};
    Attrs with = attrs;
    with["max_shape"] = List{14, 17};
    const auto y = RunOp("BoundingBoxDecode", {r, d}, with);
    const auto z = RunOp("BoundingBoxEncode", {r, d}, attrs);
    ASSERT_FALSE(y.empty() || z.empty());
    const float most = std::fabs(One("Log", 0.016f));
    for (int64_t i = 0; i < 11; ++i) {
      const Box p = BoxAt(r, i, true, false);
      const Box g = BoxAt(d, i, true, false);
      for (int k = 0; k < 4; ++k) {
        const int a = k % 2;  // x or y
        const float middle = (p.v[a] + p.v[a + 2]) * 0.5f;
        const float size = p.v[a + 2] - p.v[a] + 1;
        const auto delta = [&](int j) {
          const auto at = static_cast<size_t>(j);
          const float scaled = g.v[j] * stds[at];
          return scaled + means[at];
        };
        const float step = size * delta(a);
        const float half =
            size * One("Exp", Clamp(delta(a + 2), -most, most)) * 0.5f;
        const float to = middle + step;
        const float corner = k < 2 ? to - half + 0.5f : to + half - 0.5f;
        ASSERT_EQ(y[0].Get(i * 4 + k),
                  Stored(dtype, Clamp(corner, 0, a == 0 ? 16.0f : 13.0f)))
            << i << " " << k;
        const float other = (g.v[a] + g.v[a + 2]) * 0.5f;
        const float other_size = g.v[a + 2] - g.v[a] + 1;
        const float raw = k < 2 ? (other - middle) / size
                                : One("Log", std::fabs(other_size / size));
        const auto at = static_cast<size_t>(k);
        ASSERT_EQ(z[0].Get(i * 4 + k),
                  Stored(dtype, (raw - means[at]) / stds[at]))
            << i << " " << k;
      }
    }
  }
  // The numbers of torch_npu's documentation.
  TestTensor rois = MakeTensor(DataType::kFloat, {1, 4});
  TestTensor deltas = rois;
  for (int64_t k = 0; k < 4; ++k) {
    rois.Set(k, ReferenceBitsOf(static_cast<float>(k + 1)));
    deltas.Set(k, ReferenceBitsOf(static_cast<float>(k + 5)));
  }
  const auto y = RunOp("BoundingBoxDecode", {rois, deltas},
                       {{"max_shape", List{10, 10}}, {"wh_ratio_clip", 0.1f}});
  const float expected[] = {2.5f, 6.5f, 9, 9};
  for (int64_t k = 0; k < 4; ++k) {
    EXPECT_NEAR(FloatAt(y[0], k), expected[k], 1e-5);
  }
}

TEST(BoxesTest, Clip) {
  Prng prng(TestSeed());
  const TestTensor b = RandomTensor(DataType::kFloat16, {13, 4}, &prng);
  const auto y = RunOp("ClipBoxes", {b, IntTensor(DataType::kInt32, {3, 5})});
  ASSERT_FALSE(y.empty());
  for (int64_t i = 0; i < 52; ++i) {
    ASSERT_EQ(y[0].Get(i), Stored(DataType::kFloat16,
                                  Clamp(FloatAt(b, i), 0, i % 2 ? 3 : 5)));
  }
}

TEST(BoxesTest, Mask) {
  Prng prng(TestSeed());
  const TestTensor b = Boxes(DataType::kFloat, 30, true, &prng);
  TestTensor x = MakeTensor(DataType::kFloat, {30, 5});
  for (int64_t i = 0; i < 30; ++i) {
    for (int64_t k = 0; k < 4; ++k) x.Set(i * 5 + k, b.Get(i * 4 + k));
  }
  const auto y = RunOp("NMSWithMask", {x}, {{"iou_threshold", 0.3f}});
  ASSERT_EQ(y.size(), 3u);
  EXPECT_EQ(y[0].data, x.data);
  std::vector<int64_t> kept;
  for (int64_t i = 0; i < 30; ++i) {
    ASSERT_EQ(y[1].Get(i), static_cast<uint64_t>(i));
    bool good = true;
    for (int64_t k : kept) {
      const Box a = BoxAt(b, k, true, false);
      const Box c = BoxAt(b, i, true, false);
      good = good && !(Both(a, c, 1) / All(a, c, 1) > 0.3f);
    }
    ASSERT_EQ(y[2].Get(i), good ? 1u : 0u) << i;
    if (good) kept.push_back(i);
  }
  EXPECT_LT(kept.size(), 30u);
}

// The best of those left, again and again.
List Greedy(const std::vector<Box>& boxes, const std::vector<float>& scores,
            float least, float threshold, float extra, size_t most) {
  std::vector<bool> gone(boxes.size());
  List kept;
  while (kept.size() < most) {
    int64_t best = -1;
    for (size_t i = 0; i < boxes.size(); ++i) {
      if (gone[i] || !(scores[i] > least)) continue;
      if (best < 0 || scores[i] > scores[static_cast<size_t>(best)]) {
        best = static_cast<int64_t>(i);
      }
    }
    if (best < 0) break;
    kept.push_back(best);
    for (size_t i = 0; i < boxes.size(); ++i) {
      const Box& b = boxes[static_cast<size_t>(best)];
      gone[i] = gone[i] || static_cast<int64_t>(i) == best ||
                Both(boxes[i], b, extra) / All(boxes[i], b, extra) > threshold;
    }
  }
  return kept;
}

TestTensor Number(float value) {
  TestTensor x = MakeTensor(DataType::kFloat, {});
  x.Set(0, ReferenceBitsOf(value));
  return x;
}

Box Sorted(const Box& b) {
  return {{Smallest(b.v[0], b.v[2]), Smallest(b.v[1], b.v[3]),
           Largest(b.v[0], b.v[2]), Largest(b.v[1], b.v[3])}};
}

TEST(BoxesTest, Suppression) {
  Prng prng(TestSeed());
  for (bool known : {true, false}) {
    const TestTensor b = Boxes(DataType::kFloat, 20, true, &prng);
    const TestTensor s = RandomTensor(DataType::kFloat, {20}, &prng);
    std::vector<Box> boxes;
    std::vector<float> scores;
    for (int64_t i = 0; i < 20; ++i) {
      boxes.push_back(Sorted(BoxAt(b, i, true, false)));
      scores.push_back(FloatAt(s, i));
    }
    const auto y = RunOp(
        "NonMaxSuppressionV3",
        {b, s, IntTensor(DataType::kInt32, {12}), Number(0.25f), Number(-0.5f)},
        {{"offset", int64_t{1}}}, {.const_values = known});
    ASSERT_FALSE(y.empty());
    List expected = Greedy(boxes, scores, -0.5f, 0.25f, 1, 12);
    expected.resize(12, -1);
    for (int64_t i = 0; i < 12; ++i) {
      EXPECT_EQ(static_cast<int32_t>(y[0].Get(i)),
                expected[static_cast<size_t>(i)]);
    }
  }
}

// Two images, three classes; boxes by their middle, too.
TEST(BoxesTest, SuppressionByClass) {
  Prng prng(TestSeed());
  for (bool centre : {false, true}) {
    TestTensor b = Boxes(DataType::kFloat, 18, true, &prng);
    const TestTensor s = RandomTensor(DataType::kFloat, {2, 3, 9}, &prng);
    List expected;
    for (int64_t image = 0; image < 2; ++image) {
      std::vector<Box> boxes;
      for (int64_t i = 0; i < 9; ++i) {
        const Box box = BoxAt(b, image * 9 + i, true, centre);
        boxes.push_back(centre ? box : Sorted(box));
      }
      for (int64_t c = 0; c < 3; ++c) {
        std::vector<float> scores;
        for (int64_t i = 0; i < 9; ++i) {
          scores.push_back(FloatAt(s, (image * 3 + c) * 9 + i));
        }
        for (int64_t i : Greedy(boxes, scores, -INFINITY, 0.4f, 0, 4)) {
          expected.insert(expected.end(), {image, c, i});
        }
      }
    }
    b.spec.shape = {2, 9, 4};
    for (const char* type : {"NonMaxSuppressionV6", "NonMaxSuppressionV7"}) {
      const auto y =
          RunOp(type, {b, s, IntTensor(DataType::kInt32, {4}), Number(0.4f)},
                {{"center_point_box", int64_t{centre}},
                 {"max_boxes_size", int64_t{30}}});
      ASSERT_FALSE(y.empty());
      ASSERT_EQ(y[0].spec.shape, (Shape{30, 3}));
      List padded = expected;
      padded.resize(90, -1);
      for (int64_t i = 0; i < 90; ++i) {
        ASSERT_EQ(static_cast<int32_t>(y[0].Get(i)),
                  padded[static_cast<size_t>(i)])
            << i;
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
