// CopyStrided against a walk of one element after the other: axes in any order
// on both sides, gaps, repeated sources, and places that several elements have.

#include "kernels/tensor/strided.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <iostream>
#include <numeric>
#include <vector>

#include "kernels/testing/prng.h"

namespace npuemu::kernels {
namespace {

constexpr uint64_t kSeed = 20261128;
constexpr int kCases = 4000;

int64_t Between(int64_t low, int64_t high, Prng* prng) {
  return low + static_cast<int64_t>(
                   prng->Below(static_cast<uint64_t>(high - low + 1)));
}
bool OneIn(uint64_t n, Prng* prng) { return prng->Below(n) == 0; }

// Steps of axes nested in any order; a stride that is not as wide as it must
// be gives several elements one place.
Shape RandomStrides(const Shape& shape, bool shared, Prng* prng) {
  std::vector<size_t> order(shape.size());
  std::iota(order.rbegin(), order.rend(), size_t{0});
  if (!OneIn(3, prng)) {
    for (size_t i = order.size(); i > 1; --i) {
      std::swap(order[i - 1], order[prng->Below(i)]);
    }
  }
  Shape strides(shape.size());
  int64_t step = OneIn(4, prng) ? Between(1, 3, prng) : 1;
  for (size_t axis : order) {
    strides[axis] = shared && OneIn(4, prng) ? Between(0, step, prng) : step;
    step *= shape[axis];
    if (OneIn(5, prng)) step += Between(0, 5, prng);
  }
  return strides;
}

size_t BytesOf(const Shape& shape, const Shape& strides, size_t width) {
  int64_t last = 0;
  for (size_t i = 0; i < shape.size(); ++i) last += (shape[i] - 1) * strides[i];
  return static_cast<size_t>(last + 1) * width;
}

void CopyOneByOne(const Shape& shape, size_t width, const std::byte* src,
                  const Shape& from, std::byte* dst, const Shape& to) {
  for (int64_t i = 0; i < ElementCount(shape); ++i) {
    int64_t rest = i;
    int64_t s = 0;
    int64_t d = 0;
    for (size_t axis = shape.size(); axis-- > 0;) {
      s += rest % shape[axis] * from[axis];
      d += rest % shape[axis] * to[axis];
      rest /= shape[axis];
    }
    const auto bytes = static_cast<int64_t>(width);
    std::memcpy(dst + d * bytes, src + s * bytes, width);
  }
}

TEST(StridedTest, AnyStridesGiveWhatOneElementAfterTheOtherGives) {
  constexpr int64_t kLongest[] = {1, 200, 150, 40, 8, 6};
  std::cout << "seed " << kSeed << ", " << kCases << " cases\n";
  Prng prng(kSeed);
  for (int i = 0; i < kCases; ++i) {
    const size_t width = size_t{1} << prng.Below(5);
    Shape shape(static_cast<size_t>(prng.Below(6)));
    for (int64_t& n : shape) n = Between(1, kLongest[shape.size()], &prng);
    const Shape from = RandomStrides(shape, OneIn(2, &prng), &prng);
    const Shape to = RandomStrides(shape, OneIn(4, &prng), &prng);
    std::vector<std::byte> src(BytesOf(shape, from, width));
    for (std::byte& x : src) x = static_cast<std::byte>(prng.Below(256));
    std::vector<std::byte> given(BytesOf(shape, to, width));
    std::vector<std::byte> expected = given;
    CopyStrided(shape, width, src.data(), from, given.data(), to);
    CopyOneByOne(shape, width, src.data(), from, expected.data(), to);
    ASSERT_EQ(given, expected)
        << "case " << i << ": " << width << " bytes, " << ToString(shape)
        << " from " << ToString(from) << " to " << ToString(to);
  }
}

}  // namespace
}  // namespace npuemu::kernels
