// File: fixpipe.h
// Fixpipe without quantisation (arithmetic 7.5): how accumulators leave L0C.
// F322F16 and F322BF16 cast once (RINT, then S_T); f32 and s32 are moved.

#ifndef KERNELS_GEMM_FIXPIPE_H_
#define KERNELS_GEMM_FIXPIPE_H_

#include <cstdint>
#include <type_traits>

#include "kernels/numeric/element.h"

namespace npuemu::kernels {

// Stores n accumulators of one row. T is Float16, BFloat16 or Acc itself.
// Thread-safe.
template <typename T, typename Acc>
void FixpipeRow(const Acc* acc, int64_t n, bool saturate, T* out) {
  static_assert(std::is_same_v<T, Acc> || std::is_same_v<Acc, float>);
  for (int64_t j = 0; j < n; ++j) {
    if constexpr (std::is_same_v<T, Acc>) {
      out[j] = acc[j];
    } else {
      out[j] = Out<T>(acc[j], saturate);
    }
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_FIXPIPE_H_
