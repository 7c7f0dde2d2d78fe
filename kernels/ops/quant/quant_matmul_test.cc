// QuantBatchMatmulV3 and WeightQuantBatchMatmulV2 against docs/matmuls.md:
// every element by naive sums, MPFR and reference_mmad.h.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "kernels/gemm/reference_mmad.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/primitive.h"
#include "kernels/testing/reference_format.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Primitive2;
using reference::Type;

constexpr Type kF32 = Type::kF32;

Bits ToF32(const TestTensor &x, int64_t i) {
  return reference::Cast(ReferenceType(x.spec.dtype), kF32, x.Get(i),
                         reference::Mode::kRint, false);
}

// Numbers of moderate size, so that sums are finite.
TestTensor Draw(DataType type, const Shape &shape, Prng *prng) {
  TestTensor x = RandomTensor(type, shape, prng);
  if (!reference::IsFloat(ReferenceType(type))) return x;
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const float v = static_cast<float>(prng->Below(2001)) / 500.0f - 2.0f;
    x.Set(i, reference::Cast(kF32, ReferenceType(type), ReferenceBitsOf(v),
                             reference::Mode::kRint, false));
  }
  return x;
}

// Parameters whose scale is about 2^-12: bytes of all sizes.
TestTensor Params(DataType type, int64_t n, Prng *prng) {
  TestTensor x = MakeTensor(type, {n});
  for (int64_t i = 0; i < n; ++i) {
    const Bits scale = (112 + prng->Below(6)) << 23 | prng->Below(1024) << 13;
    const Bits sign = prng->Below(2) << 31;
    x.Set(i, scale | sign | prng->Below(1 << 15) << 32 | 1ull << 46);
  }
  return x;
}

// 7.5, from its text.
Bits ByParam(Bits param, int64_t sum, Type y) {
  if ((param >> 36 & 1) != 0) {
    const int shift = static_cast<int>(param >> 32 & 15) + 1;
    sum = std::clamp<int64_t>(sum >> shift, -32768, 32767);
  }
  const float z =
      static_cast<float>(sum) *
      ReferenceFloatOfBits(static_cast<uint32_t>(param) & 0xffffe000u);
  if (y == Type::kF16) {
    const float limited = std::clamp(z, -65504.0f, 65504.0f);
    return ReferenceEncodeF16(static_cast<double>(limited), false);
  }
  auto offset = static_cast<int64_t>(param >> 37 & 511);
  if (offset >= 256) offset -= 512;
  const float whole = std::nearbyint(std::clamp(z, -1e6f, 1e6f));
  const int64_t q =
      std::clamp<int64_t>(static_cast<int64_t>(whole), -256, 255) + offset;
  const bool is_signed = (param >> 46 & 1) != 0;
  const int64_t byte = is_signed ? std::clamp<int64_t>(q, -128, 127)
                                 : std::clamp<int64_t>(q, 0, 255);
  return static_cast<Bits>(byte) & 255;
}

struct Product {
  int64_t batch = 2;
  int64_t m = 5;
  int64_t n = 7;
  int64_t k = 70;
};

void ExpectElement(const std::vector<TestTensor> &x, const TestTensor &y,
                   int64_t at, const Product &p) {
  const int64_t j = at % p.n;
  const int64_t i = at / p.n % p.m;
  const int64_t b = at / p.n / p.m;
  std::vector<int> row;
  std::vector<int> column;
  for (int64_t k = 0; k < p.k; ++k) {  // x1 is (K, M), x2 is (N, K)
    row.push_back(static_cast<int8_t>(x[0].Get((b * p.k + k) * p.m + i)));
    column.push_back(static_cast<int8_t>(x[1].Get(j * p.k + k)));
  }
  const bool has_bias = !x[4].spec.absent();
  const bool int_bias = has_bias && x[4].spec.dtype == DataType::kInt32;
  const int32_t from = int_bias ? static_cast<int32_t>(x[4].Get(j)) : 0;
  const int32_t sum = ReferenceMmadInt(row, column, 32, from);
  const Type type = ReferenceType(y.spec.dtype);
  const int64_t scale_at = x[2].spec.count() == 1 ? 0 : j;
  Bits want = static_cast<uint32_t>(sum);
  if (x[2].spec.dtype == DataType::kInt64 ||
      x[2].spec.dtype == DataType::kUint64) {
    want = ByParam(x[2].Get(scale_at), sum, type);
  } else if (type != Type::kS32) {
    want =
        reference::Cast(Type::kS32, kF32, want, reference::Mode::kRint, false);
    want = Primitive2("Mul", kF32, want, ToF32(x[2], scale_at));
    if (!x[5].spec.absent()) {
      want = Primitive2("Mul", kF32, want, x[5].Get(i));
    }
    if (has_bias && !int_bias) {
      want = Primitive2("Add", kF32, want, ToF32(x[4], j));
    }
    want = reference::Cast(kF32, type, want, reference::Mode::kRint, false);
  }
  ASSERT_EQ(y.Get(at), want) << at;
}

TEST(QuantMatmulTest, SumsAreFinishedAsWritten) {
  Prng prng(TestSeed());
  const OpDef &op = *FindOp("QuantBatchMatmulV3");
  const Product p;
  for (size_t c = 0; c < op.outputs[0].dtypes.size(); ++c) {
    for (int round = 0; round < 3; ++round) {
      SCOPED_TRACE("column " + std::to_string(c));
      const DataType scale = op.inputs[2].dtypes[c];
      const bool params =
          scale == DataType::kInt64 || scale == DataType::kUint64;
      const int64_t n = round == 1 ? 1 : p.n;
      TestTensor bias = Draw(op.inputs[4].dtypes[c], {p.n}, &prng);
      const std::vector<TestTensor> x = {
          RandomTensor(DataType::kInt8, {p.batch, p.k, p.m}, &prng),
          RandomTensor(DataType::kInt8, {p.n, p.k}, &prng),
          params ? Params(scale, n, &prng) : Draw(scale, {n}, &prng),
          {},
          round == 2 ? TestTensor() : bias,
          params || round == 1 ? TestTensor()
                               : Draw(DataType::kFloat, {p.m}, &prng)};
      TensorSpec declared;
      declared.dtype = op.outputs[0].dtypes[c];
      const auto y = RunOp("QuantBatchMatmulV3", x,
                           {{"dtype", static_cast<int64_t>(declared.dtype)},
                            {"transpose_x1", true},
                            {"transpose_x2", true}});
      ASSERT_EQ(y.size(), 1u);
      ASSERT_EQ(y[0].spec.shape, (Shape{p.batch, p.m, p.n}));
      for (int64_t at = 0; at < y[0].spec.count(); ++at) {
        ExpectElement(x, y[0], at, p);
        if (HasFatalFailure()) return;
      }
    }
  }
}

struct Weights {
  Shape weight;
  Shape scale;
  bool transposed;
  int64_t group;
};

// Weights as elements of the type, then one chain.
TEST(QuantMatmulTest, WeightsAreDequantisedThenMultiplied) {
  Prng prng(TestSeed());
  constexpr int64_t kM = 5;
  constexpr int64_t kN = 6;
  constexpr int64_t kK = 70;
  const Weights cases[] = {{{kK, kN}, {1}, false, 0},
                           {{kK, kN}, {kN}, false, 0},
                           {{kN, kK}, {kN, 1}, true, 0},
                           {{kK, kN}, {3, kN}, false, 32},
                           {{kN, kK}, {kN, 3}, true, 32}};
  for (DataType type : {DataType::kFloat16, DataType::kBf16}) {
    const Type t = ReferenceType(type);
    for (const Weights &w : cases) {
      for (bool full : {false, true}) {
        const DataType bias_type =
            type == DataType::kBf16 ? DataType::kFloat : type;
        std::vector<TestTensor> x = {
            Draw(type, {kM, kK}, &prng),
            RandomTensor(DataType::kInt8, w.weight, &prng),
            Draw(type, w.scale, &prng)};
        if (full) {
          x.push_back(Draw(type, w.scale, &prng));
          x.resize(6);
          x.push_back(Draw(bias_type, {kN}, &prng));
        }
        const auto y = RunOp("WeightQuantBatchMatmulV2", x,
                             {{"transpose_weight", w.transposed},
                              {"antiquant_group_size", w.group}});
        ASSERT_EQ(y.size(), 1u);
        for (int64_t at = 0; at < kM * kN; ++at) {
          std::vector<double> a;
          std::vector<double> b;
          const int64_t j = at % kN;
          for (int64_t k = 0; k < kK; ++k) {
            a.push_back(static_cast<double>(
                reference::Decode(t, x[0].Get(at / kN * kK + k))));
            const int64_t g = w.group == 0 ? 0 : k / w.group;
            const int64_t s = x[2].spec.count() == 1 ? 0
                              : w.group == 0         ? j
                              : w.transposed         ? j * 3 + g
                                                     : g * kN + j;
            Bits v = ToF32(x[1], w.transposed ? j * kK + k : k * kN + j);
            if (full) v = Primitive2("Add", kF32, v, ToF32(x[3], s));
            v = Primitive2("Mul", kF32, v, ToF32(x[2], s));
            v = reference::Cast(kF32, t, v, reference::Mode::kRint, false);
            b.push_back(static_cast<double>(reference::Decode(t, v)));
          }
          const Bits c0 = full ? ToF32(x[6], j) : 0;
          const float acc = ReferenceMmadFloat(
              a, b, 16, false, ReferenceFloatOfBits(static_cast<uint32_t>(c0)));
          ASSERT_EQ(y[0].Get(at),
                    reference::Cast(kF32, t, ReferenceBitsOf(acc),
                                    reference::Mode::kRint, false))
              << NameOf(type) << " group " << w.group << " element " << at;
        }
      }
    }
  }
}

// The sentence of infer.
std::string Refused(const std::string &type,
                    const std::vector<TestTensor> &inputs, const Attrs &attrs) {
  OpCall call;
  call.op = FindOp(type);
  call.attrs = attrs;
  for (const TestTensor &x : inputs) call.inputs.push_back(x.spec);
  return call.op->infer(call, &call.outputs).message;
}

TEST(QuantMatmulTest, RefusalsSayWhatIsWrong) {
  const TestTensor x1 = MakeTensor(DataType::kInt8, {4, 8});
  const TestTensor x2 = MakeTensor(DataType::kInt8, {8, 3});
  const TestTensor scale = MakeTensor(DataType::kFloat, {2});
  EXPECT_EQ(
      Refused("QuantBatchMatmulV3", {x1, x2, scale}, {{"dtype", int64_t{27}}}),
      "QuantBatchMatmulV3: input scale shape: given [2], expected one "
      "element or 3");
  TestTensor one = MakeTensor(DataType::kFloat, {1});
  EXPECT_EQ(
      Refused("QuantBatchMatmulV3", {x1, x2, one}, {{"dtype", int64_t{0}}}),
      "QuantBatchMatmulV3: attribute dtype: given 0, expected 1 (float16), 2 "
      "(int8), 3 (int32), 27 (bfloat16)");
  const TestTensor x = MakeTensor(DataType::kFloat16, {4, 8});
  const TestTensor f16 = MakeTensor(DataType::kFloat16, {2, 3});
  EXPECT_EQ(Refused("WeightQuantBatchMatmulV2", {x, x2, f16}, {}),
            "WeightQuantBatchMatmulV2: input antiquant_scale shape: given "
            "[2,3], expected one element or [3]");
  EXPECT_EQ(Refused("WeightQuantBatchMatmulV2", {x, x2, f16},
                    {{"antiquant_group_size", int64_t{-1}}}),
            "WeightQuantBatchMatmulV2: attribute antiquant_group_size: given "
            "-1, expected 0 or more");
}

}  // namespace
}  // namespace npuemu::kernels
