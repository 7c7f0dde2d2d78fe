// File: checksum.h
// The checksum of what a task wrote, for traces: equal bytes, equal sums on
// every machine. Long ranges are sampled, so that recording stays cheap: beyond
// 256 KiB the first and last 64 KiB count, and every 64th line of 64 bytes.

#ifndef EMULATOR_TASK_CHECKSUM_H_
#define EMULATOR_TASK_CHECKSUM_H_

#include <cstddef>
#include <cstdint>

#include "emulator/memory/device_memory.h"
#include "emulator/task/task.h"

namespace npuemu {

uint64_t Checksum(const std::byte* bytes, size_t size, uint64_t seed = 0);

// Of the ranges in their order; those without memory count by their size.
uint64_t ChecksumOf(const DeviceMemory& memory, const RangeList& ranges);

}  // namespace npuemu

#endif  // EMULATOR_TASK_CHECKSUM_H_
