// File: ge_names.h
// Names and numbers of tensor formats and element types as ATC's files use
// them. They differ from aclFormat / aclDataType in "undefined": 40 and 28
// there, -1 here. Thread-safe.

#ifndef ACL_SHIM_OM_GE_NAMES_H_
#define ACL_SHIM_OM_GE_NAMES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "kernels/numeric/data_type.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::om {

// "ND"; "FORMAT_RESERVED" for kUndefined; "FORMAT_<n>" without a name.
std::string FormatName(kernels::Format format);
// Any case; "RESERVED" and "FORMAT_RESERVED" are kUndefined. nullopt if there
// is no such name.
std::optional<kernels::Format> FormatByName(std::string_view name);

// GE numbers: undefined is 40 (format) and 28 (element type).
int64_t ToGeFormat(kernels::Format format);
kernels::Format FromGeFormat(int64_t number);
int64_t ToGeDtype(kernels::DataType type);
kernels::DataType FromGeDtype(int64_t number);

// The words of ATC's JSON, any case ("half", "FLOAT32", "undefined").
std::optional<kernels::DataType> DtypeByName(std::string_view name);

// ASCII lower case.
std::string Lower(std::string_view text);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_GE_NAMES_H_
