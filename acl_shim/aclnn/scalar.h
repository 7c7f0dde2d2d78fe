// File: scalar.h
// Scalars of aclnn as numbers, and numbers as elements. Pure.

#ifndef ACL_SHIM_ACLNN_SCALAR_H_
#define ACL_SHIM_ACLNN_SCALAR_H_

#include <cstddef>
#include <vector>

#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/objects.h"

namespace npuemu::shim::nn {

// dtype kUndefined for a dtype that is no real number.
Number NumberOf(const Scalar& scalar);

// One element: integers are cut towards zero and wrap, bool is value != 0,
// f16 and bf16 are rounded to nearest even by way of f32.
std::vector<std::byte> Encode(double value, kernels::DataType type);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_SCALAR_H_
