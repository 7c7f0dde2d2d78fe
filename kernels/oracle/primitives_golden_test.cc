// The bits of casts, vector primitives, composite functions, row sums and Mmad
// as hashes, by every instruction set that the processor has. Compiled twice,
// with optimisation and without, and run on a lesser processor, too.

#include <xmmintrin.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/gemm/mmad.h"
#include "kernels/gemm/pack.h"
#include "kernels/numeric/cast.h"
#include "kernels/numeric/elementary.h"
#include "kernels/numeric/exp_block.h"
#include "kernels/numeric/half_arithmetic.h"
#include "kernels/numeric/half_block.h"
#include "kernels/op/activations.h"
#include "kernels/op/functions.h"
#include "kernels/op/row_reduce.h"
#include "kernels/oracle/golden.h"
#include "kernels/testing/prng.h"

namespace npuemu::kernels {
namespace {

// Any bits, and numbers near one.
float DrawFloat(Prng* prng) {
  const auto bits = static_cast<uint32_t>(prng->Next());
  if (prng->Below(3) == 0) return std::bit_cast<float>(bits);
  const auto exponent = static_cast<uint32_t>(118 + prng->Below(16));
  return std::bit_cast<float>((bits & 0x807fffffu) | exponent << 23);
}

std::vector<float> DrawFloats(size_t count) {
  Prng prng(count);
  std::vector<float> x;
  while (x.size() < count) x.push_back(DrawFloat(&prng));
  return x;
}

std::vector<Float16> DrawHalves(uint64_t seed, size_t count) {
  Prng prng(seed);
  std::vector<Float16> x;
  while (x.size() < count) {
    x.push_back(Float16{static_cast<uint16_t>(prng.Next())});
  }
  return x;
}

uint64_t HashOf(const std::vector<float>& y) {
  Hash hash;
  for (float x : y) hash.Add(std::bit_cast<uint32_t>(CanonicalNan(x)), 4);
  return hash.value();
}

uint64_t HashOf(const std::vector<Float16>& y) {
  Hash hash;
  for (Float16 x : y) hash.Add(x.bits, 2);
  return hash.value();
}

template <typename S, typename... Ds>
void AddCasts(S x, const CastRule& rule, Types<Ds...>, Hash* hash) {
  const auto add = [hash](auto y) {
    uint64_t bits = 0;
    std::memcpy(&bits, &y, sizeof(y));
    hash->Add(bits, sizeof(y));
  };
  (add(Cast<Ds>(x, rule)), ...);
}

template <typename S>
uint64_t CastsFrom() {
  Prng prng(1);
  Hash hash;
  for (int i = 0; i < 300; ++i) {
    const uint64_t wide =
        i % 2 == 0 ? prng.Next() : std::bit_cast<uint32_t>(DrawFloat(&prng));
    S x;
    std::memcpy(static_cast<void*>(&x), &wide, sizeof(x));
    for (Rounding mode : {Rounding::kRint, Rounding::kFloor, Rounding::kCeil,
                          Rounding::kRound, Rounding::kTrunc, Rounding::kOdd}) {
      for (bool option : {false, true}) {
        AddCasts(x, {mode, option, option}, AllTypes{}, &hash);
      }
    }
  }
  return hash.value();
}

uint64_t Widening() {
  std::vector<Float16> x(65536);
  for (size_t i = 0; i < x.size(); ++i) x[i].bits = static_cast<uint16_t>(i);
  std::vector<float> y(x.size());
  HalvesToFloats(x.data(), y.data(), x.size());
  return HashOf(y);
}

uint64_t Narrowing() {
  std::vector<float> x = DrawFloats(20001);
  for (uint32_t h = 0; h < 0x7c00; h += 3) {  // ties
    const float low = ToFloat(Float16{static_cast<uint16_t>(h)});
    x.push_back(std::bit_cast<float>(std::bit_cast<uint32_t>(low) + 0x1000));
  }
  std::vector<Float16> y(2 * x.size());
  FloatsToHalves(x.data(), y.data(), x.size(), false);
  FloatsToHalves(x.data(), y.data() + x.size(), x.size(), true);
  return HashOf(y);
}

uint64_t HalfArithmetic() {
  const std::vector<Float16> a = DrawHalves(1, 20011);
  const std::vector<Float16> b = DrawHalves(2, 20011);
  std::vector<Float16> y(a.size());
  Hash hash;
  for (HalvesFn fn :
       {AddHalves, SubtractHalves, MultiplyHalves, DivideHalves}) {
    for (bool saturate : {false, true}) {
      fn(a.data(), b.data(), y.data(), y.size(), saturate);
      hash.Add(HashOf(y), 8);
    }
  }
  return hash.value();
}

uint64_t ExpBlock() {
  const std::vector<float> x = DrawFloats(20011);
  std::vector<float> y(x.size());
  ExpFloats(x.data(), y.data(), x.size());
  return HashOf(y);
}

template <float (*kFn)(float)>
uint64_t Unary() {
  std::vector<float> x = DrawFloats(10007);
  for (float& v : x) v = kFn(v);
  return HashOf(x);
}

template <float (*kFn)(float, float)>
uint64_t Binary() {
  const std::vector<float> a = DrawFloats(10007);
  const std::vector<float> b = DrawFloats(10009);
  std::vector<float> y;
  for (size_t i = 0; i < a.size(); ++i) y.push_back(kFn(a[i], b[i]));
  return HashOf(y);
}

template <Float16 (*kFn)(Float16)>
uint64_t UnaryHalf() {
  std::vector<Float16> x = DrawHalves(3, 3000);
  for (Float16& v : x) v = kFn(v);
  return HashOf(x);
}

uint64_t RowSums() {
  std::vector<float> sums;
  const std::vector<float> x = DrawFloats(5000);
  std::vector<float> tame;
  for (float v : x) tame.push_back(std::fmod(CanonicalNan(v), 8.0f));
  for (float& v : tame) v = v == v ? v : 0.5f;
  for (const std::vector<float>& from : {x, tame}) {
    for (int64_t length : {0, 1, 7, 63, 64, 65, 200, 1003, 5000}) {
      float lanes[kLanes];
      SumLanes<float>(
          length, 0, LanesOf(length),
          [&](int64_t j) { return from[static_cast<size_t>(j)]; }, lanes);
      sums.push_back(SumTree(lanes, LanesOf(length)));
    }
  }
  return HashOf(sums);
}

template <MmadKind kKind>
uint64_t Mmad() {
  constexpr int64_t kM = 33, kN = 41, kK = 203;
  const bool ints = kKind == MmadKind::kInt8 || kKind == MmadKind::kInt4;
  Prng prng(7);
  std::vector<float> wide;
  std::vector<uint16_t> narrow;
  std::vector<int8_t> bytes;
  for (int64_t i = 0; i < (kM + kN) * kK; ++i) {
    const auto bits = static_cast<uint32_t>(prng.Next());
    // So far apart that no sum is exact.
    const auto exponent = static_cast<uint32_t>(113 + prng.Below(28));
    const float tame =
        std::bit_cast<float>((bits & 0x807fffffu) | exponent << 23);
    wide.push_back(tame);
    narrow.push_back(kKind == MmadKind::kFloat16 ? ToFloat16(tame).bits
                                                 : ToBFloat16(tame).bits);
    bytes.push_back(static_cast<int8_t>(
        kKind == MmadKind::kInt4 ? static_cast<int>(bits % 16) - 8
                                 : static_cast<int>(bits % 256) - 128));
  }
  const auto packed = [&](int64_t first, int64_t rows) {
    const void* data = kKind == MmadKind::kFloat32 || kKind == MmadKind::kHf32
                           ? static_cast<const void*>(&wide[first * kK])
                       : ints ? static_cast<const void*>(&bytes[first * kK])
                              : static_cast<const void*>(&narrow[first * kK]);
    std::vector<std::byte> to(PackedBytes(kKind, rows, kK));
    PackPanels(kKind, {}, {data, rows, kK, kK, 1}, 0, PanelCount(rows),
               to.data());
    return to;
  };
  const std::vector<std::byte> a = packed(0, kM);
  const std::vector<std::byte> b = packed(kM, kN);
  const int64_t ld = PanelCount(kN) * kPanelRows;
  Hash hash;
  for (bool saturate : {false, true}) {
    const MmadProblem problem{kKind, saturate, kK, a.data(), b.data()};
    const auto room = static_cast<size_t>(PanelCount(kM) * kPanelRows * ld);
    std::vector<float> floats(room, 1.5f);
    std::vector<int32_t> sums(room, -3);
    if (ints) {
      MmadInt(problem, {0, kM, 0, kN}, sums.data(), ld);
    } else {
      MmadFloat(problem, {0, kM, 0, kN}, floats.data(), ld);
    }
    for (int64_t i = 0; i < kM * ld; ++i) {
      if (i % ld >= kN) continue;
      const auto at = static_cast<size_t>(i);
      hash.Add(ints ? static_cast<uint32_t>(sums[at])
                    : std::bit_cast<uint32_t>(floats[at]),
               4);
    }
  }
  return hash.value();
}

float Divided(float a, float b) { return a / b; }
float Plus2(float a, float b) { return a + b; }
float Times2(float a, float b) { return a * b; }

struct Row {
  const char* name;
  uint64_t (*hash)();
  bool rounds = true;  // by the host's rounding mode
};

constexpr Row kRows[] = {
    {"casts from f16", CastsFrom<Float16>, false},
    {"casts from bf16", CastsFrom<BFloat16>, false},
    {"casts from f32", CastsFrom<float>, false},
    {"casts from s16", CastsFrom<int16_t>, false},
    {"casts from s32", CastsFrom<int32_t>, false},
    {"casts from s64", CastsFrom<int64_t>, false},
    {"f16 to f32", Widening, false},
    {"f32 to f16", Narrowing, false},
    {"f16 + - * /", HalfArithmetic, false},
    {"f32 +", Binary<Plus2>},
    {"f32 *", Binary<Times2>},
    {"f32 /", Binary<Divided>},
    {"max", Binary<MaxFloat>, false},
    {"min", Binary<MinFloat>, false},
    {"exp, blocks", ExpBlock},
    {"exp", Unary<ExpFloat>},
    {"ln", Unary<LnFloat>},
    {"rsqrt", Unary<RsqrtFloat>},
    {"sqrt", Unary<Sqrt>},
    {"exp f16", UnaryHalf<ExpHalf>, false},
    {"ln f16", UnaryHalf<LnHalf>, false},
    {"rsqrt f16", UnaryHalf<RsqrtHalf>, false},
    {"sigmoid", Unary<Sigmoid>},
    {"tanh", Unary<Tanh>},
    {"log1p", Unary<Log1p>},
    {"expm1", Unary<Expm1>},
    {"sin", Unary<Sin>},
    {"cos", Unary<Cos>},
    {"sinh", Unary<Sinh>},
    {"cosh", Unary<Cosh>},
    {"asin", Unary<Asin>},
    {"acos", Unary<Acos>},
    {"atan", Unary<Atan>},
    {"atan2", Binary<Atan2>},
    {"asinh", Unary<Asinh>},
    {"acosh", Unary<Acosh>},
    {"atanh", Unary<Atanh>},
    {"erf", Unary<Erf>},
    {"erfc", Unary<Erfc>},
    {"erfinv", Unary<Erfinv>},
    {"pow", Binary<Pow>},
    {"softplus", Unary<Softplus>},
    {"gelu", Unary<Gelu>},
    {"gelu by erf", Unary<GeluErf>},
    {"fast gelu", Unary<FastGelu>},
    {"mish", Unary<Mish>},
    {"row sums", RowSums},
    {"Mmad f16", Mmad<MmadKind::kFloat16>},
    {"Mmad bf16", Mmad<MmadKind::kBfloat16>},
    {"Mmad f32", Mmad<MmadKind::kFloat32>},
    {"Mmad hf32", Mmad<MmadKind::kHf32>},
    {"Mmad s8", Mmad<MmadKind::kInt8>, false},
    {"Mmad s4", Mmad<MmadKind::kInt4>, false},
};

TEST(PrimitivesGoldenTest, EveryInstructionSet) {
  Golden golden("kernels/oracle/primitives_golden.tsv");
  for (const char* isa : {"plain", "avx2", "avx512"}) {
    if (!UseIsa(isa)) continue;
    std::printf("%s\n", isa);
    for (const Row& row : kRows) golden.Expect(row.name, isa, row.hash());
  }
  golden.ExpectNoOthers();
}

// Canary: one rounding mode in place of another changes every hash of what
// rounds.
TEST(PrimitivesGoldenTest, AnotherRoundingIsNoticed) {
  const Golden golden("kernels/oracle/primitives_golden.tsv");
  for (const char* isa : {"plain", "avx2", "avx512"}) {
    if (!UseIsa(isa)) continue;
    for (const Row& row : kRows) {
      if (!row.rounds) continue;
      const unsigned saved = _mm_getcsr();
      _mm_setcsr(saved | 0x6000);  // toward zero
      const uint64_t hash = row.hash();
      _mm_setcsr(saved);
      EXPECT_FALSE(golden.Has(row.name, hash)) << row.name << " " << isa;
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
