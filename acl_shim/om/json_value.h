// File: json_value.h
// Typed reads from a JSON value. The library's own conversions throw, and
// convert silently (true to 1, 2.5 to 2); these return E10032 with the reason
// instead. Thread-safe.

#ifndef ACL_SHIM_OM_JSON_VALUE_H_
#define ACL_SHIM_OM_JSON_VALUE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace npuemu::om {

using Json = nlohmann::json;

// An E10032 status whose message is only the reason.
absl::Status JsonReason(const std::string& reason);

// "Value V of parameter P for Op O is invalid. Reason: R." (E13014).
absl::Status InvalidValue(const std::string& value,
                          const std::string& parameter, const std::string& op,
                          const std::string& reason);

// The member `key`; null if `object` has none. REQUIRES: object.is_object().
const Json* FindMember(const Json& object, const char* key);

// The same, with an error if there is none.
absl::StatusOr<const Json*> Member(const Json& object, const char* key);

// Each names `key` in its error.
absl::Status CheckObject(const Json& value, const char* key);
absl::StatusOr<bool> BoolOf(const Json& value, const char* key);
absl::StatusOr<int64_t> IntOf(const Json& value, const char* key);
absl::StatusOr<double> NumberOf(const Json& value, const char* key);
absl::StatusOr<std::string> StringOf(const Json& value, const char* key);

// A list whose elements `read` accepts, as BoolOf and its like do.
template <typename T, typename Read>
absl::StatusOr<std::vector<T>> ListOf(const Json& value, const char* key,
                                      Read read) {
  if (!value.is_array()) {
    return JsonReason(std::string("'") + key +
                      "': type must be array, but is " + value.type_name());
  }
  std::vector<T> list;
  for (const Json& element : value) {
    auto item = read(element, key);
    if (!item.ok()) return item.status();
    list.push_back(static_cast<T>(*std::move(item)));
  }
  return list;
}

absl::StatusOr<std::vector<int64_t>> IntsOf(const Json& value, const char* key);

// Compact text for messages, cut after 100 bytes. Never fails on bytes that
// are no UTF-8.
std::string TextOf(const Json& value);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_JSON_VALUE_H_
