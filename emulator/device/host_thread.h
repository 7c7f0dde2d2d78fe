// File: host_thread.h
// A host thread as the node sees it. Externally synchronized by the node.

#ifndef EMULATOR_DEVICE_HOST_THREAD_H_
#define EMULATOR_DEVICE_HOST_THREAD_H_

#include <cstdint>
#include <memory>

#include "emulator/base/sim_time.h"

namespace npuemu {

class Context;

// What captures forbid, and threads tolerate (R160).
enum class CaptureMode { kGlobal, kThreadLocal, kRelaxed };

// Made at the thread's first call.
struct HostThread {
  int id = 0;     // by creation
  SimTime clock;  // its own virtual time
  std::shared_ptr<Context> explicit_context;
  int primary_device = -1;                          // set by aclrtSetDevice
  uint64_t last_task = 0;                           // last one it submitted
  CaptureMode capture_mode = CaptureMode::kGlobal;  // what it tolerates
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_HOST_THREAD_H_
