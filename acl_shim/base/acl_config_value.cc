#include "acl_shim/base/acl_config_value.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace npuemu::shim {
namespace {

constexpr const char* kParseError = "EH0004";

// Compact text for messages, cut after 60 bytes.
std::string TextOf(const Json& value) {
  std::string text =
      value.dump(-1, ' ', true, Json::error_handler_t::replace);
  if (text.size() > 60) text = text.substr(0, 60) + "...";
  return text;
}

std::optional<uint64_t> ToNumber(const Json& value) {
  if (value.is_number_unsigned()) return value.get<uint64_t>();
  uint64_t number = 0;
  if (value.is_string() &&
      absl::SimpleAtoi(value.get<std::string>(), &number)) {
    return number;
  }
  return std::nullopt;
}

}  // namespace

const Json* ConfigSection::Find(const char* key) const {
  const auto it = object_.find(key);
  return it == object_.end() ? nullptr : &*it;
}

absl::Status ConfigSection::Fail(const std::string& reason) const {
  return FaultError(fault_, absl::StrCat("acl.json: ", reason), kParseError);
}

absl::Status ConfigSection::Error(const char* key,
                                  const std::string& expected) const {
  const Json* given = Find(key);
  return Fail(absl::StrCat(name_, name_.empty() ? "" : ".", key, " is ",
                           given == nullptr ? "missing" : TextOf(*given),
                           ". Expected: ", expected));
}

absl::StatusOr<std::string> ConfigSection::String(const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr) return std::string();
  if (!value->is_string()) return Error(key, "a string");
  return value->get<std::string>();
}

absl::StatusOr<std::string> ConfigSection::Choice(
    const char* key, std::initializer_list<const char*> choices) const {
  ASSIGN_OR_RETURN(std::string text, String(key));
  if (Find(key) == nullptr) return text;
  if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
    return Error(key, absl::StrCat("one of ", absl::StrJoin(choices, ", ")));
  }
  return text;
}

absl::StatusOr<std::optional<uint64_t>> ConfigSection::Number(
    const char* key) const {
  const Json* value = Find(key);
  if (value == nullptr) return std::optional<uint64_t>();
  const std::optional<uint64_t> number = ToNumber(*value);
  if (!number) return Error(key, "a number that is not negative");
  return number;
}

absl::StatusOr<std::optional<uint64_t>> ConfigSection::NumberIn(
    const char* key, uint64_t low, uint64_t high, uint64_t unit) const {
  ASSIGN_OR_RETURN(std::optional<uint64_t> number, Number(key));
  if (number && (*number < low || *number > high || *number % unit != 0)) {
    return Error(key, absl::StrCat("a multiple of ", unit, " in [", low, ", ",
                                   high, "]"));
  }
  return number;
}

absl::StatusOr<const Json*> ConfigSection::Object(const char* key) const {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_object()) return Error(key, "an object");
  return value;
}

absl::StatusOr<const Json*> ConfigSection::Array(const char* key) const {
  const Json* value = Find(key);
  if (value != nullptr && !value->is_array()) return Error(key, "an array");
  return value;
}

absl::Status ConfigSection::CheckStrings(const char* key) const {
  ASSIGN_OR_RETURN(const Json* list, Array(key));
  if (list == nullptr) return absl::OkStatus();
  for (const Json& element : *list) {
    if (!element.is_string()) return Error(key, "an array of strings");
  }
  return absl::OkStatus();
}

}  // namespace npuemu::shim
