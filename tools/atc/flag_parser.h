// File: flag_parser.h
// The command line of ATC: getopt_long style, `--key=value` or `--key value`,
// `-h` and `--help`. Written here because ABSL_FLAGS differs where ATC's users
// would notice: it takes `--nokey` and `-key`, lets later words be positional,
// claims `--help*` and `--flagfile`, and exits by itself with its own texts.
// Thread-safe.

#ifndef TOOLS_ATC_FLAG_PARSER_H_
#define TOOLS_ATC_FLAG_PARSER_H_

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace npuemu::atc {

// What a flag means beside --singleop (flags.def).
enum class FlagUse { kSingleOp, kConflict, kIgnored };

struct FlagRow {
  const char* name;  // without dashes
  FlagUse use;
  const char* values;  // accepted words, separated by '|'; "" = any
};

// All flags, in the order of flags.def.
std::span<const FlagRow> AllFlags();

struct CommandLine {
  bool help = false;
  std::map<std::string, std::string> values;  // by flag name; last one wins

  bool Has(const std::string& name) const { return values.contains(name); }
  // Empty if the flag was not given.
  std::string Get(const std::string& name) const;
};

// `args` without the program name. Errors: E10003 (unknown flag, stray word,
// missing value) and E10007 (value not accepted).
absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& args);

}  // namespace npuemu::atc

#endif  // TOOLS_ATC_FLAG_PARSER_H_
