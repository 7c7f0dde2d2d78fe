// File: data_type.h
// The element types of tensors; numbers are those of aclDataType.

#ifndef KERNELS_NUMERIC_DATA_TYPE_H_
#define KERNELS_NUMERIC_DATA_TYPE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace npuemu::kernels {

enum class DataType : int32_t {
  kUndefined = -1,
#define DATA_TYPE(id, value, bits, name, tag) id = value,
#include "kernels/numeric/data_type.def"
#undef DATA_TYPE
};

// Bits of one element; 0 for kUndefined, kString and unknown numbers.
int BitsOf(DataType type);

// Bytes of `count` packed elements (two int4 per byte, rounded up).
size_t BytesOf(DataType type, int64_t count);

// "float16"; "undefined" for kUndefined, "unknown" for other numbers.
const char* NameOf(DataType type);

// By name() or tag ("float16", "f16"), lower case; nullopt if there is none.
std::optional<DataType> DataTypeFromName(std::string_view name);

// Whether the number names a row of data_type.def.
bool IsKnown(DataType type);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_DATA_TYPE_H_
