#include "acl_shim/aclnn/places.h"

#include <utility>

#include "kernels/tensor/strided.h"

namespace npuemu::shim::nn {

using kernels::Shape;

namespace {

// Whether elements lie one after the other; strides of extents of 1 say
// nothing.
bool IsDense(const Shape& shape, const Shape& strides) {
  if (kernels::ElementCount(shape) == 0) return true;
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && strides[i] != step) return false;
    step *= shape[i];
  }
  return true;
}

}  // namespace

Shape StridesOf(const Place& place) {
  return place.contiguous() ? kernels::DenseStrides(place.spec.shape)
                            : place.strides;
}

void SetStrides(Place* place, Shape strides) {
  place->strides.clear();
  if (!IsDense(place->spec.shape, strides)) place->strides = std::move(strides);
}

}  // namespace npuemu::shim::nn
