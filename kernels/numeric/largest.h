// File: largest.h
// The greatest of many floats by the rule of Max and Min (arithmetic 7.3), as
// if one after the other: NaN is more than all, the first of equal zeros stays.
// By AVX2 where the processor has it, with the same bits. Pure.

#ifndef KERNELS_NUMERIC_LARGEST_H_
#define KERNELS_NUMERIC_LARGEST_H_

#include <cstdint>

namespace npuemu::kernels {

// The maximum, or the minimum if kSmallest; 0x7FC00000 if one is NaN, and of
// nothing -inf (inf).
template <bool kSmallest = false>
float Largest(const float* x, int64_t n);

extern template float Largest<false>(const float* x, int64_t n);
extern template float Largest<true>(const float* x, int64_t n);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_LARGEST_H_
