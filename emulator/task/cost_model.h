// File: cost_model.h
// Virtual durations and the resources that tasks compete for (design 4,
// arithmetic.md section 6). Coarse on purpose: no performance prediction.
// Integers only. Externally synchronized.

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
  uint64_t bytes = 0;  // read and written
};

struct KernelCost {
  SimDuration duration{0};
  uint32_t cores = 1;
};

class CostModel {
 public:
  CostModel(const SocProfile& soc, int devices);

  // Start of a kernel on the device. Decision: 2 us, the order of published
  // launch figures of small operators.
  static constexpr SimDuration kKernelStart{2000};
  // Start of a DMA. Decision: 3 us.
  static constexpr SimDuration kCopyStart{3000};
  // The time that one API call takes its host thread. Decision: 500 ns.
  static constexpr SimDuration kCall{500};
  // One unsuccessful poll. Decision: 1 us.
  static constexpr SimDuration kPoll{1000};
  // A host function. Decision: 10 us.
  static constexpr SimDuration kCallback{10000};
  // Record, wait, notify on the stream. Decision: 100 ns.
  static constexpr SimDuration kControl{100};

  KernelCost Kernel(Unit unit, const KernelWork& work) const;
  SimDuration Copy(Unit unit, uint64_t bytes) const;

  // When `cores` of the unit are free on the device, not before `ready`.
  SimTime Earliest(int device, Unit unit, uint32_t cores, SimTime ready) const;
  // Takes them until `end`. REQUIRES: start >= Earliest(...).
  void Occupy(int device, Unit unit, uint32_t cores, SimTime end);

 private:
  // Ascending times at which each server of the unit is free again.
  std::vector<SimTime>& Servers(int device, Unit unit);
  const std::vector<SimTime>& Servers(int device, Unit unit) const;

  static constexpr int kUnits = 8;
  const SocProfile& soc_;
  std::vector<std::vector<SimTime>> servers_;  // [device * kUnits + unit]
};

}  // namespace npuemu

#endif  // EMULATOR_TASK_COST_MODEL_H_
