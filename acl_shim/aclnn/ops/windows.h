// File: windows.h
// Arguments of operators that work in space: sizes per axis, images and volumes
// as kernels have them. Thread-safe: functions of a Builder.

#ifndef ACL_SHIM_ACLNN_OPS_WINDOWS_H_
#define ACL_SHIM_ACLNN_OPS_WINDOWS_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "acl_shim/aclnn/ops/families.h"

namespace npuemu::shim::nn {

using Numbers = std::vector<int64_t>;

// One number for each of `axes`; one stands for all, none for `fallback`.
Numbers PerAxis(Builder& b, size_t arg, size_t axes, Numbers fallback);

// x as [N, C, D, H, W] of `axes` axes in space; absent N and axes are 1.
Value Volumes(Builder& b, Value x, size_t arg, size_t axes, const char* kernel);

// The same for the kernels of images: [N, C, H, W].
Value Planes(Builder& b, Value x, size_t arg, size_t axes, DataType type);

// In the output's shape, which must have as many elements.
void StoreSame(Builder& b, Value y, size_t out);

// `size` numbers whose first are `neutral`.
Numbers Padded(Numbers values, size_t size, int64_t neutral);

// Resizing: kernels take the ratio from the sizes, so a factor that is given
// must be theirs.
void CheckScales(Builder& b, size_t first, const Numbers& from,
                 const Numbers& to);

// As many extents as there are axes.
Numbers SizeAt(Builder& b, size_t arg, size_t axes);

// The last extents of a shape, which are those in space.
Numbers Spatial(const Shape& shape, size_t axes);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_OPS_WINDOWS_H_
