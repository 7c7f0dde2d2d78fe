// File: combine.h
// What scatters and segments share: two rows of lanes combined by a primitive
// (arithmetic.md 7.2), element by element. Pure.

#ifndef KERNELS_OPS_INDEX_COMBINE_H_
#define KERNELS_OPS_INDEX_COMBINE_H_

#include <cstdint>

#include "kernels/op/lanes.h"

namespace npuemu::kernels {

enum class Combine { kUpdate, kAdd, kSub, kMul, kDiv, kMax, kMin };

// acc[i] = acc[i] (way) x[i * step]; step is 0 or 1. Not for kUpdate.
void CombineLanes(Combine way, Lane lane, const void* x, int64_t step,
                  int64_t count, void* acc);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_INDEX_COMBINE_H_
