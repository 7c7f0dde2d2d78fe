// aclScalar, the arrays of numbers, the lists.

#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/objects.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim::nn {
namespace {

// A copy of `size` elements behind a handle of `table`.
template <typename Handle, typename T, typename Element>
Handle* CreateArray(const char* function, HandleTable<T>& table,
                    const Element* value, uint64_t size) {
  return ValueCall<Handle*>(
      function, nullptr, [&]() -> absl::StatusOr<Handle*> {
        if (value == nullptr && size > 0) return NullArgument("value");
        return static_cast<Handle*>(
            table.Add(std::make_shared<T>(value, value + size)));
      });
}

template <typename T>
aclnnStatus Destroy(const char* function, HandleTable<T>& table,
                    const void* handle, const char* argument) {
  return ApiCall(function, [&]() -> absl::Status {
    if (handle == nullptr) return absl::OkStatus();
    return table.Remove(handle, argument).status();
  });
}

template <typename T, typename SizeOf>
aclnnStatus ReadSize(const char* function, HandleTable<T>& table,
                     const void* handle, const char* argument, uint64_t* size,
                     SizeOf size_of) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto found, table.Get(handle, argument));
    if (size == nullptr) return NullArgument("size");
    *size = size_of(*found);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::shared_ptr<Scalar>> MakeScalar(const void* value,
                                                   aclDataType type) {
  if (value == nullptr) return NullArgument("value");
  auto scalar = std::make_shared<Scalar>();
  scalar->dtype = static_cast<kernels::DataType>(type);
  const size_t bytes = kernels::BytesOf(scalar->dtype, 1);
  if (!kernels::IsKnown(scalar->dtype) || bytes == 0) {
    return FaultError(Fault::kNnParamInvalid,
                      absl::StrCat("dataType: given ", static_cast<int>(type),
                                   ", expected the dtype of a number"));
  }
  std::memcpy(scalar->bytes, value, bytes);
  return scalar;
}

constexpr auto kArraySize = [](const auto& array) { return array.size(); };
constexpr auto kListSize = [](const auto& list) { return list.items.size(); };

// Every element must be a handle.
template <typename Handle, typename T, typename Item>
Handle* CreateList(const char* function, HandleTable<List<T>>& table,
                   const HandleTable<T>& items, const Item* const* value,
                   uint64_t size) {
  return ValueCall<Handle*>(
      function, nullptr, [&]() -> absl::StatusOr<Handle*> {
        if (value == nullptr && size > 0) return NullArgument("value");
        auto list = std::make_shared<List<T>>();
        for (uint64_t i = 0; i < size; ++i) {
          ASSIGN_OR_RETURN(auto item, items.Get(value[i], "value"));
          list->items.push_back(std::move(item));
          list->handles.push_back(value[i]);
        }
        return static_cast<Handle*>(table.Add(std::move(list)));
      });
}

// The list and its elements.
template <typename T>
aclnnStatus DestroyList(const char* function, HandleTable<List<T>>& table,
                        HandleTable<T>& items, const void* handle) {
  return ApiCall(function, [&]() -> absl::Status {
    if (handle == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(auto list, table.Remove(handle, "array"));
    absl::Status status;
    for (const void* item : list->handles) {
      status.Update(items.Remove(item, "array").status());
    }
    return status;
  });
}

}  // namespace
}  // namespace npuemu::shim::nn

using namespace npuemu;
using namespace npuemu::shim;
using namespace npuemu::shim::nn;

aclScalar* aclCreateScalar(void* value, aclDataType dataType) {
  return ValueCall<aclScalar*>(
      "aclCreateScalar", nullptr, [&]() -> absl::StatusOr<aclScalar*> {
        ASSIGN_OR_RETURN(auto scalar, MakeScalar(value, dataType));
        return static_cast<aclScalar*>(Scalars().Add(std::move(scalar)));
      });
}

aclnnStatus aclDestroyScalar(const aclScalar* scalar) {
  return Destroy("aclDestroyScalar", Scalars(), scalar, "scalar");
}

aclIntArray* aclCreateIntArray(const int64_t* value, uint64_t size) {
  return CreateArray<aclIntArray>("aclCreateIntArray", IntArrays(), value,
                                  size);
}

aclFloatArray* aclCreateFloatArray(const float* value, uint64_t size) {
  return CreateArray<aclFloatArray>("aclCreateFloatArray", FloatArrays(), value,
                                    size);
}

aclBoolArray* aclCreateBoolArray(const bool* value, uint64_t size) {
  return CreateArray<aclBoolArray>("aclCreateBoolArray", BoolArrays(), value,
                                   size);
}

aclnnStatus aclDestroyIntArray(const aclIntArray* array) {
  return Destroy("aclDestroyIntArray", IntArrays(), array, "array");
}

aclnnStatus aclDestroyFloatArray(const aclFloatArray* array) {
  return Destroy("aclDestroyFloatArray", FloatArrays(), array, "array");
}

aclnnStatus aclDestroyBoolArray(const aclBoolArray* array) {
  return Destroy("aclDestroyBoolArray", BoolArrays(), array, "array");
}

aclnnStatus aclGetIntArraySize(const aclIntArray* array, uint64_t* size) {
  return ReadSize("aclGetIntArraySize", IntArrays(), array, "array", size,
                  kArraySize);
}

aclnnStatus aclGetFloatArraySize(const aclFloatArray* array, uint64_t* size) {
  return ReadSize("aclGetFloatArraySize", FloatArrays(), array, "array", size,
                  kArraySize);
}

aclnnStatus aclGetBoolArraySize(const aclBoolArray* array, uint64_t* size) {
  return ReadSize("aclGetBoolArraySize", BoolArrays(), array, "array", size,
                  kArraySize);
}

aclTensorList* aclCreateTensorList(const aclTensor* const* value,
                                   uint64_t size) {
  return CreateList<aclTensorList>("aclCreateTensorList", TensorLists(),
                                   Tensors(), value, size);
}

aclScalarList* aclCreateScalarList(const aclScalar* const* value,
                                   uint64_t size) {
  return CreateList<aclScalarList>("aclCreateScalarList", ScalarLists(),
                                   Scalars(), value, size);
}

aclnnStatus aclDestroyTensorList(const aclTensorList* array) {
  return DestroyList("aclDestroyTensorList", TensorLists(), Tensors(), array);
}

aclnnStatus aclDestroyScalarList(const aclScalarList* array) {
  return DestroyList("aclDestroyScalarList", ScalarLists(), Scalars(), array);
}

aclnnStatus aclGetTensorListSize(const aclTensorList* tensorList,
                                 uint64_t* size) {
  return ReadSize("aclGetTensorListSize", TensorLists(), tensorList,
                  "tensorList", size, kListSize);
}

aclnnStatus aclGetScalarListSize(const aclScalarList* scalarList,
                                 uint64_t* size) {
  return ReadSize("aclGetScalarListSize", ScalarLists(), scalarList,
                  "scalarList", size, kListSize);
}
