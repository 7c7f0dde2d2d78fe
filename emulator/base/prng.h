// File: prng.h
// Integer-only random numbers: the same sequence on every machine. Never use
// std::*_distribution, whose results differ between libraries.

#ifndef EMULATOR_BASE_PRNG_H_
#define EMULATOR_BASE_PRNG_H_

#include <cstdint>
#include <string_view>

namespace npuemu {

// SplitMix64 (Steele, Lea, Flood 2014). A value; not thread-safe.
class Prng {
 public:
  explicit Prng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // Uniform in [0, bound); bound > 0. Lemire's multiply-shift; the bias is
  // below 2^-32 for the bounds used here and the same everywhere.
  uint64_t Below(uint64_t bound) {
    return static_cast<uint64_t>(
        (static_cast<unsigned __int128>(Next()) * bound) >> 64);
  }

  // An independent stream of numbers for one purpose.
  Prng Fork(std::string_view label) const {
    uint64_t hash = 0xcbf29ce484222325u ^ state_;
    for (char c : label) {
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    }
    return Prng(hash);
  }

 private:
  uint64_t state_;
};

}  // namespace npuemu

#endif  // EMULATOR_BASE_PRNG_H_
