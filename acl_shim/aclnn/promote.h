// File: promote.h
// The dtypes that operators compute in (arithmetic.md 5.2). Pure.

#ifndef ACL_SHIM_ACLNN_PROMOTE_H_
#define ACL_SHIM_ACLNN_PROMOTE_H_

#include "acl_shim/aclnn/builder.h"
#include "kernels/numeric/data_type.h"

namespace npuemu::shim::nn {

bool IsFloating(kernels::DataType type);  // f16, bf16, f32, f64
bool IsIntegral(kernels::DataType type);  // bool too

// Of two tensors; kUndefined where the table has none.
kernels::DataType Promote(kernels::DataType a, kernels::DataType b);

// Of a tensor and a scalar: the tensor's, unless the scalar is of a higher
// kind (bool < integers < floats): an integer with a float scalar is f32.
kernels::DataType PromoteScalar(kernels::DataType tensor, const Number& scalar);

// Whether a result may be stored as `to`: not from float to integer or bool,
// nor from an integer to bool.
bool CanCast(kernels::DataType from, kernels::DataType to);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_PROMOTE_H_
