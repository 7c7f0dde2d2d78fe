// File: config.h
// All knobs of the emulator, from one table (config.def), read once.

#ifndef EMULATOR_BASE_CONFIG_H_
#define EMULATOR_BASE_CONFIG_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/status.h"

namespace npuemu {

// One value per row of config.def, named as its id.
struct Config {
  using String = std::string;
  using Int = int64_t;
  using Bool = bool;
  using Size = uint64_t;
#define OPTION(id, type, flag, fallback, values, help) type id;
#include "emulator/base/config.def"
#undef OPTION
};

enum class OptionType { kString, kInt, kBool, kSize };

// A row of config.def, for help texts and parsers.
struct Option {
  const char* id;
  OptionType type;
  const char* flag;         // "host-memory"
  const char* environment;  // "NPUEMU_HOST_MEMORY"
  const char* fallback;
  const char* values;
  const char* help;
};

std::span<const Option> AllOptions();

// The defaults of config.def.
Config DefaultConfig();

// The value of a row, as SetOption reads it.
std::string OptionText(const Config& config, const Option& option);

// Sets one option from text. Fault kInvalidParam names option, given and
// expected.
absl::Status SetOption(Config* config, std::string_view flag,
                       std::string_view text);

// Defaults overlaid with the environment; `lookup` is getenv in production.
// An invalid value is an error, never ignored.
absl::StatusOr<Config> ConfigFromEnvironment(
    const std::function<const char*(const char*)>& lookup);

}  // namespace npuemu

#endif  // EMULATOR_BASE_CONFIG_H_
