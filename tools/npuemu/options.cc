#include "tools/npuemu/options.h"

#include <string_view>

#include "absl/strings/str_cat.h"
#include "emulator/base/injection.h"
#include "emulator/task/soc.h"

namespace npuemu::cli {
namespace {

const Option* FindOption(std::string_view flag) {
  for (const Option& option : AllOptions()) {
    if (flag == option.flag) return &option;
  }
  return nullptr;
}

absl::Status UnknownOption(const std::string& argument) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("unknown option ", argument,
                                 "; `npuemu run --help` lists the options"));
}

// Reads the option at arguments[parsed->used].
absl::Status ParseOne(const std::vector<std::string>& arguments,
                      ParsedOptions* parsed) {
  const std::string& argument = arguments[parsed->used++];
  if (argument.compare(0, 2, "--") != 0) return UnknownOption(argument);
  const size_t equals = argument.find('=');
  const std::string flag = argument.substr(0, equals).substr(2);
  const Option* option = FindOption(flag);
  if (option == nullptr) return UnknownOption(argument);
  std::string value;
  if (equals != std::string::npos) {
    value = argument.substr(equals + 1);
  } else if (option->type == OptionType::kBool) {
    value = "true";
  } else if (parsed->used < arguments.size()) {
    value = arguments[parsed->used++];
  } else {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat("--", flag, " is given without a value"));
  }
  parsed->environment.emplace_back(option->environment, value);
  return SetOption(&parsed->config, flag, value);
}

const char* PlaceholderOf(const Option& option) {
  switch (option.type) {
    case OptionType::kString: return " TEXT";
    case OptionType::kInt: return " N";
    case OptionType::kBool: return "[=true|false]";
    case OptionType::kSize: return " SIZE";
  }
  return "";
}

// Breaks `text` into lines of at most 72 columns behind six spaces.
void PrintWrapped(std::string_view text, std::ostream& out) {
  constexpr size_t kWidth = 72;
  while (!text.empty()) {
    size_t end = text.size();
    if (end > kWidth) end = text.rfind(' ', kWidth);
    if (end == std::string_view::npos) end = text.size();
    out << "      " << text.substr(0, end) << "\n";
    text.remove_prefix(end < text.size() ? end + 1 : end);
  }
}

}  // namespace

absl::StatusOr<ParsedOptions> ParseOptions(
    const std::vector<std::string>& arguments,
    const std::function<const char*(const char*)>& lookup) {
  ParsedOptions parsed;
  ASSIGN_OR_RETURN(parsed.config, ConfigFromEnvironment(lookup));
  while (parsed.used < arguments.size()) {
    const std::string& argument = arguments[parsed.used];
    if (argument.empty() || argument[0] != '-') break;
    if (argument == "--") {
      ++parsed.used;
      break;
    }
    if (argument == "--help" || argument == "-h") {
      parsed.help = true;
      return parsed;
    }
    RETURN_IF_ERROR(ParseOne(arguments, &parsed));
  }
  RETURN_IF_ERROR(Injection::Parse(parsed.config.inject).status());
  if (FindSoc(parsed.config.soc) == nullptr) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat("--soc (NPUEMU_SOC) is \"",
                                   parsed.config.soc, "\"; expected: ",
                                   SocNames()));
  }
  return parsed;
}

void PrintOptions(std::ostream& out) {
  for (const Option& option : AllOptions()) {
    out << "  --" << option.flag << PlaceholderOf(option);
    if (option.values[0] != '\0') out << "   (" << option.values << ")";
    out << "   default ";
    out << (option.fallback[0] == '\0' ? "none" : option.fallback);
    out << "   $" << option.environment << "\n";
    PrintWrapped(option.help, out);
  }
}

}  // namespace npuemu::cli
