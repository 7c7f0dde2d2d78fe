// File: soc.h
// The figures of the simulated chips, from one table (soc.def). Constant data:
// thread-safe, never destroyed.

#ifndef EMULATOR_TASK_SOC_H_
#define EMULATOR_TASK_SOC_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace npuemu {

struct SocProfile {
  const char* name;        // "Ascend910B1", as aclrtGetSocName says it
  const char* short_name;  // "Ascend910B", the family
  uint32_t cube_cores;
  uint32_t vector_cores;
  uint32_t mhz;  // of the AI cores
  uint64_t memory_bytes;  // HBM of one device
  uint64_t l2_bytes;
// uint32_t ai_cpus, cube_m, ..., ub_to_l1_rate: see soc.def for the units.
#define SHARED(field, key, value) uint32_t field = value;
#define MKN(field, key, k) uint32_t field = k;
#include "emulator/task/soc.def"
#undef MKN
#undef SHARED
};

// All profiles in the order of soc.def.
std::span<const SocProfile> AllSocs();

// The profile of that exact name; null if there is none.
const SocProfile* FindSoc(std::string_view name);

// "Ascend910B1, Ascend910B2, ...": for messages that say what is accepted.
std::string SocNames();

}  // namespace npuemu

#endif  // EMULATOR_TASK_SOC_H_
