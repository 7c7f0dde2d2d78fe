// File: draw.h
// Elements of a random sequence, any part of it: the distributions of
// docs/random.md, as f32 or as the bits of integers. Thread-safe (pure).

#ifndef KERNELS_OPS_RANDOM_DRAW_H_
#define KERNELS_OPS_RANDOM_DRAW_H_

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/numeric/data_type.h"
#include "kernels/op/philox.h"

namespace npuemu::kernels {

// y[i] is element `begin + i` of a sequence of groups: fn(group) gives
// kSize of them.
template <typename T, size_t kSize, typename Fn>
void ByGroups(int64_t begin, int64_t count, T* y, Fn&& fn) {
  constexpr auto kWide = static_cast<int64_t>(kSize);
  for (int64_t done = 0; done < count;) {
    const int64_t at = begin + done;
    const int64_t first = at % kWide;
    const int64_t here = std::min(kWide - first, count - done);
    const std::array<T, kSize> group = fn(static_cast<uint64_t>(at / kWide));
    for (int64_t k = 0; k < here; ++k) {
      y[done + k] = group[static_cast<size_t>(first + k)];
    }
    done += here;
  }
}

// Numbers in [0, 1) with as many mantissa bits as `type` stores.
void UniformFloats(const PhiloxStream& stream, DataType type, int64_t begin,
                   int64_t count, float* y);

// Two independent normal numbers of two words (Box and Muller).
std::array<float, 2> NormalPair(uint32_t x0, uint32_t x1);

void NormalFloats(const PhiloxStream& stream, int64_t begin, int64_t count,
                  float* y);

// Normal numbers whose magnitude is below 2. Each group of four has counters
// of its own, so that the rejected ones of one move no other.
void TruncatedFloats(const PhiloxStream& stream, int64_t begin, int64_t count,
                     float* y);

// low + bits mod range, modulo 2^64; range 0 stands for all bits. The bits are
// a word if `wide` is false, else two.
void RandomInts(const PhiloxStream& stream, bool wide, uint64_t low,
                uint64_t range, int64_t begin, int64_t count, uint64_t* y);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_RANDOM_DRAW_H_
