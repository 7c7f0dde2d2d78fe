// File: half_arithmetic.h
// One operation on many halves, OUT_f16 of each (arithmetic.md 7.2), by the
// widest instructions that the processor has; equal bits in all versions:
// AVX512-FP16 computes on halves, AVX2 with F16C and FMA through f32 with a
// second rounding, which is exact for these (7.9). Pure; needs the default
// float environment.

#ifndef KERNELS_NUMERIC_HALF_ARITHMETIC_H_
#define KERNELS_NUMERIC_HALF_ARITHMETIC_H_

#include <cstddef>

#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// y may be a or b, not overlap them otherwise.
using HalvesFn = void (*)(const Float16* a, const Float16* b, Float16* y,
                          size_t count, bool saturate);

void AddHalves(const Float16* a, const Float16* b, Float16* y, size_t count,
               bool saturate);
void SubtractHalves(const Float16* a, const Float16* b, Float16* y,
                    size_t count, bool saturate);
void MultiplyHalves(const Float16* a, const Float16* b, Float16* y,
                    size_t count, bool saturate);
void DivideHalves(const Float16* a, const Float16* b, Float16* y, size_t count,
                  bool saturate);

// For tests: 0 plain, 1 AVX2, 2 AVX512-FP16; false if not available.
bool SetHalfVersion(int version);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_HALF_ARITHMETIC_H_
