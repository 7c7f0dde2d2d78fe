// File: float_env.h
// The default float environment for as long as a kernel runs. A host program
// built with -ffast-math sets flush-to-zero in its threads, and fesetround may
// change rounding; kernels must not see either (arithmetic.md 7.0).

#ifndef KERNELS_NUMERIC_FLOAT_ENV_H_
#define KERNELS_NUMERIC_FLOAT_ENV_H_

#include <xmmintrin.h>

namespace npuemu::kernels {

// Affects the calling thread only. Scopes nest.
class DefaultFloatEnv {
 public:
  DefaultFloatEnv() : saved_(_mm_getcsr()) { _mm_setcsr(kDefault); }
  ~DefaultFloatEnv() { _mm_setcsr(saved_); }
  DefaultFloatEnv(const DefaultFloatEnv&) = delete;
  DefaultFloatEnv& operator=(const DefaultFloatEnv&) = delete;

 private:
  // All exceptions masked, nearest-even, no FTZ, no DAZ.
  static constexpr unsigned kDefault = 0x1f80;
  unsigned saved_;
};

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_FLOAT_ENV_H_
