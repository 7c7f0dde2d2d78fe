// File: places.h
// Strides of places. Pure.

#ifndef ACL_SHIM_ACLNN_PLACES_H_
#define ACL_SHIM_ACLNN_PLACES_H_

#include "acl_shim/aclnn/plan.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim::nn {

// Those of the place, whichever it has.
kernels::Shape StridesOf(const Place& place);

// Gives the place these strides, or none if its elements lie one after the
// other with them.
void SetStrides(Place* place, kernels::Shape strides);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_PLACES_H_
