// File: philox.h
// Philox-4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy
// as 1, 2, 3", 2011), with the counter as TensorFlow's PhiloxRandom counts:
// 128 bits, one step for each group of four words. A sequence has no state, so
// that any part of it can be computed alone. Thread-safe (pure).

#ifndef KERNELS_OP_PHILOX_H_
#define KERNELS_OP_PHILOX_H_

#include <array>
#include <cstdint>

namespace npuemu::kernels {

using PhiloxWords = std::array<uint32_t, 4>;
using PhiloxKey = std::array<uint32_t, 2>;

constexpr PhiloxWords Philox(PhiloxWords c, PhiloxKey k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p = uint64_t{0xd2511f53u} * c[0];
    const uint64_t q = uint64_t{0xcd9e8d57u} * c[2];
    c = {static_cast<uint32_t>(q >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(q),
         static_cast<uint32_t>(p >> 32) ^ c[3] ^ k[1],
         static_cast<uint32_t>(p)};
    k[0] += 0x9e3779b9u;
    k[1] += 0xbb67ae85u;
  }
  return c;
}

// One sequence of words: its key and the counter of its first group.
struct PhiloxStream {
  uint64_t key = 0;
  uint64_t low = 0;
  uint64_t high = 0;

  constexpr PhiloxWords Group(uint64_t group) const {
    const uint64_t l = low + group;
    const uint64_t h = high + (l < low ? 1 : 0);
    return Philox(
        {static_cast<uint32_t>(l), static_cast<uint32_t>(l >> 32),
         static_cast<uint32_t>(h), static_cast<uint32_t>(h >> 32)},
        {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)});
  }
  constexpr uint32_t Word(uint64_t i) const { return Group(i / 4)[i % 4]; }
};

// Number i of 64 bits: words 2i and 2i + 1, the first one low.
constexpr uint64_t Wide(const PhiloxWords& words, uint64_t i) {
  const size_t at = i % 2 * 2;
  return words[at] | uint64_t{words[at + 1]} << 32;
}

// The stream of a pair of seeds of TensorFlow's stateless operators, which
// mixes them so that seeds that differ little give keys that differ much.
constexpr PhiloxStream ScrambledStream(uint64_t seed, uint64_t seed2) {
  constexpr uint64_t kKey = 0x02461e293ec8f720u;
  const PhiloxWords mix = PhiloxStream{kKey, seed, seed2}.Group(0);
  return {Wide(mix, 0), 0, Wide(mix, 1)};
}

// The lowest `bits` of a word as a number in [0, 1): a mantissa, exact.
constexpr float UnitFloat(uint32_t word, int bits = 23) {
  const uint32_t unit = uint32_t{1} << bits;
  return static_cast<float>(word & (unit - 1)) / static_cast<float>(unit);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_PHILOX_H_
