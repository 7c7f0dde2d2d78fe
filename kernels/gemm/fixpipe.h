// File: fixpipe.h
// Fixpipe without quantisation (arithmetic 7.5): how accumulators leave L0C.
// F322F16 and F322BF16 cast once (RINT, then S_T); f32 and s32 are moved.

#ifndef KERNELS_GEMM_FIXPIPE_H_
#define KERNELS_GEMM_FIXPIPE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "kernels/numeric/half_block.h"

namespace npuemu::kernels {

// Stores n accumulators of one row. T is Float16, BFloat16 or Acc itself.
// Thread-safe.
template <typename T, typename Acc>
void FixpipeRow(const Acc* acc, int64_t n, bool saturate, T* out) {
  static_assert(std::is_same_v<T, Acc> || std::is_same_v<Acc, float>);
  if constexpr (std::is_same_v<T, Acc>) {
    std::copy_n(acc, n, out);
  } else if constexpr (std::is_same_v<T, Float16>) {
    FloatsToHalves(acc, out, static_cast<size_t>(n), saturate);
  } else {
    FloatsToBfloats(acc, out, static_cast<size_t>(n), saturate);
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_FIXPIPE_H_
