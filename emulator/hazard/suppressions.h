// File: suppressions.h
// Findings that the user does not want to see, in a file with the format of
// TSan's: a line is "type:pattern", '#' begins a comment. The type is a number
// of the catalogue ("H5"), a word of --check ("race") or "*"; the pattern, with
// '*' for any text and otherwise found anywhere, is matched against each site's
// function, operator and module ('^' and '$' bind it to begin and end).
//
// Thread safety: immutable.

#ifndef EMULATOR_HAZARD_SUPPRESSIONS_H_
#define EMULATOR_HAZARD_SUPPRESSIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/status.h"
#include "emulator/hazard/finding.h"

namespace npuemu {

class Suppressions {
 public:
  // None.
  Suppressions() = default;
  // Errors: kInvalidParam names the line.
  static absl::StatusOr<Suppressions> Parse(std::string_view text);
  // Of a file; "" is none. Errors: kInvalidParam if it cannot be read.
  static absl::StatusOr<Suppressions> Load(const std::string& path);

  bool Match(const Finding& finding) const;

 private:
  struct Line {
    std::string type;
    std::string pattern;
  };
  std::vector<Line> lines_;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_SUPPRESSIONS_H_
