// File: error_block.h
// How ATC prints an error: id and message, then cause and solution. The form
// is that of the releases without process id and time in it, so that the same
// run prints the same text. Thread-safe.

#ifndef TOOLS_ATC_ERROR_BLOCK_H_
#define TOOLS_ATC_ERROR_BLOCK_H_

#include <string>

#include "absl/status/status.h"

namespace npuemu::atc {

// REQUIRES: !status.ok().
std::string ErrorBlock(const absl::Status& status);

}  // namespace npuemu::atc

#endif  // TOOLS_ATC_ERROR_BLOCK_H_
