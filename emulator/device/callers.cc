#include "emulator/device/callers.h"

#include <execinfo.h>

#include <algorithm>

#include "emulator/host/code_place.h"

namespace npuemu {

uint64_t Callers::IdOf(const void* caller) {
  if (caller == nullptr) return 0;
  const auto [place, fresh] = ids_.try_emplace(caller, ids_.size() + 1);
  if (!fresh) return place->second;
  const CodePlace code = PlaceOfCode(caller);
  Event event;
  event.kind = EventKind::kCaller;
  event.a = place->second;
  event.b = code.offset;
  event.name = code.module == nullptr ? "" : code.module;
  log_->AppendAside(event);
  return place->second;
}

void Callers::TellStack(uint64_t thread, const void* caller) {
  constexpr int kMostFrames = 64;
  void* stack[kMostFrames];
  void** const end = stack + backtrace(stack, kMostFrames);
  void** const first = std::find(stack, end, const_cast<void*>(caller));
  if (first == end) return;  // the unwinder could not get out of our code
  uint64_t frame = 0;
  for (void** at = end; at != first;) {
    const uint64_t key = frame << 32 | IdOf(*--at);
    const auto [place, fresh] = frames_.try_emplace(key, frames_.size() + 1);
    frame = place->second;
    if (!fresh) continue;
    Event event;
    event.kind = EventKind::kFrame;
    event.a = frame;
    event.b = key;
    log_->AppendAside(event);
  }
  Event event;
  event.kind = EventKind::kStack;
  event.a = thread;
  event.b = frame;
  log_->AppendAside(event);
}

}  // namespace npuemu
