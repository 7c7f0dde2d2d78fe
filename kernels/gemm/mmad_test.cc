// Every version of the inner loops against the slow reference, bit for bit.

#include "kernels/gemm/mmad.h"

#include <cstring>
#include <iostream>
#include <iterator>
#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/gemm/pack.h"
#include "kernels/gemm/reference_mmad.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {
namespace {

constexpr uint64_t kSeed = 20240229;
using Prng = std::mt19937_64;

int64_t Below(Prng& prng, int64_t bound) {
  return static_cast<int64_t>(prng() % static_cast<uint64_t>(bound));
}

// G of the specification, written a second time.
int GroupOf(MmadKind kind) {
  if (kind == MmadKind::kFloat32) return 4;
  return kind == MmadKind::kHf32 ? 8 : 16;
}

std::vector<MmadIsa> AvailableIsas() {
  std::vector<MmadIsa> isas;
  for (const int i : {0, 1, 2, 3}) {
    if (IsAvailable(MmadIsa{i})) isas.push_back(MmadIsa{i});
  }
  return isas;
}

class IsaScope {
 public:
  explicit IsaScope(MmadIsa isa) : before_(CurrentMmadIsa()) {
    EXPECT_TRUE(SetMmadIsa(isa));
  }
  ~IsaScope() { SetMmadIsa(before_); }

 private:
  MmadIsa before_;
};

// An operand of `rows` x K in row-major storage, and what the rule reads.
struct Values {
  MmadKind kind;
  int64_t rows;
  int64_t k;
  std::vector<uint16_t> narrow;  // f16, bf16
  std::vector<float> wide;       // f32, hf32
  std::vector<int8_t> bytes;     // int8, int4

  MmadOperand operand() const {
    const void* data = !narrow.empty() ? static_cast<const void*>(narrow.data())
                       : !wide.empty() ? static_cast<const void*>(wide.data())
                                       : static_cast<const void*>(bytes.data());
    return {data, rows, k, k, 1};
  }

  std::vector<double> Row(int64_t r, bool saturate) const {
    std::vector<double> row;
    for (int64_t s = 0; s < k; ++s) row.push_back(At(r * k + s, saturate));
    return row;
  }

  double At(int64_t i, bool saturate) const {
    const auto index = static_cast<size_t>(i);
    double x = 0;
    double max = FLT_MAX;
    if (kind == MmadKind::kFloat16) {
      x = ReferenceDecodeF16(narrow[index]);
      max = 65504;
    } else if (kind == MmadKind::kBfloat16) {
      x = ReferenceDecodeBf16(narrow[index]);
      max = ReferenceDecodeBf16(0x7f7f);
    } else {
      x = wide[index];
    }
    if (saturate) x = ReferenceSaturate(x, max);
    // 12 significant bits; subnormals lie on the grid of the same width.
    if (kind == MmadKind::kHf32) x = ReferenceRound(x, 12, -126, 127);
    return x;
  }
};

// How wild the values are. kCancelling holds huge products that come back with
// the other sign, small ones between them; kOverflowing is f32 beyond MAX, to
// both sides.
enum class Mix { kTame, kAnyFinite, kRareSpecials, kCancelling, kOverflowing };
constexpr Mix kMixes[] = {Mix::kTame, Mix::kAnyFinite, Mix::kRareSpecials,
                          Mix::kCancelling, Mix::kOverflowing};

uint32_t DrawF32(Prng& prng, Mix mix, int64_t k) {
  const auto bits = static_cast<uint32_t>(prng());
  if (mix == Mix::kAnyFinite) {
    return (bits & 0x7f800000u) == 0x7f800000u ? bits & 0x807fffffu : bits;
  }
  constexpr uint32_t kSpecials[] = {
      0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345, 0x7f800001, 0x7f7fffff,
      0xff7fffff, 0x00000001, 0x80000001, 0x007fffff, 0x00800000, 0x80000000};
  if (mix == Mix::kRareSpecials && Below(prng, k + 1) == 0) {
    return kSpecials[prng() % std::size(kSpecials)];
  }
  if (mix == Mix::kOverflowing) {
    return (bits & 0x80ffffffu) + 0x5e000000u;
  }
  // 2^-8 .. 2^8, any fraction and sign.
  return (bits & 0x807fffffu) |
         (static_cast<uint32_t>(119 + Below(prng, 17)) << 23);
}

uint16_t DrawF16(Prng& prng, Mix mix, int64_t k) {
  const auto bits = static_cast<uint16_t>(prng());
  if (mix == Mix::kAnyFinite) {
    return (bits & 0x7c00) == 0x7c00 ? bits & 0x83ff : bits;
  }
  constexpr uint16_t kSpecials[] = {0x7c00, 0xfc00, 0x7e00, 0xfe01,
                                    0x7c01, 0x7bff, 0xfbff, 0x0001,
                                    0x8001, 0x03ff, 0x0400, 0x8000};
  if (mix == Mix::kRareSpecials && Below(prng, k + 1) == 0) {
    return kSpecials[prng() % std::size(kSpecials)];
  }
  return static_cast<uint16_t>((bits & 0x83ff) | ((11 + Below(prng, 9)) << 10));
}

// Element s of a row: huge, small, minus huge, and so on; the right operand is
// never negative where the left one is huge.
void PushCancelling(Prng& prng, int64_t s, bool left, Values* values) {
  const auto fraction = static_cast<uint32_t>(prng() & 0x7f);
  const bool huge = s % 3 != 1;
  const uint32_t sign = s % 3 == 2 && left ? 1 : 0;
  if (values->kind == MmadKind::kFloat16) {
    const uint32_t magnitude = huge ? 0x7800u : 0x1000u + fraction;
    values->narrow.push_back(static_cast<uint16_t>(sign << 15 | magnitude));
    return;
  }
  const uint32_t bits =
      sign << 31 | (huge ? 0x4f000000u : 0x3f000000u + (fraction << 16));
  if (values->kind == MmadKind::kBfloat16) {
    values->narrow.push_back(static_cast<uint16_t>(bits >> 16));
  } else {
    values->wide.push_back(ReferenceFloatOfBits(bits));
  }
}

Values DrawFloats(Prng& prng, MmadKind kind, Mix mix, int64_t rows, int64_t k,
                  bool left = true) {
  Values values{kind, rows, k, {}, {}, {}};
  for (int64_t i = 0; i < rows * k; ++i) {
    if (mix == Mix::kCancelling) {
      PushCancelling(prng, i % k, left, &values);
    } else if (kind == MmadKind::kFloat16) {
      values.narrow.push_back(DrawF16(prng, mix, k));
    } else if (kind == MmadKind::kBfloat16) {
      values.narrow.push_back(
          static_cast<uint16_t>(DrawF32(prng, mix, k) >> 16));
    } else {
      values.wide.push_back(ReferenceFloatOfBits(DrawF32(prng, mix, k)));
    }
  }
  return values;
}

std::vector<std::byte> Packed(const Values& values, PackOptions options) {
  std::vector<std::byte> packed(
      PackedBytes(values.kind, values.rows, values.k));
  PackPanels(values.kind, options, values.operand(), 0, PanelCount(values.rows),
             packed.data());
  return packed;
}

int64_t RoundUp(int64_t value) { return PanelCount(value) * kPanelRows; }

// The accumulators of the area [0,m) x [0,n), computed in one tile.
template <typename Acc>
std::vector<Acc> Multiply(const MmadProblem& problem, int64_t m, int64_t n,
                          const std::vector<Acc>& initial) {
  const int64_t ld = RoundUp(n) + 8;
  std::vector<Acc> acc(static_cast<size_t>(RoundUp(m) * ld));
  for (int64_t i = 0; i < m; ++i) {
    std::copy_n(initial.begin() + i * n, n, acc.begin() + i * ld);
  }
  if constexpr (std::is_same_v<Acc, float>) {
    MmadFloat(problem, {0, m, 0, n}, acc.data(), ld);
  } else {
    MmadInt(problem, {0, m, 0, n}, acc.data(), ld);
  }
  std::vector<Acc> result;
  for (int64_t i = 0; i < m; ++i) {
    result.insert(result.end(), acc.begin() + i * ld, acc.begin() + i * ld + n);
  }
  return result;
}

uint64_t g_cases = 0;

void CheckFloats(Prng& prng, MmadKind kind, Mix mix, bool saturate, int64_t m,
                 int64_t n, int64_t k) {
  const Values a = DrawFloats(prng, kind, mix, m, k);
  const Values b = DrawFloats(prng, kind, mix, n, k, /*left=*/false);
  std::vector<float> c0;
  for (int64_t i = 0; i < m * n; ++i) {
    const bool zero = prng() % 2 == 0;
    c0.push_back(zero ? 0.0f : ReferenceFloatOfBits(DrawF32(prng, mix, k)));
  }
  std::vector<float> expected;
  for (int64_t i = 0; i < m; ++i) {
    const std::vector<double> row = a.Row(i, saturate);
    for (int64_t j = 0; j < n; ++j) {
      const std::vector<double> column = b.Row(j, saturate);
      const float start = c0[expected.size()];
      expected.push_back(
          ReferenceMmadFloat(row, column, GroupOf(kind), saturate, start));
      if (i >= 3 || j >= 3) continue;  // MPFR is slow
      ASSERT_EQ(ReferenceBitsOf(expected.back()),
                reference::Mmad(row, column, static_cast<size_t>(GroupOf(kind)),
                                saturate, ReferenceBitsOf(start)));
    }
  }
  g_cases += expected.size();
  const auto packed_a = Packed(a, {saturate, 0});
  const auto packed_b = Packed(b, {saturate, 0});
  for (MmadIsa isa : AvailableIsas()) {
    const IsaScope scope(isa);
    const std::vector<float> got = Multiply(
        MmadProblem{kind, saturate, k, packed_a.data(), packed_b.data()}, m, n,
        c0);
    for (size_t i = 0; i < got.size(); ++i) {
      ASSERT_EQ(ReferenceBitsOf(got[i]), ReferenceBitsOf(expected[i]))
          << "kind " << static_cast<int>(kind) << " mix "
          << static_cast<int>(mix) << " sat " << saturate << " isa "
          << static_cast<int>(isa) << " m " << m << " n " << n << " k " << k
          << " element " << i;
    }
  }
}

TEST(MmadTest, FloatsEqualTheReferenceOnEveryIsa) {
  std::cout << "seed " << kSeed << "\n";
  Prng prng(kSeed);
  for (MmadKind kind : {MmadKind::kFloat16, MmadKind::kBfloat16,
                        MmadKind::kFloat32, MmadKind::kHf32}) {
    for (Mix mix : kMixes) {
      for (bool saturate : {false, true}) {
        for (int64_t k :
             {0, 1, 3, 4, 15, 16, 17, 31, 127, 128, 129, 300, 500, 1000}) {
          const int64_t bound = k > 200 ? 12 : 40;
          CheckFloats(prng, kind, mix, saturate, 1 + Below(prng, bound),
                      1 + Below(prng, bound), k);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  std::cout << "cases: " << g_cases << " elements on each instruction set\n";
}

// Canary: two additions swapped, a rounding fewer or a rounding more must be
// noticed in what the test above draws.
TEST(MmadTest, AnotherOrderOrGroupIsNoticed) {
  Prng prng(kSeed);
  for (MmadKind kind : {MmadKind::kFloat16, MmadKind::kBfloat16,
                        MmadKind::kFloat32, MmadKind::kHf32}) {
    const int group = GroupOf(kind);
    int swapped = 0;
    int fewer = 0;
    int more = 0;
    for (Mix mix : {Mix::kTame, Mix::kCancelling}) {
      for (int round = 0; round < 20; ++round) {
        const Values a = DrawFloats(prng, kind, mix, 1, 126);
        const Values b = DrawFloats(prng, kind, mix, 1, 126, /*left=*/false);
        const auto x = Packed(a, {});
        const auto y = Packed(b, {});
        const float got =
            Multiply(MmadProblem{kind, false, 126, x.data(), y.data()}, 1, 1,
                     std::vector<float>{1.5f})[0];
        std::vector<double> row = a.Row(0, false);
        std::vector<double> column = b.Row(0, false);
        const auto differs = [&](int with) {
          return ReferenceMmadFloat(row, column, with, false, 1.5f) != got;
        };
        EXPECT_FALSE(differs(group));
        fewer += differs(2 * group) ? 1 : 0;
        more += differs(1) ? 1 : 0;
        std::swap(row[124], row[125]);
        std::swap(column[124], column[125]);
        swapped += differs(group) ? 1 : 0;
      }
    }
    EXPECT_GT(swapped, 0) << static_cast<int>(kind);
    EXPECT_GT(fewer, 0) << static_cast<int>(kind);
    EXPECT_GT(more, 0) << static_cast<int>(kind);
  }
}

// Sums near the middle of two f32, near powers of two, subnormal and the
// largest: where a rounding of the last bits alone (tame blocks) could differ.
TEST(MmadTest, SumsNearATieRoundAsF32) {
  Prng prng(kSeed);
  constexpr int64_t kRows = 64;
  int64_t cases = 0;
  for (int round = 0; round < 400; ++round) {
    Values a{MmadKind::kFloat32, kRows, 1, {}, {}, {}};
    Values b{MmadKind::kFloat32, 1, 1, {}, {1.0f}, {}};
    std::vector<float> c0;
    const int exponent = round % 3 == 0
                             ? static_cast<int>(Below(prng, 253)) - 126
                             : static_cast<int>(Below(prng, 9)) - 4;
    for (int64_t i = 0; i < kRows; ++i) {
      const auto fraction =
          static_cast<uint32_t>(prng() % 3 == 0 ? Below(prng, 4) - 2 : prng());
      const uint32_t field = static_cast<uint32_t>(exponent + 127) << 23;
      c0.push_back(ReferenceFloatOfBits((fraction & 0x807fffffu) | field));
      const int64_t less = prng() % 2 == 0 ? 0 : Below(prng, 30);
      const double half =
          std::ldexp(1.0, exponent - 24 - static_cast<int>(less));
      const double off = std::ldexp(static_cast<double>(Below(prng, 5)) - 2,
                                    static_cast<int>(Below(prng, 24)) - 24);
      const double sign = prng() % 2 == 0 ? 1 : -1;
      a.wide.push_back(static_cast<float>(sign * half * (1 + off)));
    }
    const auto x = Packed(a, {});
    const auto y = Packed(b, {});
    for (MmadIsa isa : AvailableIsas()) {
      const IsaScope scope(isa);
      const auto got = Multiply(
          MmadProblem{MmadKind::kFloat32, false, 1, x.data(), y.data()}, kRows,
          1, c0);
      for (size_t i = 0; i < got.size(); ++i, ++cases) {
        const float want =
            ReferenceMmadFloat({a.wide[i]}, {1.0}, 4, false, c0[i]);
        ASSERT_EQ(ReferenceBitsOf(got[i]), ReferenceBitsOf(want))
            << "isa " << static_cast<int>(isa) << " c0 " << c0[i] << " product "
            << a.wide[i];
      }
    }
  }
  std::cout << "seed " << kSeed << ", " << cases << " cases\n";
}

// What must not be taken for tame: -0, and sums whose bits leave the range.
TEST(MmadTest, ZeroKeepsItsSignAndLimitsHold) {
  const auto run = [](float c0, float x, float y) {
    // Once in each of two groups.
    Values a{MmadKind::kFloat32, 1, 5, {}, {x, 0.0f, 0.0f, 0.0f, x}, {}};
    Values b{MmadKind::kFloat32, 1, 5, {}, {y, -1.0f, -1.0f, -1.0f, y}, {}};
    const auto left = Packed(a, {});
    const auto right = Packed(b, {});
    return ReferenceBitsOf(Multiply(
        MmadProblem{MmadKind::kFloat32, false, 5, left.data(), right.data()}, 1,
        1, std::vector<float>{c0})[0]);
  };
  for (MmadIsa isa : AvailableIsas()) {
    const IsaScope scope(isa);
    EXPECT_EQ(run(-0.0f, 0.0f, -1.0f), 0x80000000u) << "only -0 is added";
    EXPECT_EQ(run(-0.0f, 0.0f, 1.0f), 0u);
    EXPECT_EQ(run(0.0f, 0x1p-75f, 0x1p-75f), 0u) << "a tie below subnormals";
    EXPECT_EQ(run(0.0f, 0x1.8p-75f, 0x1p-75f), 2u);
    EXPECT_EQ(run(0.0f, -0x1p-100f, 0x1p-100f), 0x80000000u);
    EXPECT_EQ(run(FLT_MAX, 0x1p103f, 1.0f), 0x7f800000u) << "rounds up";
    EXPECT_EQ(run(FLT_MAX, 0x1p102f, 1.0f), 0x7f7fffffu);
    EXPECT_EQ(run(1.0f, INFINITY, 1.0f), 0x7f800000u);
  }
}

// A rule with another group, or one rounding fewer or more, fails here.
TEST(MmadTest, RoundsOncePerGroup) {
  constexpr float kBig = 0x1p24f;
  const auto run = [](MmadKind kind, double product, int64_t k) {
    Values a{kind, 1, k, {}, {}, {}};
    Values b{kind, 1, k, {}, {}, {}};
    if (kind == MmadKind::kFloat16) {
      a.narrow.assign(static_cast<size_t>(k),
                      ReferenceEncodeF16(product, false));
      b.narrow.assign(static_cast<size_t>(k), 0x3c00);
    } else {
      a.wide.assign(static_cast<size_t>(k), static_cast<float>(product));
      b.wide.assign(static_cast<size_t>(k), 1.0f);
    }
    const auto x = Packed(a, {});
    const auto y = Packed(b, {});
    return Multiply(MmadProblem{kind, false, k, x.data(), y.data()}, 1, 1,
                    std::vector<float>{kBig})[0];
  };
  for (MmadIsa isa : AvailableIsas()) {
    const IsaScope scope(isa);
    // 16 ones join the accumulator as 16; one by one they would be lost.
    EXPECT_EQ(run(MmadKind::kFloat16, 1, 16), kBig + 16);
    // A group that adds 1 is a tie and stays, however many there are.
    EXPECT_EQ(run(MmadKind::kFloat16, 1.0 / 16, 64), kBig);
    EXPECT_EQ(run(MmadKind::kFloat32, 0.25, 8), kBig);
    EXPECT_EQ(run(MmadKind::kHf32, 0.25, 8), kBig + 2);
    EXPECT_EQ(run(MmadKind::kFloat32, 0.5, 8), kBig + 4);
  }
}

Values DrawInts(Prng& prng, MmadKind kind, bool extreme, int64_t rows,
                int64_t k) {
  Values values{kind, rows, k, {}, {}, {}};
  const int high = kind == MmadKind::kInt4 ? 7 : 127;
  for (int64_t i = 0; i < rows * k; ++i) {
    const int64_t value = extreme ? (prng() % 8 == 0 ? high : -high - 1)
                                  : Below(prng, 2 * high + 2) - high - 1;
    values.bytes.push_back(static_cast<int8_t>(value));
  }
  return values;
}

void CheckInts(Prng& prng, MmadKind kind, int32_t offset, int64_t m, int64_t n,
               int64_t k) {
  const bool extreme = prng() % 2 == 0;
  const Values a = DrawInts(prng, kind, extreme, m, k);
  const Values b = DrawInts(prng, kind, extreme, n, k);
  std::vector<int32_t> c0;
  for (int64_t i = 0; i < m * n; ++i) {
    // Half of them so near an end that some group clamps.
    const auto near = static_cast<int32_t>(Below(prng, 2000));
    const int32_t ends[] = {0, INT32_MAX - near, INT32_MIN + near, near};
    c0.push_back(ends[prng() % 4]);
  }
  const auto row = [](const Values& values, int64_t r, int32_t minus) {
    std::vector<int> ints;
    for (int64_t s = 0; s < values.k; ++s) {
      ints.push_back(values.bytes[static_cast<size_t>(r * values.k + s)] -
                     minus);
    }
    return ints;
  };
  std::vector<int32_t> expected;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) {
      expected.push_back(ReferenceMmadInt(row(a, i, offset), row(b, j, 0),
                                          kind == MmadKind::kInt4 ? 64 : 32,
                                          c0[expected.size()]));
    }
  }
  const auto x = Packed(a, {false, offset});
  const auto y = Packed(b, {});
  for (MmadIsa isa : AvailableIsas()) {
    const IsaScope scope(isa);
    EXPECT_EQ(
        Multiply(MmadProblem{kind, false, k, x.data(), y.data()}, m, n, c0),
        expected)
        << "isa " << static_cast<int>(isa) << " offset " << offset << " m " << m
        << " n " << n << " k " << k;
  }
}

TEST(MmadTest, IntegersEqualTheReferenceOnEveryIsa) {
  std::cout << "seed " << kSeed << "\n";
  Prng prng(kSeed);
  for (MmadKind kind : {MmadKind::kInt8, MmadKind::kInt4}) {
    for (int64_t k : {0, 1, 2, 31, 32, 33, 63, 64, 65, 129, 1000}) {
      for (int32_t offset : {0, 127, -128}) {
        CheckInts(prng, kind, offset, 1 + Below(prng, 20), 1 + Below(prng, 60),
                  k);
      }
    }
  }
}

TEST(MmadTest, TilesDoNotChangeBits) {
  Prng prng(kSeed);
  const int64_t m = 70;
  const int64_t n = 90;
  const int64_t k = 300;
  const MmadKind kind = MmadKind::kBfloat16;
  const auto a = Packed(DrawFloats(prng, kind, Mix::kTame, m, k), {});
  const auto b = Packed(DrawFloats(prng, kind, Mix::kTame, n, k), {});
  const MmadProblem problem{kind, false, k, a.data(), b.data()};
  const std::vector<float> zero(static_cast<size_t>(m * n));
  const std::vector<float> whole = Multiply(problem, m, n, zero);
  for (int round = 0; round < 10; ++round) {
    const int64_t rows = kPanelRows * (1 + Below(prng, 9));
    const int64_t columns = kPanelRows * (1 + Below(prng, 9));
    for (int64_t i = 0; i < m; i += rows) {
      for (int64_t j = 0; j < n; j += columns) {
        const MmadTile tile{i, std::min(m, i + rows), j,
                            std::min(n, j + columns)};
        std::vector<float> acc(static_cast<size_t>(rows * columns));
        MmadFloat(problem, tile, acc.data(), columns);
        for (int64_t r = i; r < tile.m1; ++r) {
          ASSERT_EQ(0, std::memcmp(&acc[static_cast<size_t>((r - i) * columns)],
                                   &whole[static_cast<size_t>(r * n + j)],
                                   static_cast<size_t>(tile.n1 - j) * 4));
        }
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
