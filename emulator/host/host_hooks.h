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

constexpr uint32_t kNpuemuHostHooksVersion = 4;

struct NpuemuHostHooks {
  uint32_t version;  // kNpuemuHostHooksVersion
  // One thread runs at a time and the seed chooses which (--control-threads).
  bool controlled;
  bool observed;  // somebody is there: thread() knows the program's threads

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
  // earlier `until`: a deadlock. kNpuemuIdle as `until`: a thread that serves
  // others; never false. REQUIRES: as switch_point.
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

  // --- version 2 ---------------------------------------------------------
  // Between enter and leave: the next thread that the caller makes runs the
  // program's code (host functions), so it is controlled. Its creation is no
  // switch point.
  void (*own_thread)();
  // Controlled: `drive` does deferred work of ours and says whether there was
  // any; called with enter/leave around it and no lock held, when no thread
  // can go on or one polls (design 4). Null: no longer.
  void (*set_drive)(bool (*drive)());
  // Controlled: each decision among two or more runnable threads, those made
  // before the call first. `callback` runs on whichever thread decides and
  // must call none of these functions. `label`: static text.
  void (*on_decision)(void (*callback)(uint64_t index, int thread, int runnable,
                                       const char* label));
  // Happens-before between host threads: what `thread` did before a release
  // (false) of an object comes before what follows a later acquire (true) of
  // it. Called on that thread, for threads of the program only.
  void (*on_edge)(void (*callback)(bool acquire, const void* object,
                                   int thread));
  // Controlled: false once a wall-clock step decided something, e.g. a thread
  // that blocked outside was let go: the seed does not fix this run.
  bool (*deterministic)();

  // --- version 3 ---------------------------------------------------------
  // A system call is about to write to, or read from, memory of the program;
  // `caller` is where it was made. Called on that thread, no lock held.
  void (*on_touch)(void (*callback)(const void* address, uint64_t bytes,
                                    bool write, const void* caller));

  // --- version 4 ---------------------------------------------------------
  // The program is about to give memory back, by `function` (static text),
  // which was called at `caller`. Called on that thread; the program may hold
  // locks of its own.
  void (*on_release)(void (*callback)(const char* function,
                                      const void* address, uint64_t bytes,
                                      const void* caller));
};

constexpr uint64_t kNpuemuIdle = ~uint64_t{0};

// Defined by the other side; weak, hence null without one.
const NpuemuHostHooks* npuemu_host_hooks() __attribute__((weak));

}  // extern "C"

namespace npuemu {

// The other side's table, or one that does nothing. Never null.
const NpuemuHostHooks& HostHooks();

}  // namespace npuemu

#endif  // EMULATOR_HOST_HOST_HOOKS_H_
