// File: order.h
// Elements as integers in the order that sorting goes by (arithmetic.md 7.3):
// NaN above infinity, both zeros alike. Pure.

#ifndef KERNELS_OPS_INDEX_ORDER_H_
#define KERNELS_OPS_INDEX_ORDER_H_

#include <cstddef>
#include <cstdint>

#include "kernels/numeric/data_type.h"

namespace npuemu::kernels {

// Keys of `count` elements from element `offset` on, `step` apart.
void OrderKeys(DataType type, const std::byte* x, int64_t offset, int64_t step,
               int64_t count, int64_t* keys);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_INDEX_ORDER_H_
