// File: acl_config_value.h
// Typed reads of the members of acl.json's objects. Each error names the key
// with its section, what was given and what is expected.

#ifndef ACL_SHIM_BASE_ACL_CONFIG_VALUE_H_
#define ACL_SHIM_BASE_ACL_CONFIG_VALUE_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "emulator/base/status.h"
#include "nlohmann/json.hpp"

namespace npuemu::shim {

using Json = nlohmann::json;

// One object of the file. A missing key reads as nullopt, null or "".
class ConfigSection {
 public:
  // `name` is "" for the whole file. REQUIRES: object.is_object().
  ConfigSection(std::string name, Fault fault, const Json& object)
      : name_(std::move(name)), fault_(fault), object_(object) {}

  // "" when the key is missing.
  absl::StatusOr<std::string> String(const char* key) const;
  // One of `choices`; "" when the key is missing.
  absl::StatusOr<std::string> Choice(
      const char* key, std::initializer_list<const char*> choices) const;
  // A number, or a string of decimal digits: both spellings are in use.
  absl::StatusOr<std::optional<uint64_t>> Number(const char* key) const;
  // The same in [low, high], and a multiple of `unit`.
  absl::StatusOr<std::optional<uint64_t>> NumberIn(const char* key,
                                                   uint64_t low, uint64_t high,
                                                   uint64_t unit = 1) const;
  // Null when the key is missing.
  absl::StatusOr<const Json*> Object(const char* key) const;
  absl::StatusOr<const Json*> Array(const char* key) const;
  // A list whose elements are all strings, or a missing key.
  absl::Status CheckStrings(const char* key) const;

  // "acl.json: dump.dump_mode is "x". Expected: ...".
  absl::Status Error(const char* key, const std::string& expected) const;
  absl::Status Fail(const std::string& reason) const;

 private:
  const Json* Find(const char* key) const;

  const std::string name_;
  const Fault fault_;
  const Json& object_;
};

// The sections that only describe work which is not performed (R185, R186).
// Both return whether something was asked for.
absl::StatusOr<bool> CheckDumpSection(const Json& dump);
absl::StatusOr<bool> CheckProfilerSection(const Json& profiler);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_ACL_CONFIG_VALUE_H_
