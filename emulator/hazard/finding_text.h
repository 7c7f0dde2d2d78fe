// File: finding_text.h
// A finding as text: rule and sentence, the bytes and their allocation, both
// sites, the smallest fix.

#ifndef EMULATOR_HAZARD_FINDING_TEXT_H_
#define EMULATOR_HAZARD_FINDING_TEXT_H_

#include <string>

#include "emulator/hazard/finding.h"

namespace npuemu {

// Several lines. `colour`: for a terminal.
std::string ToText(const Finding& finding, bool colour = false);
// "writes y of Mul, task 12 on stream 2: aclopExecWithHandle, thread 0".
std::string ToText(const Site& site);
// "4096 bytes at device 0 offset 0x1000"; "" where it has none.
std::string BytesOf(const Finding& finding);

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_FINDING_TEXT_H_
