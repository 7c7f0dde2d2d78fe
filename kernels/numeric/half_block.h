// File: half_block.h
// Many halves to floats and back, bit for bit as ToFloat, ToFloat16 and
// Saturated of float16.h do one, by AVX-512 or AVX2 with F16C where the
// processor has it. Pure;
// needs the default float environment.

#ifndef KERNELS_NUMERIC_HALF_BLOCK_H_
#define KERNELS_NUMERIC_HALF_BLOCK_H_

#include <cstddef>

#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// out may not overlap in.
void HalvesToFloats(const Float16* in, float* out, size_t count);
void FloatsToHalves(const float* in, Float16* out, size_t count, bool saturate);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_HALF_BLOCK_H_
