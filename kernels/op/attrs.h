// File: attrs.h
// Attributes of an operator call: an ordered map from name to value.

#ifndef KERNELS_OP_ATTRS_H_
#define KERNELS_OP_ATTRS_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/numeric/data_type.h"

namespace npuemu::kernels {

// The kinds of aclopSetAttr* and of ATC's JSON. bool lists use uint8_t (0/1).
using AttrValue =
    std::variant<bool, int64_t, float, std::string, DataType,
                 std::vector<uint8_t>, std::vector<int64_t>, std::vector<float>,
                 std::vector<std::string>, std::vector<std::vector<int64_t>>,
                 std::vector<DataType>>;

// The index of a kind in AttrValue.
enum class AttrKind : size_t {
  kBool,
  kInt,
  kFloat,
  kString,
  kDataType,
  kListBool,
  kListInt,
  kListFloat,
  kListString,
  kListListInt,
  kListDataType,
};

inline AttrKind KindOf(const AttrValue& value) {
  return static_cast<AttrKind>(value.index());
}

// "int", "list_int" … as in ATC's JSON.
const char* NameOf(AttrKind kind);

// Readable form, "[1,2]" or "true".
std::string ToString(const AttrValue& value);

// Ordered by name, so that every walk over it is deterministic.
using Attrs = std::map<std::string, AttrValue, std::less<>>;

// The value of `name` if present with kind T, else `fallback`.
template <typename T>
T AttrOr(const Attrs& attrs, std::string_view name, T fallback) {
  auto it = attrs.find(name);
  if (it == attrs.end()) return fallback;
  const T* value = std::get_if<T>(&it->second);
  return value == nullptr ? fallback : *value;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ATTRS_H_
