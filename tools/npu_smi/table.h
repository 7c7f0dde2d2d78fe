// File: table.h
// The table of `npu-smi info`.

#ifndef TOOLS_NPU_SMI_TABLE_H_
#define TOOLS_NPU_SMI_TABLE_H_

#include <ostream>

#include "emulator/base/config.h"

namespace npuemu::smi {

// Writes the table, 98 columns wide. What a simulated device has not (power,
// temperature) is NA; nothing runs, so usage is 0. The chips of the A3 are
// two to an NPU and all called Ascend910. REQUIRES: config.soc is known.
void PrintInfo(const Config& config, std::ostream& out);

}  // namespace npuemu::smi

#endif  // TOOLS_NPU_SMI_TABLE_H_
