// File: prng.h
// A small generator for tests: integers only, the same everywhere (SplitMix64).

#ifndef KERNELS_TESTING_PRNG_H_
#define KERNELS_TESTING_PRNG_H_

#include <cstdint>

namespace npuemu::kernels {

class Prng {
 public:
  explicit Prng(uint64_t seed) : state_(seed) {}

  uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15u;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  // In [0, limit).
  uint64_t Below(uint64_t limit) { return Next() % limit; }

 private:
  uint64_t state_;
};

}  // namespace npuemu::kernels

#endif  // KERNELS_TESTING_PRNG_H_
