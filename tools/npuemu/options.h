// File: options.h
// Flags from the one option table (emulator/base/config.def). absl::Flags
// would need a second definition of each option and knows nothing of the
// environment variables, so this small parser walks over the table instead.

#ifndef TOOLS_NPUEMU_OPTIONS_H_
#define TOOLS_NPUEMU_OPTIONS_H_

#include <cstddef>
#include <functional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/config.h"

namespace npuemu::cli {

struct ParsedOptions {
  Config config;  // defaults, then the environment, then the flags
  // What the flags ask for, as environment variables, in order.
  std::vector<std::pair<std::string, std::string>> environment;
  size_t used = 0;    // arguments read, a closing "--" included
  bool help = false;  // --help or -h was met; reading stopped there
};

// Reads "--flag value", "--flag=value" and, for Bool, a bare "--flag", up to
// "--" or the first argument that is no flag. `lookup` is getenv. Fault
// kInvalidParam names option, given and expected.
absl::StatusOr<ParsedOptions> ParseOptions(
    const std::vector<std::string>& arguments,
    const std::function<const char*(const char*)>& lookup);

// One paragraph per row of the table.
void PrintOptions(std::ostream& out);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_OPTIONS_H_
