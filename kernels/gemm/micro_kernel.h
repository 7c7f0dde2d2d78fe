// File: micro_kernel.h
// The inner loops behind mmad.h, one set per instruction set. Private.
//
// Each file of them compiles without special flags: every function carries its
// own target attribute and none is inline across files, so no code for a newer
// processor can leak into a function that another one runs.

#ifndef KERNELS_GEMM_MICRO_KERNEL_H_
#define KERNELS_GEMM_MICRO_KERNEL_H_

#include <cstdint>

#include "kernels/numeric/unroll.h"

namespace npuemu::kernels::internal {

// Panels of B that one call takes at most.
inline constexpr int kMaxPanels = 3;
inline constexpr int kMaxIntPanels = 6;

// RN_f32 of a group's sum: with SAT, without, or of a tame block, where a
// shorter way gives the same bits (mmad.cc).
enum class Rounding { kInfNan, kSaturate, kTame };

// 8 rows of A by 8 * panels columns of B over k steps. a and b are f64 panels
// ([k][8]); b_stride is the distance between panels of B; c has row stride ldc.
struct FloatBlock {
  const double* a;
  const double* b;
  int64_t b_stride;
  int panels;
  int64_t k;
  int group;
  Rounding rounding;
  float* c;
  int64_t ldc;
};

// The same over `pairs` pairs of k, of int16 panels ([k/2][8][2]). group counts
// pairs.
struct IntBlock {
  const int16_t* a;
  const int16_t* b;
  int64_t b_stride;
  int panels;
  int64_t pairs;
  int group;
  bool tame;  // no sum leaves 32 bits: none is clamped
  int32_t* c;
  int64_t ldc;
};

// Magnitudes of f32 values as bits.
struct Magnitudes {
  uint32_t most = 0;
  uint32_t least_below = ~uint32_t{0};  // the least that is not 0, minus 1
};

struct MicroKernels {
  void (*run_float)(const FloatBlock& block);
  void (*run_int)(const IntBlock& block);
  // f32 to f64; n is a multiple of 8. Notes magnitudes if some of these loops
  // is shorter for tame blocks.
  void (*widen)(const float* from, double* to, int64_t n, Magnitudes* seen);
  bool uses_tame;
};

extern const MicroKernels kPlainKernels;
extern const MicroKernels kAvx2Kernels;
extern const MicroKernels kAvx512Kernels;
extern const MicroKernels kAvx512AddersKernels;

}  // namespace npuemu::kernels::internal

#endif  // KERNELS_GEMM_MICRO_KERNEL_H_
