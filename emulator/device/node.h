// File: node.h
// The root object: the devices of one simulated node, their memory, the
// scheduler, the log and the one mutex. An API call enters through Call.
//
// Thread safety: every other class of emulator/device is used under Node's
// mutex, which Call holds. Bodies of tasks and host functions run without it.

#ifndef EMULATOR_DEVICE_NODE_H_
#define EMULATOR_DEVICE_NODE_H_

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "emulator/base/config.h"
#include "emulator/base/sim_time.h"
#include "emulator/base/status.h"
#include "emulator/device/callers.h"
#include "emulator/device/host_thread.h"
#include "emulator/event/event_log.h"
#include "emulator/host/host_hooks.h"
#include "emulator/memory/device_memory.h"
#include "emulator/memory/host_memory.h"
#include "emulator/sched/scheduler.h"
#include "emulator/sched/turns.h"
#include "emulator/task/cost_model.h"
#include "emulator/task/executor.h"
#include "emulator/task/soc.h"

namespace npuemu {

class Call;
class CallbackQueue;
class Context;
class Findings;
class HazardDetector;
class HostWatch;
class Injection;
class PairOrder;
class Stream;
class TsanStreams;
struct WatchedRange;

// Limits of A2/A3 (semantics.md R33, R36, R67, R74, R105).
constexpr int kMaxStreamsPerDevice = 1984;
constexpr int kMaxTasksPerStream = 2047;
constexpr int kMaxEventsPerDevice = 65536;
constexpr int kMaxNotifiesPerDevice = 8192;
constexpr int kMaxReportThreads = 1024;

// A device of the node.
struct Device {
  int id = 0;
  int references = 0;                 // aclrtSetDevice minus resets (R14)
  std::shared_ptr<Context> primary;   // null until the first aclrtSetDevice
  int contexts = 0;                   // live, the primary one included
  int streams = 0;                    // live, default streams included
  int events = 0;
  int notifies = 0;
  uint64_t epoch = 0;                 // grows when a reset releases everything
  bool primary_reserved = false;      // its stream counts already (R19)
  std::set<int> peers;                // devices it may access (R96)
  int overflow_mode = 1;              // ACL_RT_OVERFLOW_MODE_INFNAN
};

class Node {
 public:
  // Errors: kInvalidParam for a wrong option, kRtMemoryAllocation.
  static absl::StatusOr<std::unique_ptr<Node>> Create(const Config& config);
  ~Node();

  const Config& config() const { return config_; }
  const SocProfile& soc() const { return soc_; }
  DeviceMemory& memory() { return *memory_; }
  HostMemory& host_memory() { return host_memory_; }
  Scheduler& scheduler() { return scheduler_; }
  EventLog& log() { return log_; }
  Turns& turns() { return *turns_; }
  CostModel& costs() { return costs_; }
  std::mutex& mutex() { return mutex_; }

  int device_count() const { return static_cast<int>(devices_.size()); }
  // kRtInvalidDeviceid (107001) outside of [0, count).
  absl::StatusOr<Device*> FindDevice(int id);

  std::unique_ptr<HostThread> MakeThread();

  // The name of an address that is the same in every run: kDevice, kPinned or
  // kHost (no name).
  Argument Canonical(uint64_t address);

  Injection& injection() { return *injection_; }
  PairOrder* pair_order() { return pair_order_.get(); }

  // Null: host memory is not watched.
  HostWatch* host_watch() { return host_watch_.get(); }
  // The calling thread reads or writes these bytes, wherever they are.
  void TouchNow(const MemoryRange& range, bool write);
  // Host memory of copies that the acting thread has waited for by now.
  void EndWatches();
  // The program touches protected host memory at `place`; false: it is not.
  bool OnHostTouch(uint64_t address, bool write, const void* place);

  // At process exit: runs what is queued, closes the trace.
  void Finish();

  int NextStreamId() { return next_stream_id_++; }
  int NextContextId() { return next_context_id_++; }
  int NextEventId() { return next_event_id_++; }
  int NextGraphId() { return ++last_graph_id_; }

  // Threads of ours that no hang may be blamed on.
  void AddInternalThread() { ++internal_threads_; }
  void RemoveInternalThread() { --internal_threads_; }

  // Threads that are blocked in a wait of ours now. REQUIRES: mutex() held.
  int blocked_calls() const { return blocked_; }

  // Something changed that a blocked call may wait for.
  void Changed();

  // Addresses of the simulated runtime's stream objects: what caches of it are
  // keyed on. Given out last freed first, as a heap does (I11).
  uint64_t TakeStreamAddress();
  void GiveBackStreamAddress(uint64_t address);

  // Called when a stream's destroy begins, before it waits for what is queued
  // (R49, DESTROY_PRE). Null: nothing.
  void (*before_stream_destroy)(Call& call, Stream* stream) = nullptr;

  // Process-wide settings.
  int default_device = -1;          // acl.json defaultDevice (R17)
  SimDuration wait_timeout{0};      // aclrtSetOpWaitTimeout (R71)

 private:
  friend class Call;
  friend class HostWaiter;
  friend class HelperThread;
  Node(const Config& config, const SocProfile& soc,
       std::unique_ptr<DeviceMemory> memory,
       std::shared_ptr<class Replayer> replayer);
  absl::Status StartRecording();
  absl::Status StartChecking();
  void StartTsan();
  void Observe(bool acquire, const void* object, int thread);
  void NoteChanged(const WatchedRange& range);
  void EndWatchesBeforeFlags();

  const Config config_;
  const SocProfile& soc_;
  std::mutex mutex_;
  std::unique_ptr<Findings> findings_;  // null: nothing is checked
  HazardDetector* detector_ = nullptr;  // the log's; null likewise
  TsanStreams* tsan_ = nullptr;  // the log's; null: the program has no TSan
  EventLog log_;
  Callers callers_;
  const bool full_stacks_;
  const std::unique_ptr<Turns> turns_;
  CostModel costs_;
  Executor executor_;
  std::unique_ptr<DeviceMemory> memory_;
  std::unique_ptr<Injection> injection_;
  std::unique_ptr<PairOrder> pair_order_;  // null: --verify is not given
  HostMemory host_memory_;
  std::unique_ptr<HostWatch> host_watch_;
  Scheduler scheduler_;
  std::vector<Device> devices_;
  int next_thread_id_ = 0;
  int next_stream_id_ = 0;
  int next_context_id_ = 0;
  int next_event_id_ = 0;
  int last_graph_id_ = 0;
  uint64_t next_stream_address_ = 0x1000;
  std::vector<uint64_t> free_stream_addresses_;  // the last one goes first

  // Blocking calls (host_wait.cc).
  std::condition_variable changed_;
  uint64_t changes_ = 0;   // grows with every call and host return
  int blocked_ = 0;        // threads in a wait of ours
  int calls_ = 0;          // threads in a call now, blocked ones included
  int blocked_workers_ = 0;  // of them, oneTBB's threads that we counted
  int internal_threads_ = 0;
  std::unique_ptr<class HelperThread> helper_;
};

// The calling thread's virtual time as controlled sleeps see it (design 5);
// zero without control.
SimTime ProgramClock();
void SetProgramClock(SimTime time);

// One API call of a host thread: holds the lock, knows its time, and executes
// what it decided before it returns.
class Call {
 public:
  // `caller`: the address that the API function returns to, if known.
  Call(Node& node, HostThread& thread, const char* name,
       const void* caller = nullptr);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  Node& node;
  HostThread& thread;
  const char* const name;
  Lock lock;
  SimTime now;

  // Another controlled thread may run before this returns; it may change
  // everything that the lock protects. `label`: static text, e.g. "S3".
  void SwitchPoint(const char* label);

  uint64_t Actor() const { return static_cast<uint64_t>(thread.id); }

  // The thread has waited until `when`.
  void WaitedUntil(SimTime when) {
    if (when > now) now = when;
  }
  void Log(EventKind kind, int device, int stream, uint64_t a, uint64_t b);
  // kRead or kWrite of the calling thread, for a log that checks. `argument`:
  // static text.
  void LogAccess(EventKind kind, const MemoryRange& range,
                 const char* argument);
  // It reads or changes a descriptor of the program (H39).
  void LogDescriptor(bool change, const void* handle);
  // The call does something wrong: hazard number, a sentence, and what else its
  // rule needs (event.def). Only for a log that checks.
  void Misuse(int rule, std::string_view text, int stream = -1,
              uint64_t detail = 0);
};

// The calling thread is inside a Call and holds the lock, or awaits tasks.
bool InCall();

// The calling thread runs a host function of the program (R112).
bool InHostFunction();
void SetInHostFunction(bool inside);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_NODE_H_
