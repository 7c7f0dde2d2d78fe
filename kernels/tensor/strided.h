// File: strided.h
// Copies between views of memory whose elements lie apart: any strides on both
// sides, in elements. Pure.

#ifndef KERNELS_TENSOR_STRIDED_H_
#define KERNELS_TENSOR_STRIDED_H_

#include <cstddef>
#include <cstdint>

#include "kernels/tensor/tensor.h"

namespace npuemu::kernels {

// Of elements that lie one after the other.
Shape DenseStrides(const Shape& shape);

// Extents with both sides' strides, outermost first: axes that are one walk on
// both sides are one axis, extents of 1 are gone.
struct StridedWalk {
  Shape shape;
  Shape from;
  Shape to;
};
StridedWalk WalkOf(const Shape& shape, const Shape& from, const Shape& to);

// Elements of `width` bytes (1, 2, 4, 8, 16), in order. Neither side may
// overlap the other. REQUIRES: strides >= 0, one per extent.
void CopyStrided(const Shape& shape, size_t width, const std::byte* src,
                 const Shape& src_strides, std::byte* dst,
                 const Shape& dst_strides);

// The same for elements of 4 bits, two to a byte, the first in its low half;
// `src_at` and `dst_at` are elements behind the pointers.
void CopyStridedNibbles(const Shape& shape, const std::byte* src,
                        int64_t src_at, const Shape& src_strides,
                        std::byte* dst, int64_t dst_at,
                        const Shape& dst_strides);

// Elements of 4 bits, signed, as bytes in order.
void UnpackNibbles(const Shape& shape, const std::byte* src, int64_t src_at,
                   const Shape& src_strides, std::byte* dst);

}  // namespace npuemu::kernels

#endif  // KERNELS_TENSOR_STRIDED_H_
