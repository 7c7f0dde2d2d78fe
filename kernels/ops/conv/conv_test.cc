// Convolutions and their gradients against a second implementation, written
// from docs/windows.md: naive walks over places, Mmad of reference_mmad.h.

#include <gtest/gtest.h>

#include "kernels/ops/conv/conv_reference.h"

namespace npuemu::kernels {
namespace {

const Case kCases[] = {
    {.name = "1x1", .n = 2, .in_channels = 37, .out_channels = 5},
    {.name = "3x3 same",
     .n = 2,
     .in_channels = 19,
     .out_channels = 18,
     .x = {1, 7, 6},
     .before = {0, 1, 1},
     .after = {0, 1, 1}},
    {.name = "strides",
     .groups = 2,
     .in_channels = 33,
     .out_channels = 3,
     .x = {1, 9, 11},
     .window = {1, 3, 2},
     .stride = {1, 2, 3},
     .before = {0, 1, 2},
     .after = {0, 2, 0},
     .letters = "NHWC",
     .filter = "HWCN"},
    {.name = "dilated",
     .groups = 3,
     .in_channels = 4,
     .out_channels = 2,
     .x = {1, 10, 9},
     .stride = {1, 2, 1},
     .dilation = {1, 2, 3},
     .before = {0, 3, 3},
     .after = {0, 2, 4},
     .letters = "NHWC",
     .filter = "NHWC"},
    {.name = "wide",
     .n = 3,
     .in_channels = 70,
     .out_channels = 20,
     .x = {1, 9, 9},
     .before = {0, 1, 1},
     .after = {0, 1, 1}},
    {.name = "all padding",
     .in_channels = 2,
     .out_channels = 2,
     .x = {1, 1, 1},
     .before = {0, 4, 3},
     .after = {0, 3, 4}},
    {.name = "volume",
     .rank = 3,
     .n = 2,
     .groups = 2,
     .in_channels = 5,
     .out_channels = 3,
     .x = {4, 5, 6},
     .window = {2, 3, 2},
     .stride = {2, 1, 2},
     .before = {1, 0, 1},
     .after = {0, 1, 1},
     .letters = "NDHWC",
     .filter = "DHWCN"},
    {.name = "volume NCDHW",
     .rank = 3,
     .in_channels = 18,
     .out_channels = 3,
     .x = {3, 4, 4},
     .window = {2, 2, 2},
     .dilation = {2, 1, 2},
     .before = {1, 1, 1},
     .after = {1, 1, 1},
     .letters = "NCDHW",
     .filter = "NCDHW"},
};

// Near one, so that sums meet; one in `rare` is special.
ReferenceGrid RandomGrid(DataType dtype, const std::string& letters,
                         const Index& extents, uint64_t rare, Prng* prng) {
  ReferenceGrid grid{MakeTensor(dtype, ShapeFor(letters, extents)), letters,
                     extents};
  for (int64_t i = 0; i < grid.tensor.spec.count(); ++i) {
    uint64_t bits = RandomBits(dtype, prng);
    if (dtype != DataType::kInt8 && prng->Below(rare) != 0) {
      const unsigned fraction = dtype == DataType::kFloat16 ? 10
                                : dtype == DataType::kBf16  ? 7
                                                            : 23;
      const uint64_t bias = dtype == DataType::kFloat16 ? 15 : 127;
      const unsigned width = dtype == DataType::kFloat ? 31 : 15;
      bits = (prng->Next() & ((uint64_t{1} << fraction) - 1)) |
             (bias - 3 + prng->Below(7)) << fraction | prng->Below(2) << width;
    }
    grid.tensor.Set(i, bits);
  }
  return grid;
}

Scene MakeScene(const Case& c, DataType in, bool depthwise, Prng* prng) {
  Scene s{c, in, {}, {}, {}, depthwise};
  s.x = RandomGrid(in, c.letters,
                   {c.n, c.groups * c.in_channels, c.x[0], c.x[1], c.x[2]}, 300,
                   prng);
  const Index filter = {depthwise ? c.out_channels : c.groups * c.out_channels,
                        depthwise ? c.groups : c.in_channels, c.window[0],
                        c.window[1], c.window[2]};
  s.filter = RandomGrid(in, c.filter, filter, 300, prng);
  s.y = RandomGrid(in, c.letters,
                   {c.n, c.groups * c.out_channels, c.y(0), c.y(1), c.y(2)},
                   300, prng);
  return s;
}

Attrs AttrsOf(const Scene& s) {
  const Case& c = s.c;
  List strides;
  List dilations;
  for (char letter : std::string(c.letters)) {
    const size_t d = std::string("DHW").find(letter);
    strides.push_back(d < 3 ? c.stride[d] : 1);
    dilations.push_back(d < 3 ? c.dilation[d] : 1);
  }
  List pads;
  for (size_t d = c.rank == 2 ? 1 : 0; d < 3; ++d) {
    pads.push_back(c.before[d]);
    pads.push_back(c.after[d]);
  }
  Attrs attrs = {{"strides", strides},
                 {"dilations", dilations},
                 {"pads", pads},
                 {"data_format", std::string(c.letters)}};
  if (!s.depthwise) attrs["groups"] = c.groups;
  return attrs;
}

// The filter's letters are those of ND for these cases, or a format.
TestTensor FilterTensor(const ReferenceGrid& filter) {
  TestTensor tensor = filter.tensor;
  if (const auto format = FormatFromName(filter.letters)) {
    tensor.spec.format = *format;
  }
  return tensor;
}

TestTensor BiasFor(DataType in, DataType type, int64_t channels, Prng* prng) {
  TestTensor bias = RandomGrid(type == DataType::kInt32 ? in : type, "C",
                               {1, channels, 1, 1, 1}, 50, prng)
                        .tensor;
  if (type != DataType::kInt32) return bias;
  return RandomTensor(type, {channels}, prng);
}

double BiasAt(const TestTensor& bias, int64_t c) {
  const uint64_t bits = bias.Get(c);
  if (bias.spec.dtype == DataType::kInt32) return static_cast<int32_t>(bits);
  return ReferenceGrid{bias, "C", {1, bias.spec.count(), 1, 1, 1}}.At(
      {0, c, 0, 0, 0}, false);
}

using DotFn = std::function<Dot(const Index&)>;

void Compare(const std::string& type, const std::vector<TestTensor>& inputs,
             const Attrs& attrs, const Scene& s, const std::string& letters,
             const Index& extents, const TestTensor* bias, int offset,
             bool saturate, const DotFn& dot) {
  SCOPED_TRACE(type + " " + s.c.name + " " + NameOf(s.in));
  for (bool known : {true, false}) {
    const auto y = RunOp(type, inputs, attrs,
                         {.saturate = saturate, .const_values = known});
    ASSERT_EQ(y.size(), 1u);
    ASSERT_EQ(y[0].spec.shape, ShapeFor(letters, extents));
    const int64_t step = y[0].spec.count() / (known ? 70 : 2) + 1;
    int64_t next = 0;
    ForEachIndex(extents, [&](const Index& i) {
      if (next++ % step != 0) return;  // some of them: the walks are slow
      const double start = bias == nullptr ? 0.0 : BiasAt(*bias, i[1]);
      const uint64_t expected =
          dot(i).Bits(s.in, y[0].spec.dtype, start, offset, saturate);
      if (testing::Test::HasFailure()) return;
      ASSERT_EQ(y[0].Get(Flat(letters, extents, i)), expected)
          << testing::PrintToString(i);
    });
  }
}

TestTensor SizeTensor(const ReferenceGrid& grid) {
  return IntTensor(DataType::kInt32, grid.tensor.spec.shape);
}

TEST(ConvTest, Forward) {
  Prng prng(TestSeed());
  bool saturate = false;
  for (const Case& c : kCases) {
    for (DataType in : {DataType::kFloat16, DataType::kBf16, DataType::kFloat,
                        DataType::kInt8}) {
      const Scene s = MakeScene(c, in, false, &prng);
      saturate = !saturate;
      Attrs attrs = AttrsOf(s);
      const int offset = in == DataType::kInt8 ? -7 : 0;
      attrs["offset_x"] = int64_t{offset};
      std::vector<TestTensor> inputs = {s.x.tensor, FilterTensor(s.filter)};
      const DataType bias_type = in == DataType::kInt8      ? DataType::kInt32
                                 : in == DataType::kFloat16 ? DataType::kFloat16
                                                            : DataType::kFloat;
      const TestTensor bias =
          BiasFor(in, bias_type, c.groups * c.out_channels, &prng);
      const bool with_bias = prng.Below(2) == 1;
      if (with_bias) inputs.push_back(bias);
      Compare(
          c.rank == 2 ? "Conv2D" : "Conv3D", inputs, attrs, s, c.letters,
          s.y.extents, with_bias ? &bias : nullptr, offset, saturate,
          [&](const Index& i) { return ForwardDot(s, i, saturate, offset); });
    }
  }
}

TEST(ConvTest, GradientOfTheInput) {
  Prng prng(TestSeed());
  for (const Case& c : kCases) {
    for (DataType in : {DataType::kFloat16, DataType::kBf16}) {
      const Scene s = MakeScene(c, in, false, &prng);
      const bool saturate = in == DataType::kBf16;
      const Attrs attrs = AttrsOf(s);
      const auto dot = [&](const Index& i) {
        return InputDot(s, i, saturate, 0);
      };
      const std::string type = c.rank == 2 ? "Conv2D" : "Conv3D";
      const TestTensor filter = FilterTensor(s.filter);
      Compare(type + "BackpropInput", {SizeTensor(s.x), filter, s.y.tensor},
              attrs, s, c.letters, s.x.extents, nullptr, 0, saturate, dot);
      Attrs with = attrs;
      with["input_size"] = s.x.tensor.spec.shape;
      Compare(type + "BackpropInputD", {filter, s.y.tensor}, with, s, c.letters,
              s.x.extents, nullptr, 0, saturate, dot);
      const TestTensor bias =
          BiasFor(in, in == DataType::kBf16 ? DataType::kFloat : in,
                  c.groups * c.in_channels, &prng);
      Compare(type + "Transpose", {SizeTensor(s.x), s.y.tensor, filter, bias},
              attrs, s, c.letters, s.x.extents, &bias, 0, saturate, dot);
      // int8 subtracts offset_x from what the windows move over.
      if (c.rank == 3 || in == DataType::kBf16) continue;
      const Scene bytes = MakeScene(c, DataType::kInt8, false, &prng);
      with["offset_x"] = int64_t{5};
      const TestTensor sums = BiasFor(DataType::kInt8, DataType::kInt32,
                                      c.groups * c.in_channels, &prng);
      Compare("Conv2DTransposeD",
              {bytes.y.tensor, FilterTensor(bytes.filter), sums}, with, bytes,
              c.letters, s.x.extents, &sums, 5, false,
              [&](const Index& i) { return InputDot(bytes, i, false, 5); });
    }
  }
}

TEST(ConvTest, GradientOfTheFilter) {
  Prng prng(TestSeed());
  for (const Case& c : kCases) {
    for (DataType in :
         {DataType::kFloat16, DataType::kBf16, DataType::kFloat}) {
      if (c.rank == 3 && in == DataType::kFloat) continue;
      const Scene s = MakeScene(c, in, false, &prng);
      const bool saturate = in == DataType::kFloat16;
      Attrs attrs = AttrsOf(s);
      const std::string type = c.rank == 2 ? "Conv2D" : "Conv3D";
      // ND: the filter's letters follow data_format.
      const std::string letters = std::string(c.letters).back() == 'C'
                                      ? (c.rank == 2 ? "HWCN" : "DHWCN")
                                      : c.letters;
      const Shape shape = ShapeFor(letters, s.filter.extents);
      const auto dot = [&](const Index& i) {
        return FilterDot(s, i, saturate);
      };
      Compare(type + "BackpropFilter",
              {s.x.tensor, IntTensor(DataType::kInt32, shape), s.y.tensor},
              attrs, s, letters, s.filter.extents, nullptr, 0, saturate, dot);
      attrs["filter_size"] = shape;
      Compare(type + "BackpropFilterD", {s.x.tensor, s.y.tensor}, attrs, s,
              letters, s.filter.extents, nullptr, 0, saturate, dot);
    }
  }
}

TEST(ConvTest, Depthwise) {
  Prng prng(TestSeed());
  for (Case c : kCases) {
    if (c.rank == 3) continue;
    c.groups = c.groups * c.in_channels % 19 + 1;
    c.in_channels = 1;
    c.out_channels = c.out_channels % 3 + 1;
    const Scene s = MakeScene(c, DataType::kFloat16, true, &prng);
    const Attrs attrs = AttrsOf(s);
    Compare("DepthwiseConv2D", {s.x.tensor, FilterTensor(s.filter)}, attrs, s,
            c.letters, s.y.extents, nullptr, 0, false,
            [&](const Index& i) { return ForwardDot(s, i, false, 0); });
    const auto input = [&](const Index& i) { return InputDot(s, i, true, 0); };
    Compare("DepthwiseConv2DBackpropInput",
            {SizeTensor(s.x), FilterTensor(s.filter), s.y.tensor}, attrs, s,
            c.letters, s.x.extents, nullptr, 0, true, input);
    Attrs with = attrs;
    with["input_size"] = s.x.tensor.spec.shape;
    Compare("DepthwiseConv2DBackpropInputD",
            {FilterTensor(s.filter), s.y.tensor}, with, s, c.letters,
            s.x.extents, nullptr, 0, true, input);
    const std::string letters =
        std::string(c.letters) == "NHWC" ? "HWCN" : "NCHW";
    const Shape shape = ShapeFor(letters, s.filter.extents);
    const auto filter = [&](const Index& i) { return FilterDot(s, i, false); };
    Compare("DepthwiseConv2DBackpropFilter",
            {s.x.tensor, IntTensor(DataType::kInt32, shape), s.y.tensor}, attrs,
            s, letters, s.filter.extents, nullptr, 0, false, filter);
    with = attrs;
    with["filter_size"] = shape;
    Compare("DepthwiseConv2DBackpropFilterD", {s.x.tensor, s.y.tensor}, with, s,
            letters, s.filter.extents, nullptr, 0, false, filter);
  }
}

// The second half of the channels takes away what the first half adds: what is
// left is rounding, which another order of K would change.
Scene Cancelling(DataType in, Prng* prng) {
  const Case c = {.name = "cancelling",
                  .in_channels = 40,
                  .out_channels = 40,
                  .x = {1, 4, 3},
                  .before = {0, 1, 1},
                  .after = {0, 1, 1}};
  Scene s = MakeScene(c, in, false, prng);
  const uint64_t sign = 0x8000;
  for (ReferenceGrid* grid : {&s.x, &s.y, &s.filter}) {
    const bool filter = grid == &s.filter;
    const ReferenceGrid all =
        RandomGrid(in, grid->letters, grid->extents, ~0ull, prng);
    ForEachIndex(grid->extents, [&](const Index& i) {
      Index first = i;
      bool negative = false;
      for (size_t d = filter ? 0 : 1; d < 2; ++d) {
        negative = negative != (i[d] >= 20);
        first[d] = i[d] % 20;
      }
      const uint64_t bits =
          all.tensor.Get(Flat(grid->letters, grid->extents, first));
      grid->tensor.Set(Flat(grid->letters, grid->extents, i),
                       filter && negative ? bits ^ sign : bits);
    });
  }
  return s;
}

TEST(ConvTest, OrderOfKShows) {
  Prng prng(TestSeed());
  for (DataType in : {DataType::kFloat16, DataType::kBf16}) {
    const Scene s = Cancelling(in, &prng);
    const Attrs attrs = AttrsOf(s);
    int64_t rounding = 0;
    const auto forward = [&](const Index& i) {
      const Dot dot = ForwardDot(s, i, false, 0);
      rounding += dot.Bits(in, DataType::kFloat, 0, 0, false) != 0 ? 1 : 0;
      return dot;
    };
    Compare("Conv2D", {s.x.tensor, FilterTensor(s.filter)}, attrs, s,
            s.c.letters, s.y.extents, nullptr, 0, false, forward);
    EXPECT_GT(rounding, 20);
    Compare("Conv2DBackpropInput",
            {SizeTensor(s.x), FilterTensor(s.filter), s.y.tensor}, attrs, s,
            s.c.letters, s.x.extents, nullptr, 0, false,
            [&](const Index& i) { return InputDot(s, i, false, 0); });
  }
}

// A depthwise filter with one input channel is that of as many groups.
// With windows of one place K is the channels in order, as in a product of
// matrices, whose HF32 has tests of its own.
TEST(ConvTest, Hf32IsThatOfProducts) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat, {1, 3, 5, 21}, &prng);
  const TestTensor w = RandomTensor(DataType::kFloat, {1, 1, 21, 7}, &prng);
  const auto reshaped = [](TestTensor t, Shape shape) {
    t.spec.shape = std::move(shape);
    return t;
  };
  const Attrs attrs = {{"strides", List{1, 1, 1, 1}},
                       {"pads", List{0, 0, 0, 0}},
                       {"data_format", std::string("NHWC")}};
  for (bool hf32 : {false, true}) {
    Attrs conv = attrs;
    conv["enable_hf32"] = hf32;
    TestTensor image = x;
    image.spec.format = Format::kNhwc;
    TestTensor filter = w;
    filter.spec.format = Format::kHwcn;
    const auto y = RunOp("Conv2D", {image, filter}, conv);
    const auto z =
        RunOp("MatMulV2", {reshaped(x, {15, 21}), reshaped(w, {21, 7})},
              {{"enable_hf32", hf32}});
    EXPECT_EQ(y[0].data, z[0].data) << hf32;
  }
}

TEST(ConvTest, DepthwiseAsGroups) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {2, 5, 6, 7}, &prng);
  const TestTensor w = RandomTensor(DataType::kFloat16, {10, 1, 3, 2}, &prng);
  Attrs attrs = {{"strides", List{1, 1, 2, 1}},
                 {"pads", List{1, 0, 1, 1}},
                 {"data_format", std::string("NCHW")}};
  const auto depthwise = RunOp("DepthwiseConv2D", {x, w}, attrs);
  attrs["groups"] = int64_t{5};
  const auto grouped = RunOp("Conv2D", {x, w}, attrs);
  ASSERT_FALSE(depthwise.empty() || grouped.empty());
  EXPECT_EQ(depthwise[0].spec.shape, grouped[0].spec.shape);
  EXPECT_EQ(depthwise[0].data, grouped[0].data);
}

// Left open, the size of a transposed convolution follows from the rest.
TEST(ConvTest, TransposedSizes) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {1, 4, 3, 5}, &prng);
  const TestTensor w = RandomTensor(DataType::kFloat16, {4, 2, 3, 3}, &prng);
  const auto y = RunOp("Deconvolution", {x, w}, {{"strides", List{2, 2}}});
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(y[0].spec.shape, (Shape{1, 2, 7, 11}));
  const Attrs attrs = {{"strides", List{1, 1, 2, 2}},
                       {"pads", List{1, 0, 1, 0}},
                       {"data_format", std::string("NCHW")},
                       {"output_padding", List{0, 0, 1, 0}},
                       {"input_size", List{0, 0, 0, 0}}};
  const auto z = RunOp("Conv2DTransposeD", {x, w}, attrs);
  ASSERT_EQ(z.size(), 1u);
  EXPECT_EQ(z[0].spec.shape, (Shape{1, 2, 7, 10}));
}

TEST(ConvTest, WhatDoesNotFitIsRefused) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {1, 4, 5, 5}, &prng);
  const TestTensor w = RandomTensor(DataType::kFloat16, {6, 2, 3, 3}, &prng);
  const Attrs good = {{"strides", List{1, 1, 1, 1}},
                      {"pads", List{0, 0, 0, 0}},
                      {"groups", int64_t{2}},
                      {"data_format", std::string("NCHW")}};
  EXPECT_FALSE(RunOp("Conv2D", {x, w}, good).empty());
  const auto refused = [&](const char* name, const AttrValue& value) {
    Attrs attrs = good;
    attrs[name] = value;
    return Refusal("Conv2D", {x, w}, attrs);
  };
  EXPECT_NE(refused("strides", List{1, 1, 0, 1}), "");
  EXPECT_NE(refused("strides", List{2, 1, 1, 1}), "");
  EXPECT_NE(refused("pads", List{0, 0, 0}), "");
  EXPECT_NE(refused("pads", List{0, 0, 0, -1}), "");
  EXPECT_NE(refused("dilations", List{1, 1, 3, 1}), "");
  EXPECT_NE(refused("groups", int64_t{1}), "");
  EXPECT_NE(refused("groups", int64_t{4}), "");
  EXPECT_NE(refused("offset_x", int64_t{1}), "");
  EXPECT_NE(refused("data_format", std::string("NCDHW")), "");
}

}  // namespace
}  // namespace npuemu::kernels
