#include "emulator/task/cost_model.h"

#include <algorithm>

#include "emulator/base/check.h"

namespace npuemu {
namespace {

// HBM of the device, 1.6 TB/s (arithmetic.md 6.4 [I]).
constexpr uint64_t kHbmBytesPerNs = 1600;
// PCIe 4.0 x16, 25 GB/s of payload per direction. Decision.
constexpr uint64_t kPcieBytesPerNs = 25;
// Cycles below which a kernel does not spread to another core. Decision.
constexpr uint64_t kCyclesPerCore = 1024;

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
  const uint64_t available = unit == Unit::kCube     ? soc_.cube_cores
                             : unit == Unit::kVector ? soc_.vector_cores
                                                     : 1;
  KernelCost cost;
  cost.cores = static_cast<uint32_t>(
      std::clamp<uint64_t>(cycles / kCyclesPerCore, 1, available));
  const SimDuration compute =
      Ceil(cycles * 1000, uint64_t{cost.cores} * soc_.mhz);
  const SimDuration memory = Ceil(work.bytes, kHbmBytesPerNs);
  cost.duration = kKernelStart + std::max(compute, memory);
  return cost;
}

SimDuration CostModel::Copy(Unit unit, uint64_t bytes) const {
  const bool on_device = unit == Unit::kCopyDevice;
  return kCopyStart + (on_device ? Ceil(bytes * 2, kHbmBytesPerNs)
                                 : Ceil(bytes, kPcieBytesPerNs));
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
