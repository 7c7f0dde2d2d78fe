// File: cost_model.h
// Virtual durations and the resources that tasks compete for (design 4,
// arithmetic.md section 6; the constants: cost.def). No performance prediction.
// Integers only. Externally synchronized.
//
// Resources of a device: its cube and vector cores, which kernels take by their
// block count, AI CPUs, and one copy engine per direction. Who comes first is
// the policy's choice (timed: priority, then arrival).

#ifndef EMULATOR_TASK_COST_MODEL_H_
#define EMULATOR_TASK_COST_MODEL_H_

#include <cstdint>
#include <vector>

#include "emulator/base/sim_time.h"
#include "emulator/task/soc.h"
#include "emulator/task/task.h"

namespace npuemu {

// What a kernel does, over all cores.
struct KernelWork {
  uint64_t cube_cycles = 0;
  uint64_t vector_cycles = 0;
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;

  uint64_t bytes() const { return bytes_read + bytes_written; }
};

struct KernelCost {
  SimDuration duration{0};
  uint32_t cores = 1;
};

class CostModel {
 public:
  CostModel(const SocProfile& soc, int devices);

  // Times that others add up.
#define COST_TIME(id) static constexpr SimDuration id{Constant::id}
  struct Constant {
#define COST(id, value, unit, source) static constexpr uint64_t id = value;
#include "emulator/task/cost.def"
#undef COST
  };
  COST_TIME(kCall);
  COST_TIME(kPoll);
  COST_TIME(kCallback);
  COST_TIME(kControl);
  COST_TIME(kKernelStart);
  COST_TIME(kCopyStart);
#undef COST_TIME

  // The start, then the largest of compute and data movement: copy in, compute
  // and copy out of a kernel's tiles overlap.
  KernelCost Kernel(Unit unit, const KernelWork& work) const;
  // peer: between two devices.
  SimDuration Copy(Unit unit, uint64_t bytes, bool peer = false) const;

  // When `cores` of the unit are free on the device, not before `ready`.
  SimTime Earliest(int device, Unit unit, uint32_t cores, SimTime ready) const;
  // Takes them until `end`. REQUIRES: start >= Earliest(...).
  void Occupy(int device, Unit unit, uint32_t cores, SimTime end);

 private:
  SimDuration Memory(Unit unit, uint64_t cores, const KernelWork& work) const;
  // Ascending times at which each server of the unit is free again.
  std::vector<SimTime>& Servers(int device, Unit unit);
  const std::vector<SimTime>& Servers(int device, Unit unit) const;

  static constexpr int kUnits = 8;
  const SocProfile& soc_;
  std::vector<std::vector<SimTime>> servers_;  // [device * kUnits + unit]
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_COST_MODEL_H_
