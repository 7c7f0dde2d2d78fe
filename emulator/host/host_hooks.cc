#include "emulator/host/host_hooks.h"

namespace npuemu {
namespace {

constexpr NpuemuHostHooks kNobody = {
    .version = kNpuemuHostHooksVersion,
    .controlled = false,
    .observed = false,
    .enter = [] {},
    .leave = [] {},
    .switch_point = [](const char*) {},
    .block = [](const char*, uint64_t) { return true; },
    .wake = [] {},
    .thread = [] { return -1; },
    .clock = [] { return uint64_t{0}; },
    .set_clock = [](uint64_t) {},
    .own_thread = [] {},
    .set_drive = [](bool (*)()) {},
    .on_decision = [](void (*)(uint64_t, int, int, const char*)) {},
    .on_edge = [](void (*)(bool, const void*, int)) {},
    .deterministic = [] { return true; },
    .on_touch = [](void (*)(const void*, uint64_t, bool, const void*)) {},
    .on_release = [](void (*)(const char*, const void*, uint64_t,
                              const void*)) {},
};

const NpuemuHostHooks* Find() {
  if (npuemu_host_hooks == nullptr) return &kNobody;
  const NpuemuHostHooks* hooks = npuemu_host_hooks();
  return hooks != nullptr && hooks->version == kNpuemuHostHooksVersion
             ? hooks
             : &kNobody;
}

}  // namespace

const NpuemuHostHooks& HostHooks() {
  static const NpuemuHostHooks* const hooks = Find();
  return *hooks;
}

}  // namespace npuemu
