// File: half_block.h
// Many halves or bfloat16 to floats and back, bit for bit as ToFloat,
// ToFloat16, ToBFloat16 and Saturated of float16.h and bfloat16.h do one, by
// AVX2 with F16C where the processor has it. Pure; needs the default
// float environment.

#ifndef KERNELS_NUMERIC_HALF_BLOCK_H_
#define KERNELS_NUMERIC_HALF_BLOCK_H_

#include <cstddef>

#include "kernels/numeric/bfloat16.h"
#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// out may not overlap in.
void HalvesToFloats(const Float16* in, float* out, size_t count);
void FloatsToHalves(const float* in, Float16* out, size_t count, bool saturate);
void BfloatsToFloats(const BFloat16* in, float* out, size_t count);
void FloatsToBfloats(const float* in, BFloat16* out, size_t count,
                     bool saturate);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_HALF_BLOCK_H_
