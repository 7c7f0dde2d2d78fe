// File: allocation.h
// What is known of one block of device memory. Plain data.

#ifndef EMULATOR_MEMORY_ALLOCATION_H_
#define EMULATOR_MEMORY_ALLOCATION_H_

#include <cstdint>

namespace npuemu {

// One allocation or mapping, live or freed.
struct Allocation {
  uint64_t id;         // per device, from 1, in order of allocation
  uint64_t base;       // device address
  uint64_t size;       // bytes of the block: size asked for plus slack
  uint64_t requested;  // bytes the program asked for
  int device;
  bool live;
  const void* site;       // who allocated it
  const void* free_site;  // who freed it, if !live
};

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_ALLOCATION_H_
