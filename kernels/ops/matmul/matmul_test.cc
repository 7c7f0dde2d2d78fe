// MatMulV2, BatchMatMulV2 and GEMM against the slow reference.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/gemm/reference_mmad.h"
#include "kernels/op/op_def.h"
#include "kernels/op/parallel.h"

namespace npuemu::kernels {

const OpDef& MatMulV2Op();
const OpDef& BatchMatMulV2Op();
const OpDef& GEMMOp();

namespace {

constexpr uint64_t kSeed = 77;
constexpr DataType kF16 = DataType::kFloat16;
constexpr DataType kB16 = DataType::kBf16;
constexpr DataType kF32 = DataType::kFloat;
constexpr DataType kS8 = DataType::kInt8;
constexpr DataType kS32 = DataType::kInt32;

struct Tensor {
  TensorSpec spec;
  std::vector<std::byte> bytes;

  template <typename T>
  T at(int64_t i) const {
    T value;
    std::memcpy(&value, bytes.data() + static_cast<size_t>(i) * sizeof(T),
                sizeof(T));
    return value;
  }
  double real(int64_t i) const {
    switch (spec.dtype) {
      case kF16:
        return ReferenceDecodeF16(at<uint16_t>(i));
      case kB16:
        return ReferenceDecodeBf16(at<uint16_t>(i));
      case kF32:
        return at<float>(i);
      case kS8:
        return at<int8_t>(i);
      default:
        return at<int32_t>(i);
    }
  }
};

template <typename T>
Tensor Of(DataType dtype, Shape shape, const std::vector<T>& values) {
  Tensor tensor{{dtype, Format::kNd, std::move(shape)}, {}};
  tensor.bytes.resize(tensor.spec.bytes());
  EXPECT_EQ(tensor.bytes.size(), values.size() * sizeof(T));
  if (!values.empty()) {
    std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  }
  return tensor;
}

// Floats of magnitude 2^-3 .. 2^4, any bytes for integers.
Tensor Draw(std::mt19937_64& prng, DataType dtype, const Shape& shape) {
  Tensor tensor{{dtype, Format::kNd, shape}, {}};
  tensor.bytes.resize(tensor.spec.bytes());
  const size_t width = static_cast<size_t>(BitsOf(dtype)) / 8;
  for (size_t i = 0; i < tensor.bytes.size(); i += width) {
    auto bits = static_cast<uint32_t>(prng());
    const auto exponent = static_cast<uint32_t>(prng() % 8);
    if (dtype == kF16) bits = (bits & 0x83ff) | (12 + exponent) << 10;
    if (dtype == kB16) bits = (bits & 0x807f) | (124 + exponent) << 7;
    if (dtype == kF32) bits = (bits & 0x807fffff) | (124 + exponent) << 23;
    std::memcpy(tensor.bytes.data() + i, &bits, width);
  }
  return tensor;
}

struct Case {
  const OpDef* op;
  std::vector<Tensor> inputs;
  DataType result;
  Attrs attrs = {};
  bool saturate = false;
};

OpCall CallOf(const Case& c, Shape y = {}) {
  OpCall call;
  call.op = c.op;
  for (const Tensor& x : c.inputs) call.inputs.push_back(x.spec);
  call.outputs = {{c.result, Format::kNd, std::move(y)}};
  call.attrs = c.attrs;
  return call;
}

// The sentence of the first check that fails; empty if none does.
std::string ErrorOf(const Case& c) {
  OpCall call = CallOf(c);
  if (OpStatus s = CheckCall(&call); !s.ok()) return s.message;
  std::vector<TensorSpec> outputs;
  return call.op->infer(call, &outputs).message;
}

struct Prepared {
  OpCall call;
  Operands operands;
  std::vector<Tensor> inputs;
  Tensor y;
  std::vector<std::byte> workspace;
};

// Checks, infers and lends memory; `p` must stay where it is.
void Prepare(const Case& c, Prepared* p) {
  p->call = CallOf(c);
  ASSERT_EQ(CheckCall(&p->call).message, "");
  std::vector<TensorSpec> outputs;
  ASSERT_EQ(p->call.op->infer(p->call, &outputs).message, "");
  p->call.outputs = outputs;
  p->inputs = c.inputs;
  p->y.spec = outputs[0];
  p->y.bytes.assign(outputs[0].bytes(), std::byte{0xcd});
  p->workspace.assign(p->call.op->workspace(p->call), std::byte{0xee});
  for (Tensor& x : p->inputs) {
    p->operands.inputs.push_back(
        {x.spec.absent() ? nullptr : x.bytes.data(), x.bytes.size()});
  }
  p->operands.outputs = {{p->y.bytes.data(), p->y.bytes.size()}};
  p->operands.workspace = p->workspace;
  p->operands.saturate = c.saturate;
}

Tensor RunCase(const Case& c) {
  Prepared p;
  Prepare(c, &p);
  if (testing::Test::HasFatalFailure()) return {};
  EXPECT_EQ(RunSerially(p.call, p.operands).message, "");
  return p.y;
}

bool Flag(const Case& c, size_t index) {
  return AttrOr(c.attrs, c.op->attrs[index].name, false);
}

int GroupOf(DataType dtype) {
  if (dtype == kS8) return 32;
  return dtype == kF32 ? 4 : 16;
}

// The chain of one output element from c0; rows and columns by formula.
double Chain(const Case& c, int64_t m, int64_t n, int64_t k, int64_t matrix1,
             int64_t matrix2, int64_t i, int64_t j, double c0) {
  std::vector<double> a;
  std::vector<double> b;
  for (int64_t s = 0; s < k; ++s) {
    a.push_back(c.inputs[0].real(matrix1 * m * k +
                                 (Flag(c, 0) ? s * m + i : i * k + s)));
    b.push_back(c.inputs[1].real(matrix2 * k * n +
                                 (Flag(c, 1) ? j * k + s : s * n + j)));
  }
  const int group = GroupOf(c.inputs[0].spec.dtype);
  if (c.inputs[0].spec.dtype == kS8) {
    const auto offset = AttrOr<int64_t>(c.attrs, "offset_x", 0);
    std::vector<int> x;
    for (double value : a) x.push_back(static_cast<int>(value) - offset);
    const std::vector<int> y(b.begin(), b.end());
    return ReferenceMmadInt(x, y, group, static_cast<int32_t>(c0));
  }
  return ReferenceMmadFloat(a, b, group, c.saturate, static_cast<float>(c0));
}

void ExpectElement(const Tensor& y, int64_t i, double expected, bool saturate) {
  if (y.spec.dtype == kF16) {
    ASSERT_EQ(y.at<uint16_t>(i), ReferenceEncodeF16(expected, saturate)) << i;
  } else if (y.spec.dtype == kB16) {
    ASSERT_EQ(ReferenceBitsOf(static_cast<float>(y.real(i))),
              ReferenceBitsOf(
                  static_cast<float>(ReferenceRound(expected, 8, -126, 127))))
        << i;
  } else {
    ASSERT_EQ(y.real(i), expected) << i;
  }
}

void ExpectMatMul(const Case& c, int64_t m, int64_t n, int64_t k) {
  const Tensor y = RunCase(c);
  ASSERT_EQ(y.spec.shape, (Shape{m, n}));
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      const bool bias = c.inputs.size() > 2 && !c.inputs[2].spec.absent();
      const double c0 = bias ? c.inputs[2].real(j) : 0;
      ExpectElement(y, i * n + j, Chain(c, m, n, k, 0, 0, i, j, c0),
                    c.saturate);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

TEST(MatMulV2Test, EveryColumnOfTheTable) {
  std::cout << "seed " << kSeed << "\n";
  std::mt19937_64 prng(kSeed);
  const OpDef& op = MatMulV2Op();
  const int64_t sizes[][3] = {{1, 1, 1},   {5, 9, 17},  {130, 100, 33},
                              {97, 7, 64}, {3, 200, 5}, {4, 6, 0}};
  for (size_t column = 0; column < op.outputs[0].dtypes.size(); ++column) {
    for (const auto& [m, n, k] : sizes) {
      for (bool bias : {false, true}) {
        const DataType x = op.inputs[0].dtypes[column];
        const bool t1 = prng() % 2 == 0;
        const bool t2 = prng() % 2 == 0;
        Case c{&op,
               {Draw(prng, x, t1 ? Shape{k, m} : Shape{m, k}),
                Draw(prng, x, t2 ? Shape{n, k} : Shape{k, n})},
               op.outputs[0].dtypes[column],
               {{"transpose_x1", t1}, {"transpose_x2", t2}}};
        if (bias)
          c.inputs.push_back(Draw(prng, op.inputs[2].dtypes[column], {n}));
        if (x == kS8) c.attrs["offset_x"] = int64_t{-128};
        SCOPED_TRACE(column);
        ExpectMatMul(c, m, n, k);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(MatMulV2Test, SaturationClampsInputsGroupsAndOutput) {
  const auto run = [](std::vector<uint16_t> x1, bool saturate) {
    const auto k = static_cast<int64_t>(x1.size());
    const std::vector<uint16_t> ones(x1.size(), 0x3c00);
    const Tensor y = RunCase({&MatMulV2Op(),
                              {Of(kF16, {1, k}, x1), Of(kF16, {k, 1}, ones)},
                              kF16,
                              {},
                              saturate});
    return y.at<uint16_t>(0);
  };
  EXPECT_EQ(run({0x7c00}, false), 0x7c00);
  EXPECT_EQ(run({0x7c00}, true), 0x7bff);
  EXPECT_EQ(run({0x7c00, 0xfc00}, false), 0x7e00) << "inf - inf";
  EXPECT_EQ(run({0x7c00, 0xfc00}, true), 0x0000) << "MAX - MAX";
  EXPECT_EQ(run({0x7e00, 0x4000}, false), 0x7e00);
  EXPECT_EQ(run({0xfe00, 0x4000}, true), 0x4000) << "NaN counts as 0";
  EXPECT_EQ(run({0x7bff, 0x7bff}, true), 0x7bff) << "Fixpipe overflows";
}

TEST(MatMulV2Test, AnySplitOfTheItemsGivesTheSameBytes) {
  std::mt19937_64 prng(kSeed);
  const Case c{&MatMulV2Op(),
               {Draw(prng, kF16, {200, 70}), Draw(prng, kF16, {70, 300}),
                Draw(prng, kF32, {300})},
               kF32};
  const Tensor whole = RunCase(c);
  for (int round = 0; round < 5; ++round) {
    Prepared p;
    Prepare(c, &p);
    for (int phase = 0; phase < 2; ++phase) {
      const int64_t items = c.op->items(p.call, phase);
      std::vector<std::pair<int64_t, int64_t>> ranges;
      for (int64_t at = 0; at < items;) {
        const int64_t end =
            std::min(items, at + 1 + static_cast<int64_t>(prng() % 7));
        ranges.emplace_back(at, end);
        at = end;
      }
      for (size_t left = ranges.size(); left > 0; --left) {
        std::swap(ranges[left - 1], ranges[prng() % left]);
        const auto [begin, end] = ranges[left - 1];
        ASSERT_EQ(c.op->compute(p.call, p.operands, phase, begin, end).message,
                  "");
      }
    }
    ASSERT_EQ(p.y.bytes, whole.bytes);
  }
  Prepared p;
  Prepare(c, &p);
  EXPECT_EQ(RunParallel(p.call, p.operands).message, "");
  EXPECT_EQ(p.y.bytes, whole.bytes);
}

// Another call that writes to the workspace of this one is seen in y.
TEST(MatMulV2Test, AWrongWorkspaceGivesWrongBytes) {
  std::mt19937_64 prng(kSeed);
  const Case c{&MatMulV2Op(),
               {Draw(prng, kF16, {20, 30}), Draw(prng, kF16, {30, 40})},
               kF16};
  const Tensor right = RunCase(c);
  Prepared p;
  Prepare(c, &p);
  ASSERT_GT(p.workspace.size(), 0u);
  ASSERT_EQ(
      c.op->compute(p.call, p.operands, 0, 0, c.op->items(p.call, 0)).message,
      "");
  const float other = 3.0f;
  std::memcpy(p.workspace.data(), &other, sizeof(other));
  ASSERT_EQ(
      c.op->compute(p.call, p.operands, 1, 0, c.op->items(p.call, 1)).message,
      "");
  EXPECT_NE(p.y.bytes, right.bytes);
  p.operands.workspace = p.operands.workspace.first(8);
  EXPECT_EQ(c.op->compute(p.call, p.operands, 1, 0, 1).message,
            "MatMulV2: workspace: given 8 bytes, expected " +
                std::to_string(p.workspace.size()) + " bytes");
}

TEST(MatMulV2Test, ErrorsNameTheArgument) {
  std::mt19937_64 prng(kSeed);
  const OpDef* op = &MatMulV2Op();
  const Tensor x1 = Draw(prng, kF16, {2, 3});
  const Tensor x2 = Draw(prng, kF16, {3, 4});
  EXPECT_EQ(ErrorOf({op, {x1, x2}, kF16}), "");
  EXPECT_EQ(ErrorOf({op, {Draw(prng, kF16, {1, 2, 3}), x2}, kF16}),
            "MatMulV2: input x1 shape: given [1,2,3], expected rank 2");
  EXPECT_EQ(ErrorOf({op, {x1, x1}, kF16}),
            "MatMulV2: input x2 shape: given [2,3], expected extent 3 on axis "
            "0 beside x1 [2,3]");
  EXPECT_EQ(ErrorOf({op, {x1, x2, Draw(prng, kF16, {3})}, kF16}),
            "MatMulV2: input bias shape: given [3], expected [4]");
  EXPECT_EQ(ErrorOf({op, {x1, x2, Tensor{}, Draw(prng, kS8, {4})}, kF16}),
            "MatMulV2: input offset_w: given int8, expected none");
  EXPECT_EQ(ErrorOf({op, {x1, x2}, kF16, {{"offset_x", int64_t{3}}}}),
            "MatMulV2: attribute offset_x: given 3, expected 0 beside x1 "
            "float16");
  EXPECT_NE(ErrorOf({op, {x1, x2}, kS32}), "");
}

TEST(BatchMatMulV2Test, BroadcastsBatchExtents) {
  std::mt19937_64 prng(kSeed);
  const int64_t m = 9;
  const int64_t n = 5;
  const int64_t k = 20;
  // [2,1,3] with [4,1]: the output has 2 * 4 * 3 matrices.
  const Case c{&BatchMatMulV2Op(),
               {Draw(prng, kB16, {2, 1, 3, k, m}),
                Draw(prng, kB16, {4, 1, n, k}), Draw(prng, kF32, {1, n})},
               kB16,
               {{"adj_x1", true}, {"adj_x2", true}}};
  const Tensor y = RunCase(c);
  ASSERT_EQ(y.spec.shape, (Shape{2, 4, 3, m, n}));
  for (int64_t batch = 0; batch < 24; ++batch) {
    const int64_t matrix1 = batch / 12 * 3 + batch % 3;
    const int64_t matrix2 = batch / 3 % 4;
    for (int64_t i = 0; i < m * n; ++i) {
      ExpectElement(y, batch * m * n + i,
                    Chain(c, m, n, k, matrix1, matrix2, i / n, i % n,
                          c.inputs[2].real(i % n)),
                    false);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_EQ(ErrorOf({&BatchMatMulV2Op(),
                     {Draw(prng, kF16, {2, 3, 4}), Draw(prng, kF16, {3, 4, 5})},
                     kF16}),
            "BatchMatMulV2: input x2 shape: given [3,4,5], expected batch "
            "extents that broadcast with [2,3,4]");
  EXPECT_EQ(RunCase({&BatchMatMulV2Op(),
                     {Draw(prng, kF16, {0, 3, 4}), Draw(prng, kF16, {1, 4, 5})},
                     kF16})
                .spec.shape,
            (Shape{0, 3, 5}));
}

// y = alpha * s + beta * c as the header of gemm.cc says.
void ExpectGemm(std::mt19937_64& prng, size_t column, int64_t m, int64_t n,
                int64_t k) {
  const OpDef& op = GEMMOp();
  const bool t1 = prng() % 2 == 0;
  const bool t2 = prng() % 2 == 0;
  const auto type = [&](size_t i) { return op.inputs[i].dtypes[column]; };
  const Case c{&op,
               {Draw(prng, type(0), t1 ? Shape{k, m} : Shape{m, k}),
                Draw(prng, type(1), t2 ? Shape{n, k} : Shape{k, n}),
                Draw(prng, type(2), {m, n}), Draw(prng, type(3), {}),
                Draw(prng, type(4), {1})},
               op.outputs[0].dtypes[column],
               {{"transpose_a", t1}, {"transpose_b", t2}}};
  const Tensor y = RunCase(c);
  for (int64_t i = 0; i < m * n; ++i) {
    const double s = Chain(c, m, n, k, 0, 0, i / n, i % n, 0);
    const double p = c.inputs[3].real(0) * s;
    const double q = c.inputs[4].real(0) * c.inputs[2].real(i);
    double r = p + q;
    if (c.result == kS32) {
      r = std::clamp(std::nearbyint(r), -0x1p31, 0x1p31 - 1);
    } else if (c.result == kF32) {
      r = ReferenceRoundF32(r);
    }
    ExpectElement(y, i, r, false);
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(GemmTest, EveryColumnOfTheTable) {
  std::mt19937_64 prng(kSeed);
  for (size_t column = 0; column < 6; ++column) {
    SCOPED_TRACE(column);
    ExpectGemm(prng, column, 16, 16, 16);
    if (HasFatalFailure()) return;
    ExpectGemm(prng, column, 11, 103, 37);
    if (HasFatalFailure()) return;
  }
}

TEST(GemmTest, IntegersAreExactAndClamped) {
  const auto run = [](int32_t c, int32_t alpha, int32_t beta) {
    const std::vector<int8_t> one = {127};
    return RunCase({&GEMMOp(),
                    {Of<int8_t>(kS8, {1, 1}, one), Of<int8_t>(kS8, {1, 1}, one),
                     Of<int32_t>(kS32, {1, 1}, {c}),
                     Of<int32_t>(kS32, {1}, {alpha}),
                     Of<int32_t>(kS32, {1}, {beta})},
                    kS32})
        .at<int32_t>(0);
  };
  EXPECT_EQ(run(0, 2, 5), 2 * 127 * 127);
  EXPECT_EQ(run(-7, 0, 3), -21);
  EXPECT_EQ(run(INT32_MAX, 1, 1), INT32_MAX);
  EXPECT_EQ(run(INT32_MIN, INT32_MIN, INT32_MIN), INT32_MAX);
  EXPECT_EQ(run(INT32_MAX, 0, INT32_MIN), INT32_MIN);
}

// (1 + 2^-11) * 1 + 1 * 2^-24 lies above the middle of two halves; an f32 on
// the way would lose the 2^-24 and round the tie down.
TEST(GemmTest, HalvesAreRoundedFromF64) {
  const std::vector<uint16_t> one = {0x3c00};
  const Tensor y = RunCase(
      {&GEMMOp(),
       {Of(kF16, {1, 1}, one), Of(kF16, {1, 1}, one),
        Of<uint16_t>(kF16, {1, 1}, {0x0001}),
        Of<float>(kF32, {}, {1.0f + 0x1p-11f}), Of<float>(kF32, {}, {1.0f})},
       kF16});
  EXPECT_EQ(y.at<uint16_t>(0), 0x3c01);
}

TEST(GemmTest, ErrorsNameTheArgument) {
  std::mt19937_64 prng(kSeed);
  const Tensor x = Draw(prng, kF16, {4, 4});
  const Tensor one = Draw(prng, kF16, {1});
  EXPECT_EQ(ErrorOf({&GEMMOp(), {x, x, x, one, one}, kF16}), "");
  EXPECT_EQ(ErrorOf({&GEMMOp(), {x, x, one, one, one}, kF16}),
            "GEMM: input c shape: given [1], expected [4,4]");
  EXPECT_EQ(ErrorOf({&GEMMOp(), {x, x, x, one, x}, kF16}),
            "GEMM: input beta shape: given [4,4], expected one element");
}

}  // namespace
}  // namespace npuemu::kernels
