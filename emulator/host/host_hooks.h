// File: host_hooks.h
// What the emulator and whoever watches or controls the host's threads say to
// each other (design 5). The other side is a preloaded library or, in tests,
// linked in: two binaries, so this is a table of C functions.
//
// Without one, threads run freely and every function below does nothing.

#ifndef EMULATOR_HOST_HOST_HOOKS_H_
#define EMULATOR_HOST_HOST_HOOKS_H_

#include <cstdint>

extern "C" {

constexpr uint32_t kNpuemuHostHooksVersion = 1;

struct NpuemuHostHooks {
  uint32_t version;  // kNpuemuHostHooksVersion
  // One thread runs at a time and the seed chooses which (--control-threads).
  bool controlled;

  // What the calling thread does in between is ours: its pthread operations
  // are neither observed nor switch points. Calls nest.
  void (*enter)();
  void (*leave)();

  // Controlled: another thread may run before this returns. `label` is static
  // text: an API function's name or a micro-step ("S3"). REQUIRES: no lock of
  // ours is held; outside of enter/leave.
  void (*switch_point)(const char* label);

  // Controlled: the calling thread cannot go on before wake(), or before all
  // other threads are blocked too and its virtual time `until` (0: none) is
  // the earliest of them. False: every thread is blocked and nothing has an
  // earlier `until`: a deadlock. REQUIRES: as switch_point.
  bool (*block)(const char* what, uint64_t until);
  // Threads in block() look again. Any thread, any lock.
  void (*wake)();

  // The calling thread by creation, 0 is the main one; -1: none of the
  // program's (ours, oneTBB's).
  int (*thread)();

  // The calling thread's virtual time in nanoseconds. The emulator sets it at
  // the end of a call; controlled sleeps advance it.
  uint64_t (*clock)();
  void (*set_clock)(uint64_t nanoseconds);
};

// Defined by the other side; weak, hence null without one.
const NpuemuHostHooks* npuemu_host_hooks() __attribute__((weak));

}  // extern "C"

namespace npuemu {

// The other side's table, or one that does nothing. Never null.
const NpuemuHostHooks& HostHooks();

}  // namespace npuemu

#endif  // EMULATOR_HOST_HOST_HOOKS_H_
