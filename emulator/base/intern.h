// File: intern.h
// Text that lives as long as the process, one copy of each. For names in events
// that are made at run time; there must be few different ones.
//
// Thread safety: thread-safe.

#ifndef EMULATOR_BASE_INTERN_H_
#define EMULATOR_BASE_INTERN_H_

#include <string_view>

namespace npuemu {

// After 10,000 different texts "(too many different texts)".
const char* Intern(std::string_view text);

}  // namespace npuemu

#endif  // EMULATOR_BASE_INTERN_H_
