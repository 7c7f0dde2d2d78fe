#include "acl_shim/om/json_value.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

absl::Status TypeError(const Json& value, const char* key,
                       const char* expected) {
  return JsonReason(absl::StrCat("'", key, "': type must be ", expected,
                                 ", but is ", value.type_name()));
}

}  // namespace

absl::Status JsonReason(const std::string& reason) {
  return FaultError(Fault::kParseFile, reason, "E10032");
}

absl::Status InvalidValue(const std::string& value,
                          const std::string& parameter, const std::string& op,
                          const std::string& reason) {
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("Value ", value, " of parameter ", parameter, " for Op ", op,
                   " is invalid. Reason: ", reason, "."),
      "E13014");
}

const Json* FindMember(const Json& object, const char* key) {
  auto it = object.find(key);
  return it == object.end() ? nullptr : &*it;
}

absl::StatusOr<const Json*> Member(const Json& object, const char* key) {
  const Json* member = FindMember(object, key);
  if (member != nullptr) return member;
  return JsonReason(absl::StrCat("key '", key, "' not found"));
}

absl::Status CheckObject(const Json& value, const char* key) {
  if (value.is_object()) return absl::OkStatus();
  return TypeError(value, key, "object");
}

absl::StatusOr<bool> BoolOf(const Json& value, const char* key) {
  if (value.is_boolean()) return value.get<bool>();
  return TypeError(value, key, "boolean");
}

absl::StatusOr<int64_t> IntOf(const Json& value, const char* key) {
  if (!value.is_number_integer()) return TypeError(value, key, "integer");
  if (value.is_number_unsigned() &&
      value.get<uint64_t>() >
          static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) {
    return JsonReason(absl::StrCat("'", key, "': ", value.get<uint64_t>(),
                                   " is out of the range of int64"));
  }
  return value.get<int64_t>();
}

absl::StatusOr<double> NumberOf(const Json& value, const char* key) {
  if (value.is_number()) return value.get<double>();
  return TypeError(value, key, "number");
}

absl::StatusOr<std::string> StringOf(const Json& value, const char* key) {
  if (value.is_string()) return value.get<std::string>();
  return TypeError(value, key, "string");
}

absl::StatusOr<std::vector<int64_t>> IntsOf(const Json& value,
                                            const char* key) {
  return ListOf<int64_t>(value, key, IntOf);
}

std::string TextOf(const Json& value) {
  std::string text = value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 100) text = text.substr(0, 100) + "...";
  return text;
}

}  // namespace npuemu::om
