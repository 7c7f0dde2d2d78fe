// File: callback_queue.h
// Host functions: delivered by streams, run by the thread that calls
// aclrtProcessReport or by the one thread that a context has for
// aclrtLaunchHostFunc (semantics.md section 6).

#ifndef EMULATOR_DEVICE_CALLBACK_QUEUE_H_
#define EMULATOR_DEVICE_CALLBACK_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "emulator/device/node.h"

namespace npuemu {

class Stream;

using HostFunction = void (*)(void* user_data);

// A delivered host function.
struct HostWork {
  HostFunction function;
  void* user_data;
  std::shared_ptr<Signal> signal;  // set by its return; null: NO_BLOCK
  SimTime returns;  // one thread serves all, one by one
  uint64_t task;    // that delivered it
};

class CallbackQueue {
 public:
  explicit CallbackQueue(int device) : device(device) {}

  void Bind(Stream* stream) { streams.push_back(stream); }
  void Unbind(Stream* stream);

  const int device;
  std::vector<Stream*> streams;  // in order of subscription
  std::deque<HostWork> work;     // in order of delivery
  SimTime last_return;           // of what was delivered
  SimTime clock;                 // of the serving thread
  // The thread of aclrtLaunchHostFunc; not used by report threads.
  std::thread host_thread;
  std::condition_variable host_wake;
  bool stop = false;
};

// aclrtLaunchCallback on a subscribed stream, or aclrtLaunchHostFunc. A
// blocking one is three stream entries (R109).
absl::Status LaunchHostFunction(Call& call, Stream* stream,
                                HostFunction function, void* user_data,
                                bool block);

// aclrtLaunchHostFunc (R110, R111): binds the context's thread at first use.
absl::Status LaunchOnContextThread(Call& call, Stream* stream,
                                   HostFunction function, void* user_data);

// Runs all functions available now on the calling thread; waits for the first
// up to `timeout` (nullopt: for ever). kRtReportTimeout if there is none.
absl::Status ProcessReport(Call& call,
                           const std::shared_ptr<CallbackQueue>& queue,
                           std::optional<SimDuration> timeout);

// Ends the context's thread; what is queued is dropped.
void StopHostThread(Call& call, CallbackQueue* queue);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_CALLBACK_QUEUE_H_
