// File: objects.h
// What stands behind the handles of aclnn/acl_meta.h: plain values, found
// through tables, never dereferenced by a handle's bits. A first phase keeps
// the objects that it was given, so that programs may destroy their handles
// after the second (R176).
//
// Errors of the tables: kNnParamNullptr (161001) for null, kNnParamInvalid
// (161002) for stale, foreign and wrong-kind handles. The tables are
// thread-safe; an object is not: callers that share one order their calls.

#ifndef ACL_SHIM_ACLNN_OBJECTS_H_
#define ACL_SHIM_ACLNN_OBJECTS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "acl_shim/core/handle_table.h"
#include "aclnn/acl_meta.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::shim::nn {

// A view of device memory. All but `address` count elements.
struct Tensor {
  kernels::DataType dtype = kernels::DataType::kUndefined;
  kernels::Format format = kernels::Format::kNd;
  kernels::Shape shape;
  kernels::Shape strides;  // one per extent
  int64_t offset = 0;
  kernels::Shape storage_shape;
  uint64_t address = 0;  // of the storage, not of the view
};

// One element of the dtype that it was made with, in the device's form.
struct Scalar {
  kernels::DataType dtype = kernels::DataType::kUndefined;
  std::byte bytes[16] = {};
};

using IntArray = std::vector<int64_t>;
using FloatArray = std::vector<float>;
using BoolArray = std::vector<uint8_t>;

// A list owns its elements' handles: its destroy is theirs.
template <typename T>
struct List {
  std::vector<std::shared_ptr<T>> items;
  std::vector<const void*> handles;
};
using TensorList = List<Tensor>;
using ScalarList = List<Scalar>;

// 161001: an argument that must be an address is null.
absl::Status NullArgument(const char* argument);

HandleTable<Tensor>& Tensors();
HandleTable<Scalar>& Scalars();
HandleTable<IntArray>& IntArrays();
HandleTable<FloatArray>& FloatArrays();
HandleTable<BoolArray>& BoolArrays();
HandleTable<TensorList>& TensorLists();
HandleTable<ScalarList>& ScalarLists();

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_OBJECTS_H_
