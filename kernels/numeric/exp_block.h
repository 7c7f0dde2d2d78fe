// File: exp_block.h
// e^x of many floats, correctly rounded, bit for bit as ExpFloat of
// elementary.h does one (arithmetic.md 7.2), by AVX-512 or AVX2 where the
// processor has it. Pure; needs the default float environment.

#ifndef KERNELS_NUMERIC_EXP_BLOCK_H_
#define KERNELS_NUMERIC_EXP_BLOCK_H_

#include <cstddef>

namespace npuemu::kernels {

// out may be in, not overlap it otherwise.
void ExpFloats(const float* in, float* out, size_t count);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_EXP_BLOCK_H_
