#include "emulator/device/pair_order.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <utility>

namespace npuemu {
namespace {

// Where task ranges hold the bytes [begin, end) of a device or pinned block.
struct Found {
  uint64_t address = 0;  // 0: nowhere
  int type = -1;
};

Found FindIn(Node* node, const RangeList& ranges,
             std::span<const int8_t> types, const PairSpec& spec) {
  for (size_t i = 0; i < ranges.size(); ++i) {
    const MemoryRange& range = ranges[i];
    if (range.begin >= range.end) continue;
    const Argument place = node->Canonical(range.begin);
    if (place.kind == ArgumentKind::kHost || place.device != spec.device) {
      continue;
    }
    const uint64_t bytes = range.end - range.begin;
    if (spec.begin < place.value || spec.end > place.value + bytes) continue;
    const int type = i < types.size() ? types[i] : -1;
    return {range.begin + (spec.begin - place.value), type};
  }
  return {};
}

}  // namespace

PairOrder::PairOrder(Node* node, PairSpec spec)
    : node_(node), spec_(std::move(spec)) {}

void PairOrder::OnSubmit(uint64_t id, Task* task) {
  if (id != spec_.first && id != spec_.second) return;
  const bool goes_first = (id == spec_.first) != spec_.swap;
  if (goes_first && task->effect == EffectKind::kNone) {
    task->effect = EffectKind::kSet;
    task->target = ran_;
  } else if (!goes_first && task->wait == WaitKind::kNone) {
    task->wait = WaitKind::kLevel;
    task->wait_for = ran_;
  } else {
    return;  // a record or a wait has no bytes
  }
  const AccessNames none;
  const AccessNames& names = task->names == nullptr ? none : *task->names;
  Found found = FindIn(node_, task->reads, names.read_types, spec_);
  if (found.address == 0) {
    found = FindIn(node_, task->writes, names.write_types, spec_);
  }
  if (found.type >= 0) type_ = found.type;
  if (found.address == 0 || id != spec_.look) return;
  task->body = [this, address = found.address, body = std::move(task->body)](
                   BlockPlan* plan) mutable {
    if (plan != nullptr) return Fault::kNone;  // whole
    if (spec_.before) Write(address);
    const Fault fault = body.Run();
    if (!spec_.before) Write(address);
    return fault;
  };
}

void PairOrder::Write(uint64_t address) const {
  const uint64_t bytes = std::min(spec_.end - spec_.begin, kMostComparedBytes);
  const void* const pointer = reinterpret_cast<const void*>(address);
  const std::byte* from =
      node_->memory().IsDeviceAddress(address)
          ? node_->memory().Translate(address, bytes)
          : node_->host_memory().View(const_cast<void*>(pointer));
  std::FILE* file =
      from == nullptr ? nullptr : std::fopen(spec_.path.c_str(), "we");
  if (file == nullptr) return;
  std::fprintf(file, "%d\n", type_);
  const bool whole = std::fwrite(from, 1, bytes, file) == bytes;
  if (std::fclose(file) != 0 || !whole) std::remove(spec_.path.c_str());
}

}  // namespace npuemu
