#include "tools/atc/flag_parser.h"

#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::atc {
namespace {

constexpr FlagRow kFlags[] = {
#define ATC_FLAG(name, use, values) {name, FlagUse::use, values},
#include "tools/atc/flags.def"
#undef ATC_FLAG
};

const FlagRow* FindFlag(const std::string& name) {
  for (const FlagRow& row : kFlags) {
    if (name == row.name) return &row;
  }
  return nullptr;
}

absl::Status Invalid(const std::string& parameter, const std::string& reason) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("Parameter ", parameter,
                                 " is invalid. Reason: ", reason, "."),
                    "E10003");
}

bool Accepts(const FlagRow& row, const std::string& value) {
  if (row.values[0] == '\0') return true;
  // Never a match across a separator.
  if (value.empty() || value.find('|') != std::string::npos) return false;
  const std::string words = absl::StrCat("|", row.values, "|");
  return words.find("|" + value + "|") != std::string::npos;
}

absl::Status Store(const FlagRow& row, const std::string& value,
                   CommandLine* line) {
  if (!Accepts(row, value)) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrCat("Value ", value, " for parameter --", row.name,
                     " is invalid. The value must be one of ", row.values, "."),
        "E10007");
  }
  line->values[row.name] = value;
  return absl::OkStatus();
}

}  // namespace

std::span<const FlagRow> AllFlags() { return kFlags; }

std::string CommandLine::Get(const std::string& name) const {
  auto it = values.find(name);
  return it == values.end() ? std::string() : it->second;
}

absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& args) {
  CommandLine line;
  for (size_t i = 0; i < args.size(); ++i) {
    const std::string& word = args[i];
    if (word == "-h" || word == "--help") {
      line.help = true;
      return line;
    }
    if (!word.starts_with("--") || word.size() == 2) {
      return Invalid(word, "it is no flag; write --key=value");
    }
    const size_t equals = word.find('=');
    const std::string name = word.substr(2, equals - 2);
    const FlagRow* row = FindFlag(name);
    if (row == nullptr) {
      return Invalid("--" + name, "ATC has no such parameter");
    }
    if (equals != std::string::npos) {
      RETURN_IF_ERROR(Store(*row, word.substr(equals + 1), &line));
    } else if (i + 1 < args.size()) {
      RETURN_IF_ERROR(Store(*row, args[++i], &line));
    } else {
      return Invalid("--" + name, "it has no value");
    }
  }
  return line;
}

}  // namespace npuemu::atc
