// File: tensor.h
// What a tensor is to a kernel: type, format, shape, bytes. Plain structs.

#ifndef KERNELS_TENSOR_TENSOR_H_
#define KERNELS_TENSOR_TENSOR_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/numeric/data_type.h"

namespace npuemu::kernels {

// Numbers are those of aclFormat.
enum class Format : int32_t {
  kUndefined = -1,
#define FORMAT(id, value, name) id = value,
#include "kernels/tensor/format.def"
#undef FORMAT
};

// "NCHW"; "UNDEFINED" or "UNKNOWN" for numbers without a row.
const char* NameOf(Format format);
// Upper-case name; nullopt if there is none.
std::optional<Format> FormatFromName(std::string_view name);

// Extents, outermost first. A scalar has none.
using Shape = std::vector<int64_t>;

// Number of elements; 1 for a scalar; -1 if an extent is negative or the
// product is above 2^59, so that the bytes fit in int64.
int64_t ElementCount(const Shape& shape);

// "[2,3]".
std::string ToString(const Shape& shape);

// Type, format and shape, without bytes. An absent optional operand has
// dtype kUndefined.
struct TensorSpec {
  DataType dtype = DataType::kUndefined;
  Format format = Format::kUndefined;
  Shape shape;

  bool absent() const { return dtype == DataType::kUndefined; }
  int64_t count() const { return ElementCount(shape); }
  size_t bytes() const { return BytesOf(dtype, count()); }
  bool operator==(const TensorSpec&) const = default;
};

// Contiguous row-major bytes of one operand; data is null when absent. The
// caller guarantees at least spec.bytes() behind data.
struct TensorView {
  std::byte* data = nullptr;
  size_t bytes = 0;

  template <typename T>
  T* as() const {
    return reinterpret_cast<T*>(data);
  }
};

}  // namespace npuemu::kernels

#endif  // KERNELS_TENSOR_TENSOR_H_
