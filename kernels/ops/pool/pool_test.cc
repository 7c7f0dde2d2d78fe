// Pooling and its gradients against a second implementation, written from
// docs/windows.md: every tap of every window is tried, MPFR computes.

#include <gtest/gtest.h>

#include "kernels/ops/pool/pool_reference.h"

namespace npuemu::kernels {
namespace {

ValueFn MaximumGradient(const Windows& w, const Tensor& x, const Tensor& g,
                        bool saturate) {
  return Gathered(w, g.type(), saturate,
                  [&w, &x, &g](int64_t n, int64_t c, const Three& o,
                               const std::function<void(Three, Bits)>& give) {
                    const ReferenceSeen seen = Look(w, o);
                    if (seen.at.empty()) return;
                    give(seen.at[Largest(SeenValues(x, seen, n, c))],
                         ToF32(g.type(), g.At(n, c, o)));
                  });
}

ValueFn AverageGradient(const Windows& w, const Tensor& g, bool saturate) {
  return Gathered(w, g.type(), saturate,
                  [&w, &g](int64_t n, int64_t c, const Three& o,
                           const std::function<void(Three, Bits)>& give) {
                    const ReferenceSeen seen = Look(w, o);
                    const int64_t divisor =
                        w.divisor != 0 ? w.divisor : seen.counted;
                    for (const Three& i : seen.at) {
                      give(i, Divide(ToF32(g.type(), g.At(n, c, o)), divisor));
                    }
                  });
}

List Letters(const Windows& w, const Three& of, const char* order) {
  List list;
  for (char letter : std::string(order)) {
    const size_t d = std::string("DHW").find(letter);
    list.push_back(d < 3 ? of[d] : 1);
  }
  (void)w;
  return list;
}

Attrs AttrsOf(const Windows& w, const char* stride = "strides") {
  return {{"ksize", Letters(w, w.window, w.letters)},
          {stride, Letters(w, w.stride, w.letters)},
          {"data_format", std::string(w.letters)}};
}

List Pads(const Windows& w) {
  List pads;
  for (size_t d = w.rank() == 2 ? 1 : 0; d < 3; ++d) {
    pads.push_back(w.before[d]);
    pads.push_back(w.after[d]);
  }
  return pads;
}

const Windows kGiven[] = {
    {.name = "plain"},
    {.name = "strided", .letters = "NHWC", .stride = {1, 2, 3}},
    {.name = "padded",
     .stride = {1, 2, 2},
     .before = {0, 1, 1},
     .after = {0, 2, 0}},
    {.name = "ceil",
     .letters = "NHWC",
     .x = {1, 9, 8},
     .stride = {1, 2, 3},
     .before = {0, 1, 0},
     .after = {0, 0, 1},
     .ceil = true},
    {.name = "ceil leaves out",
     .x = {1, 3, 3},
     .window = {1, 2, 2},
     .stride = {1, 2, 2},
     .before = {0, 1, 1},
     .after = {0, 1, 1},
     .ceil = true},
};

const DataType kFloats[] = {DataType::kFloat16, DataType::kFloat};

TEST(PoolTest, SameAndValid) {
  Prng prng(TestSeed());
  for (const char* letters : {"NHWC", "NCHW"}) {
    for (bool same : {false, true}) {
      for (DataType dtype : kFloats) {
        Windows w = {.name = "", .letters = letters, .stride = {1, 2, 3}};
        w.same = same;
        w = Placed(w);
        const Tensor x = Random(dtype, letters, w.x, &prng);
        const Tensor g = Random(dtype, letters, w.y, &prng);
        Attrs attrs = AttrsOf(w);
        attrs["padding"] = std::string(same ? "SAME" : "VALID");
        SCOPED_TRACE(std::string(letters) + NameOf(dtype));
        const TestOptions options = {.saturate = same};
        const auto y = RunOp("MaxPool", {x.tensor}, attrs, options);
        ASSERT_FALSE(y.empty());
        Expect(y[0], letters, w.y, Maximum(w, x));
        const auto a = RunOp("AvgPool", {x.tensor}, attrs, options);
        ASSERT_FALSE(a.empty());
        Expect(a[0], letters, w.y, Average(w, x, same));
        const auto d =
            RunOp("MaxPoolGrad", {x.tensor, y[0], g.tensor}, attrs, options);
        ASSERT_FALSE(d.empty());
        Expect(d[0], letters, w.x, MaximumGradient(w, x, g, same));
        const TestTensor size =
            IntTensor(DataType::kInt32, x.tensor.spec.shape);
        for (bool known : {false, true}) {
          const auto e = RunOp("AvgPoolGrad", {size, g.tensor}, attrs,
                               {.saturate = same, .const_values = known});
          ASSERT_FALSE(e.empty());
          Expect(e[0], letters, w.x, AverageGradient(w, g, same));
        }
      }
    }
  }
}

TEST(PoolTest, GivenPads) {
  Prng prng(TestSeed());
  bool odd = false;
  for (Windows w : kGiven) {
    for (DataType dtype : kFloats) {
      odd = !odd;
      w.counts_padding = odd;
      const Windows p = Placed(w);
      const Tensor x = Random(dtype, w.letters, w.x, &prng);
      const Tensor g = Random(dtype, w.letters, p.y, &prng);
      Attrs attrs = AttrsOf(w);
      attrs["pads"] = Pads(w);
      attrs["ceil_mode"] = w.ceil;
      SCOPED_TRACE(std::string(w.name) + NameOf(dtype));
      const auto y = RunOp("MaxPoolV3", {x.tensor}, attrs);
      ASSERT_FALSE(y.empty());
      Expect(y[0], w.letters, p.y, Maximum(p, x));
      const auto d = RunOp("MaxPoolV3Grad", {x.tensor, y[0], g.tensor}, attrs);
      ASSERT_FALSE(d.empty());
      Expect(d[0], w.letters, w.x, MaximumGradient(p, x, g, false));
      attrs["exclusive"] = !w.counts_padding;
      const TestTensor size = IntTensor(DataType::kInt32, x.tensor.spec.shape);
      const auto e = RunOp("AvgPoolV2Grad", {size, g.tensor}, attrs);
      ASSERT_FALSE(e.empty());
      Expect(e[0], w.letters, w.x, AverageGradient(p, g, false));
      for (int64_t divisor : {0, 5}) {
        Windows by = p;
        by.divisor = divisor;
        attrs["divisor_override"] = divisor;
        const auto a = RunOp("AvgPoolV2", {x.tensor}, attrs);
        ASSERT_FALSE(a.empty());
        Expect(a[0], w.letters, p.y, Average(by, x, false));
      }
    }
  }
}

TEST(PoolTest, Volumes) {
  Prng prng(TestSeed());
  const Windows w = Placed({.name = "",
                            .letters = "NDHWC",
                            .x = {5, 6, 4},
                            .window = {2, 3, 2},
                            .stride = {1, 2, 1},
                            .before = {0, 1, 0},
                            .after = {1, 1, 0},
                            .counts_padding = true});
  for (DataType dtype :
       {DataType::kFloat16, DataType::kBf16, DataType::kFloat}) {
    const Tensor x = Random(dtype, w.letters, w.x, &prng);
    const Tensor g = Random(dtype, w.letters, w.y, &prng);
    Attrs attrs = AttrsOf(w);
    attrs["pads"] = Pads(w);
    const auto a = RunOp("AvgPool3D", {x.tensor}, attrs);
    ASSERT_FALSE(a.empty());
    Expect(a[0], w.letters, w.y, Average(w, x, false));
    const TestTensor size = IntTensor(DataType::kInt32, x.tensor.spec.shape);
    const auto e = RunOp("AvgPool3DGrad", {size, g.tensor}, attrs);
    ASSERT_FALSE(e.empty());
    Expect(e[0], w.letters, w.x, AverageGradient(w, g, false));
    if (dtype == DataType::kBf16) continue;
    attrs["padding"] = std::string("CALCULATED");
    const auto y = RunOp("MaxPool3D", {x.tensor}, attrs);
    ASSERT_FALSE(y.empty());
    Expect(y[0], w.letters, w.y, Maximum(w, x));
    const auto d = RunOp("MaxPool3DGrad", {x.tensor, y[0], g.tensor}, attrs);
    ASSERT_FALSE(d.empty());
    Expect(d[0], w.letters, w.x, MaximumGradient(w, x, g, false));
  }
}

// The index that goes with a maximum, and what it is good for.
TEST(PoolTest, Argmax) {
  Prng prng(TestSeed());
  for (int form = 0; form < 3; ++form) {
    const bool plane = form > 0;  // V1, V2
    Windows w = {
        .name = "", .letters = plane ? "NCHW" : "NHWC", .stride = {1, 2, 1}};
    if (form == 1) w.dilation = {1, 2, 3};
    if (plane) w.before = w.after = {0, 1, 1};
    w = Placed(w);
    const Tensor x = Random(DataType::kFloat16, w.letters, w.x, &prng);
    const Tensor g = Random(DataType::kFloat16, w.letters, w.y, &prng);
    Attrs attrs = {{"ksize", Letters(w, w.window, "NHWC")},
                   {"strides", Letters(w, w.stride, "NHWC")}};
    if (plane) {
      attrs["pads"] = List{1, 1, 1, 1};
      attrs["dilation"] = Letters(w, w.dilation, "NHWC");
    } else {
      attrs["padding"] = std::string("VALID");
    }
    const std::string suffix = form == 0 ? "" : "V" + std::to_string(form);
    SCOPED_TRACE(suffix);
    const auto y = RunOp("MaxPoolWithArgmax" + suffix, {x.tensor}, attrs);
    ASSERT_EQ(y.size(), 2u);
    Expect(y[0], w.letters, w.y, Maximum(w, x));
    Expect(y[1], w.letters, w.y, [&](int64_t n, int64_t c, const Three& o) {
      const ReferenceSeen seen = Look(w, o);
      const Three at = seen.at[Largest(SeenValues(x, seen, n, c))];
      const auto index = static_cast<Bits>(at[1] * w.x[2] + at[2]);
      return plane ? index : index * kChannels + static_cast<Bits>(c);
    });
    const auto d = RunOp("MaxPoolGradWithArgmax" + suffix,
                         {x.tensor, g.tensor, y[1]}, attrs);
    ASSERT_FALSE(d.empty());
    Expect(d[0], w.letters, w.x, MaximumGradient(w, x, g, false));
  }
}

TEST(PoolTest, Adaptive) {
  Prng prng(TestSeed());
  for (const Three& y : {Three{1, 3, 2}, Three{1, 7, 9}, Three{1, 1, 1}}) {
    Windows w = {.name = "", .adaptive = true, .y = y};
    const Tensor x = Random(DataType::kFloat16, "NCHW", w.x, &prng);
    const Tensor g = Random(DataType::kFloat16, "NCHW", w.y, &prng);
    const Attrs attrs = {{"output_size", List{y[1], y[2]}}};
    const auto a = RunOp("AdaptiveAvgPool2d", {x.tensor}, attrs);
    ASSERT_FALSE(a.empty());
    Expect(a[0], "NCHW", y, Average(w, x, false));
    const auto d = RunOp("AdaptiveAvgPool2dGrad", {g.tensor},
                         {{"orig_input_shape", x.tensor.spec.shape}});
    ASSERT_FALSE(d.empty());
    Expect(d[0], "NCHW", w.x, AverageGradient(w, g, false));
    const auto m = RunOp("AdaptiveMaxPool2d", {x.tensor}, attrs);
    ASSERT_EQ(m.size(), 2u);
    Expect(m[0], "NCHW", y, Maximum(w, x));
    if (y[1] != 1) continue;
    const auto all = RunOp("GlobalAveragePool", {x.tensor});
    ASSERT_FALSE(all.empty());
    Expect(all[0], "NCHW", y, Average(w, x, false));
  }
  const Windows v = {.name = "",
                     .letters = "NDHWC",
                     .x = {5, 7, 6},
                     .adaptive = true,
                     .y = {2, 3, 4}};
  const Tensor x = Random(DataType::kBf16, v.letters, v.x, &prng);
  const auto a =
      RunOp("AdaptiveAvgPool3d", {x.tensor}, {{"output_size", List{2, 3, 4}}});
  ASSERT_FALSE(a.empty());
  Expect(a[0], v.letters, v.y, Average(v, x, false));
}

// Caffe's: rounded up, padding counts; ceil_mode 1 rounds down.
TEST(PoolTest, Caffe) {
  Prng prng(TestSeed());
  for (bool ceil : {true, false}) {
    Windows w = {.name = "",
                 .x = {1, 9, 8},
                 .stride = {1, 2, 3},
                 .before = {0, 1, 0},
                 .after = {0, 0, 1}};
    w.ceil = ceil;
    w.counts_padding = true;
    w = Placed(w);
    const Tensor x = Random(DataType::kFloat16, "NCHW", w.x, &prng);
    Attrs attrs = {{"window", List{3, 2}},
                   {"stride", List{2, 3}},
                   {"pad", Pads(w)},
                   {"ceil_mode", int64_t{ceil ? 0 : 1}}};
    const auto m = RunOp("Pooling", {x.tensor}, attrs);
    ASSERT_FALSE(m.empty());
    Expect(m[0], "NCHW", w.y, Maximum(w, x));
    attrs["mode"] = int64_t{1};
    const auto a = RunOp("Pooling", {x.tensor}, attrs);
    ASSERT_FALSE(a.empty());
    Expect(a[0], "NCHW", w.y, Average(w, x, false));
  }
}

// One dimension, whose reciprocals come as a matrix.
TEST(PoolTest, AssistMatrix) {
  Prng prng(TestSeed());
  for (bool ceil : {false, true}) {
    const Windows w = Placed({.name = "",
                              .x = {1, 1, 9},
                              .window = {1, 1, 4},
                              .stride = {1, 1, 2},
                              .before = {0, 0, 1},
                              .ceil = ceil});
    const Tensor x = Random(DataType::kFloat16, "NCHW", w.x, &prng);
    const TestTensor assist = RandomTensor(DataType::kFloat16, {w.y[2]}, &prng);
    const auto y = RunOp("AvgPool1DD", {x.tensor, assist},
                         {{"ksize", int64_t{4}},
                          {"strides", int64_t{2}},
                          {"pads", List{1, 0}},
                          {"ceil_mode", ceil}});
    ASSERT_FALSE(y.empty());
    Expect(y[0], "NCHW", w.y, [&](int64_t n, int64_t c, const Three& o) {
      const Bits sum =
          reference::RowSum(Type::kF32, SeenValues(x, Look(w, o), n, c), false);
      return FromF32(Type::kF16,
                     reference::Primitive2("Mul", Type::kF32, sum,
                                           ToF32(Type::kF16, assist.Get(o[2]))),
                     false);
    });
  }
}

TEST(PoolTest, Dilation) {
  Prng prng(TestSeed());
  Windows w = {.name = "",
               .letters = "NHWC",
               .stride = {1, 2, 1},
               .dilation = {1, 2, 1},
               .same = true};
  w = Placed(w);
  const Tensor x = Random(DataType::kFloat16, "NHWC", w.x, &prng);
  const TestTensor f =
      RandomTensor(DataType::kFloat16, {3, 2, kChannels}, &prng);
  const auto y = RunOp("Dilation2D", {x.tensor, f},
                       {{"strides", Letters(w, w.stride, "NHWC")},
                        {"rates", Letters(w, w.dilation, "NHWC")}});
  ASSERT_FALSE(y.empty());
  Expect(y[0], "NHWC", w.y, [&](int64_t n, int64_t c, const Three& o) {
    Values sums;
    for (int64_t h = 0; h < 3; ++h) {
      for (int64_t k = 0; k < 2; ++k) {
        const Three i = {0, o[1] * 2 - w.before[1] + h * 2,
                         o[2] - w.before[2] + k};
        if (i[1] < 0 || i[1] >= 7 || i[2] < 0 || i[2] >= 6) continue;
        sums.push_back(
            Add(ToF32(Type::kF16, x.At(n, c, i)),
                ToF32(Type::kF16, f.Get((h * 2 + k) * kChannels + c))));
      }
    }
    return FromF32(Type::kF16, sums[Largest(sums)], false);
  });
}

}  // namespace
}  // namespace npuemu::kernels
