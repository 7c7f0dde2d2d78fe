// File: layout.h
// Where batch, channels and space lie in a tensor, from the letters of its
// format ("NCHW", "NDHWC", "HWCN"), and lists of attributes in that order.
// Space is always depth, height, width; depth is 1 for two dimensions.
// Thread-safe (pure).

#ifndef KERNELS_OPS_CONV_LAYOUT_H_
#define KERNELS_OPS_CONV_LAYOUT_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

using Space = std::array<int64_t, 3>;

// Extents and strides, in elements. Of a filter, n is the output channels.
struct Image {
  int64_t n = 1;
  int64_t c = 1;
  Space size = {1, 1, 1};
  int64_t n_stride = 0;
  int64_t c_stride = 0;
  Space stride = {0, 0, 0};

  int64_t places() const { return size[0] * size[1] * size[2]; }
};

// No extent or attribute of a window is larger; sums of them fit in int64.
inline constexpr int64_t kMostExtent = (int64_t{1} << 31) - 1;

// Whether the operator has an attribute of this name.
bool HasAttr(const OpCall& call, std::string_view name);

// ElementCount with 1 for every 0: if it is not -1, all products of extents fit
// in int64, of empty tensors, too.
int64_t RoomOf(Shape shape);

// Input `index`, absent if the call has fewer.
const TensorSpec& InputOr(const OpCall& call, int index);

// The letters of a tensor: its format, or `fallback` if it is ND. Empty if
// they are not those of N, C and `rank` dimensions of space.
std::string LettersOf(Format format, const std::string& fallback, int rank);

// The tensor as an image; `argument` is "input x". Errors: rank, extents.
OpStatus ImageOf(const OpCall& call, const std::string& argument,
                 const Shape& shape, const std::string& letters, Image* image);

// A shape with the extents of `image` in the order of the letters.
Shape ShapeOf(const Image& image, const std::string& letters);

// An attribute with one number for each letter, or for each dimension of
// space; those beside space must be 1. Each is from `least` to kMostExtent.
OpStatus SpaceAttr(const OpCall& call, const char* name,
                   const std::string& letters, int64_t least, Space* space);

// The strides of a contiguous tensor of these extents.
void SetStrides(const std::string& letters, Image* image);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_CONV_LAYOUT_H_
