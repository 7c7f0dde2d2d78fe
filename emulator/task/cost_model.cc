#include "emulator/task/cost_model.h"

#include <algorithm>

#include "emulator/base/check.h"

namespace npuemu {
namespace {

using Cost = CostModel::Constant;

SimDuration Ceil(uint64_t amount, uint64_t per_ns) {
  return SimDuration((amount + per_ns - 1) / per_ns);
}

}  // namespace

CostModel::CostModel(const SocProfile& soc, int devices)
    : soc_(soc), servers_(static_cast<size_t>(devices) * kUnits) {
  for (int device = 0; device < devices; ++device) {
    Servers(device, Unit::kCube).resize(soc.cube_cores);
    Servers(device, Unit::kVector).resize(soc.vector_cores);
    Servers(device, Unit::kAiCpu).resize(soc.ai_cpus);
    Servers(device, Unit::kCopyIn).resize(1);
    Servers(device, Unit::kCopyOut).resize(1);
    Servers(device, Unit::kCopyDevice).resize(1);
  }
}

KernelCost CostModel::Kernel(Unit unit, const KernelWork& work) const {
  const uint64_t cycles = std::max(work.cube_cycles, work.vector_cycles);
  KernelCost cost;
  if (unit == Unit::kAiCpu) {
    cost.duration = SimDuration(Cost::kAiCpuStart) +
                    Ceil(cycles * 1000, Cost::kAiCpuMhz);
    return cost;
  }
  const uint64_t available =
      unit == Unit::kCube ? soc_.cube_cores : soc_.vector_cores;
  cost.cores = static_cast<uint32_t>(std::clamp<uint64_t>(
      std::max(cycles / Cost::kCyclesPerCore,
               work.bytes() / Cost::kBytesPerCore),
      1, available));
  const SimDuration compute =
      Ceil(cycles * 1000, uint64_t{cost.cores} * soc_.mhz);
  cost.duration =
      kKernelStart + std::max(compute, Memory(unit, cost.cores, work));
  return cost;
}

SimDuration CostModel::Memory(Unit unit, uint64_t cores,
                              const KernelWork& work) const {
  const bool cube = unit == Unit::kCube;
  const SimDuration engines = std::max(
      Ceil(work.bytes_read, cores * (cube ? Cost::kGmToL1 : Cost::kGmToUb)),
      Ceil(work.bytes_written,
           cores * (cube ? Cost::kL0cToGm : Cost::kUbToGm)));
  if (work.bytes() > soc_.l2_bytes) {
    return std::max(engines, Ceil(work.bytes(), Cost::kHbm));
  }
  const auto cached = [&](uint64_t bytes, uint64_t rate) {
    return Ceil(bytes * 1000, cores * rate * soc_.mhz);
  };
  return std::max({engines, cached(work.bytes_read, soc_.l2_read_rate),
                   cached(work.bytes_written, soc_.l2_write_rate)});
}

SimDuration CostModel::Copy(Unit unit, uint64_t bytes, bool peer) const {
  if (unit != Unit::kCopyDevice) {
    return kCopyStart + Ceil(bytes, Cost::kPcie);
  }
  return kCopyStart +
         (peer ? Ceil(bytes, Cost::kHccs) : Ceil(bytes * 2, Cost::kHbm));
}

SimTime CostModel::Earliest(int device, Unit unit, uint32_t cores,
                            SimTime ready) const {
  const std::vector<SimTime>& free_at = Servers(device, unit);
  if (free_at.empty()) return ready;
  NPUEMU_CHECK(cores >= 1 && cores <= free_at.size());
  return std::max(ready, free_at[cores - 1]);
}

void CostModel::Occupy(int device, Unit unit, uint32_t cores, SimTime end) {
  std::vector<SimTime>& free_at = Servers(device, unit);
  if (free_at.empty()) return;
  NPUEMU_CHECK(cores >= 1 && cores <= free_at.size());
  // The first `cores` entries become `end`; keep the rest ascending.
  const auto tail = free_at.begin() + cores;
  const auto place = std::lower_bound(tail, free_at.end(), end);
  std::copy(tail, place, free_at.begin());
  std::fill(free_at.begin() + (place - tail), place, end);
}

std::vector<SimTime>& CostModel::Servers(int device, Unit unit) {
  return servers_[static_cast<size_t>(device) * kUnits +
                  static_cast<size_t>(unit)];
}

const std::vector<SimTime>& CostModel::Servers(int device, Unit unit) const {
  return servers_[static_cast<size_t>(device) * kUnits +
                  static_cast<size_t>(unit)];
}

}  // namespace npuemu
