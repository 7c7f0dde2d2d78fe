// File: host_wait.h
// Calls that must wait: for tasks, for other host threads, for host functions;
// and the hang rules of design 4. The only place of the emulator that looks at
// a wall clock; each such step is logged (kGiveUp, kHelper). A replay takes
// them from the trace.

#ifndef EMULATOR_DEVICE_HOST_WAIT_H_
#define EMULATOR_DEVICE_HOST_WAIT_H_

#include <condition_variable>
#include <optional>
#include <thread>

#include "emulator/base/status.h"
#include "emulator/device/node.h"

namespace npuemu {

// How a wait may end otherwise.
struct WaitOptions {
  const char* what;  // "stream s3", for messages
  Fault on_hang;     // code when nothing can satisfy it
  // Virtual and real limit; nullopt waits for ever.
  std::optional<SimDuration> timeout;
  Fault on_timeout;
  // The thread may idle for ever while others live (aclrtProcessReport(-1)).
  bool may_idle = false;
  bool submits = false;  // waits for room in a queue (H25)
};

// Runs tasks, and blocks where other threads must act, until the goal is
// reached. The lock is released while it blocks.
absl::Status WaitFor(Call& call, const Goal& goal, const WaitOptions& options);

// Drives tasks when no thread is in a call: the main thread may wait on a
// condition variable for a host function, or spin on a pinned flag. Sleeps
// while nothing is deferred; started at the first need.
class HelperThread {
 public:
  explicit HelperThread(Node* node) : node_(node) {}
  ~HelperThread();

  // Called under the node's lock when work was left behind.
  void Wake();

  // With controlled threads nothing goes by a wall clock: whoever controls
  // them asks for the work when no thread can go on, or one polls. One node
  // per process is asked.
  void DriveWhenAsked();
  void StopDriving();

 private:
  bool DriveOnce();
  void Drive(Lock& lock);
  void Loop();

  Node* const node_;
  std::thread thread_;
  std::condition_variable wake_;
  bool stop_ = false;
  bool idle_ = false;  // nothing was deferred when it last looked
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_HOST_WAIT_H_
