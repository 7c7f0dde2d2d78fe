#include "emulator/base/config.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "emulator/base/check.h"

namespace npuemu {
namespace {

absl::string_view Absl(std::string_view text) {
  return {text.data(), text.size()};
}

std::string EnvironmentName(std::string_view flag) {
  std::string name = "NPUEMU_";
  for (char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c);
  }
  return name;
}

std::optional<uint64_t> ParseSize(std::string_view text) {
  uint64_t unit = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 'K': unit = uint64_t{1} << 10; break;
      case 'M': unit = uint64_t{1} << 20; break;
      case 'G': unit = uint64_t{1} << 30; break;
      default: break;
    }
  }
  if (unit > 1) text.remove_suffix(1);
  uint64_t number = 0;
  if (!absl::SimpleAtoi(Absl(text), &number)) return std::nullopt;
  if (number > UINT64_MAX / unit) return std::nullopt;
  return number * unit;
}

absl::Status Refuse(const Option& option, std::string_view text) {
  std::string expected = option.values;
  if (expected.empty()) {
    expected = option.type == OptionType::kBool ? "true|false" : "a value";
  }
  return FaultError(
      Fault::kInvalidParam,
      absl::StrCat("--", option.flag, " (", option.environment, ") is \"",
                   Absl(text), "\"; expected: ", expected));
}

// Whether `number` lies in "low..high"; any number if there is no range.
template <typename T>
bool InRange(const char* values, T number) {
  std::vector<std::string> ends = absl::StrSplit(values, "..");
  if (ends.size() != 2) return true;
  const auto low = ParseSize(ends[0]);
  const auto high = ParseSize(ends[1]);
  return low && high && number >= static_cast<T>(*low) &&
         number <= static_cast<T>(*high);
}

// Whether `text` is words with commas, all of them among those of `words`.
bool IsPartOf(std::string_view text, const std::string& words) {
  if (words.find(',') == std::string::npos) return false;
  const std::vector<std::string> known = absl::StrSplit(words, ',');
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(Absl(text), ','))) {
    if (std::find(known.begin(), known.end(), word) == known.end()) {
      return false;
    }
  }
  return true;
}

absl::Status Parse(const Option& option, std::string_view text,
                   std::string* value) {
  const std::vector<std::string> accepted =
      absl::StrSplit(option.values, '|', absl::SkipEmpty());
  for (const std::string& word : accepted) {
    if (word == text || IsPartOf(text, word)) {
      *value = std::string(text);
      return absl::OkStatus();
    }
  }
  if (!accepted.empty()) return Refuse(option, text);
  *value = std::string(text);
  return absl::OkStatus();
}

absl::Status Parse(const Option& option, std::string_view text,
                   int64_t* value) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(Absl(text), &number) || number < 0 ||
      !InRange(option.values, number)) {
    return Refuse(option, text);
  }
  *value = number;
  return absl::OkStatus();
}

absl::Status Parse(const Option& option, std::string_view text, bool* value) {
  if (text == "1" || text == "true" || text.empty()) {
    *value = true;
  } else if (text == "0" || text == "false") {
    *value = false;
  } else {
    return Refuse(option, text);
  }
  return absl::OkStatus();
}

absl::Status Parse(const Option& option, std::string_view text,
                   uint64_t* value) {
  const auto number = ParseSize(text);
  if (!number || !InRange(option.values, *number)) return Refuse(option, text);
  *value = *number;
  return absl::OkStatus();
}

std::string Text(const std::string& value) { return value; }
std::string Text(int64_t value) { return absl::StrCat(value); }
std::string Text(uint64_t value) { return absl::StrCat(value); }
std::string Text(bool value) { return value ? "true" : "false"; }

std::vector<Option> MakeOptions() {
  std::vector<Option> options = {
#define OPTION(id, type, flag, fallback, values, help) \
  {#id, OptionType::k##type, flag, nullptr, fallback, values, help},
#include "emulator/base/config.def"
#undef OPTION
  };
  static auto* names = new std::vector<std::string>();
  for (const Option& option : options) {
    names->push_back(EnvironmentName(option.flag));
  }
  for (size_t i = 0; i < options.size(); ++i) {
    options[i].environment = (*names)[i].c_str();
  }
  return options;
}

}  // namespace

std::span<const Option> AllOptions() {
  static const auto* options = new std::vector<Option>(MakeOptions());
  return *options;
}

Config DefaultConfig() {
  Config config;
  for (const Option& option : AllOptions()) {
    NPUEMU_CHECK(SetOption(&config, option.flag, option.fallback).ok());
  }
  return config;
}

std::string OptionText(const Config& config, const Option& option) {
  const std::string_view wanted = option.flag;
#define OPTION(id, type, name, fallback, values, help) \
  if (wanted == name) return Text(config.id);
#include "emulator/base/config.def"
#undef OPTION
  return "";
}

absl::Status SetOption(Config* config, std::string_view flag,
                       std::string_view text) {
  size_t row = 0;
#define OPTION(id, type, name, fallback, values, help)     \
  if (flag == name) {                                      \
    return Parse(AllOptions()[row], text, &config->id);    \
  }                                                        \
  ++row;
#include "emulator/base/config.def"
#undef OPTION
  return FaultError(
      Fault::kInvalidParam,
      absl::StrCat("unknown option --", Absl(flag),
                   "; `npuemu run --help` lists the options"));
}

absl::StatusOr<Config> ConfigFromEnvironment(
    const std::function<const char*(const char*)>& lookup) {
  Config config = DefaultConfig();
  for (const Option& option : AllOptions()) {
    const char* text = lookup(option.environment);
    if (text == nullptr) continue;
    RETURN_IF_ERROR(SetOption(&config, option.flag, text));
  }
  return config;
}

}  // namespace npuemu
