// + - * / and the larger and smaller of two, as operators, against integers
// (soft_float.h): f32 on a grid of corners, with itself and with random
// numbers, and f16 on random pairs. With --all_values all 2^32 pairs of halves
// for Maximum and Minimum; half_arithmetic_test has the other four.

#include <bit>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/op/op_def.h"
#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/prng.h"
#include "kernels/testing/soft_float.h"

namespace npuemu::kernels {
namespace {

using reference::SoftF16;
using reference::SoftF32;
using reference::SoftOp;

struct Operation {
  const char* type;
  SoftOp soft;
};
constexpr Operation kOperations[] = {
    {"Add", SoftOp::kAdd},     {"Sub", SoftOp::kSub},
    {"Mul", SoftOp::kMul},     {"RealDiv", SoftOp::kDiv},
    {"Maximum", SoftOp::kMax}, {"Minimum", SoftOp::kMin}};

bool Chooses(SoftOp op) { return op == SoftOp::kMax || op == SoftOp::kMin; }

template <typename Bits>
class Pairs {
 public:
  static constexpr bool kHalf = sizeof(Bits) == 2;
  using Soft = std::conditional_t<kHalf, SoftF16, SoftF32>;

  void Add(uint32_t a, uint32_t b) {
    a_.push_back(static_cast<Bits>(a));
    b_.push_back(static_cast<Bits>(b));
  }
  size_t size() const { return a_.size(); }
  std::vector<Bits>& a() { return a_; }
  std::vector<Bits>& b() { return b_; }

  void Expect(const Operation& operation, bool saturate) {
    const std::vector<Bits> y = Run(operation.type, saturate);
    for (size_t i = 0; i < y.size(); ++i) {
      uint32_t expected = Soft::Of(operation.soft, a_[i], b_[i]);
      // Choosing moves bits; f32 never saturates (7.0).
      if (saturate && kHalf && !Chooses(operation.soft)) {
        expected = Soft::Saturated(expected);
      }
      ASSERT_EQ(y[i], static_cast<Bits>(expected))
          << operation.type << std::hex << " " << a_[i] << " " << b_[i]
          << " saturate " << saturate;
    }
  }

 private:
  std::vector<Bits> Run(const char* type, bool saturate) {
    const DataType dtype = kHalf ? DataType::kFloat16 : DataType::kFloat;
    const Shape shape = {static_cast<int64_t>(a_.size())};
    OpCall call;
    call.op = FindOp(type);
    call.inputs.assign(2, TensorSpec{dtype, Format::kNd, shape});
    for (const AttrSpec& attr : call.op->attrs) {
      call.attrs.emplace(attr.name, attr.fallback);
    }
    EXPECT_EQ(call.op->infer(call, &call.outputs).message, "");
    std::vector<Bits> y(a_.size());
    const auto bytes = [](std::vector<Bits>& x) {
      return TensorView{reinterpret_cast<std::byte*>(x.data()),
                        x.size() * sizeof(Bits)};
    };
    Operands operands;
    operands.inputs = {bytes(a_), bytes(b_)};
    operands.outputs = {bytes(y)};
    operands.saturate = saturate;
    EXPECT_EQ(RunSerially(call, operands).message, "");
    return y;
  }

  std::vector<Bits> a_;
  std::vector<Bits> b_;
};

template <typename Bits>
void ExpectAll(Pairs<Bits>* pairs) {
  for (const Operation& operation : kOperations) {
    for (bool saturate : {false, true}) {
      pairs->Expect(operation, saturate);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  std::printf("cases: %zu pairs of 6 operations, SAT and not\n", pairs->size());
}

// Exponents at the ends, around one, and as far apart as cancels or vanishes;
// fractions of few ones and of few zeros.
std::vector<uint32_t> Corners() {
  std::vector<uint32_t> corners;
  for (uint32_t exponent : {0u, 1u, 2u, 23u, 24u, 25u, 64u, 102u, 103u, 126u,
                            127u, 128u, 150u, 151u, 190u, 253u, 254u, 255u}) {
    for (uint32_t fraction : {0u, 1u, 2u, 0x3fffffu, 0x400000u, 0x400001u,
                              0x555555u, 0x7ffffeu, 0x7fffffu}) {
      for (uint32_t sign : {0u, 0x80000000u}) {
        corners.push_back(sign | exponent << 23 | fraction);
      }
    }
  }
  return corners;
}

TEST(BinaryTest, FloatsOnCorners) {
  Prng prng(1);
  Pairs<uint32_t> pairs;
  const std::vector<uint32_t> corners = Corners();
  for (uint32_t a : corners) {
    for (uint32_t b : corners) pairs.Add(a, b);
    for (int i = 0; i < 300; ++i) {
      pairs.Add(a, static_cast<uint32_t>(prng.Next()));
      pairs.Add(static_cast<uint32_t>(prng.Next()), a);
    }
  }
  // Near each other, where sums cancel and quotients are near one.
  for (int i = 0; i < 400000; ++i) {
    const auto bits = static_cast<uint32_t>(prng.Next());
    const auto other = static_cast<uint32_t>(prng.Next());
    pairs.Add(bits, (bits & 0xff000000u) ^ (other & 0x81ffffffu));
  }
  ExpectAll(&pairs);
}

TEST(BinaryTest, Halves) {
  Prng prng(2);
  Pairs<uint16_t> pairs;
  for (int i = 0; i < 500000; ++i) {
    pairs.Add(static_cast<uint32_t>(prng.Next()),
              static_cast<uint32_t>(prng.Next()));
  }
  ExpectAll(&pairs);
}

TEST(BinaryTest, EveryPairOfHalves) {
  uint32_t step = 9973;
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument == "--all_values") step = 1;
  }
  Pairs<uint16_t> pairs;
  for (uint32_t a = 0; a < 65536; ++a) pairs.Add(a, 0);
  uint64_t cases = 0;
  for (uint32_t b = 0; b < 65536; b += step) {
    pairs.b().assign(65536, static_cast<uint16_t>(b));
    for (const Operation& operation : kOperations) {
      if (Chooses(operation.soft)) pairs.Expect(operation, false);
    }
    if (HasFatalFailure()) return;
    cases += pairs.size();
  }
  std::printf("cases: %llu pairs of Maximum and Minimum\n",
              static_cast<unsigned long long>(cases));
}

}  // namespace
}  // namespace npuemu::kernels
