// File: process.h
// The one global of the library: what a process has of npuemu. Made at the
// first call, never destroyed (a static destructor of the host may still call).

#ifndef ACL_SHIM_CORE_PROCESS_H_
#define ACL_SHIM_CORE_PROCESS_H_

#include <atomic>
#include <memory>
#include <mutex>

#include "acl_shim/core/handle_table.h"
#include "emulator/base/status.h"
#include "emulator/device/context.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"
#include "emulator/device/sync_event.h"

namespace npuemu::shim {

class Process {
 public:
  static Process& Get();

  // The node, made at first use from the environment (config.def). Errors: a
  // wrong option or library of operators; kRtDevSetupError in a forked child of
  // a process that had used ACL. Thread-safe.
  absl::StatusOr<Node*> node();

  // The calling thread as the node knows it. REQUIRES: node() is OK.
  HostThread& thread();

  HandleTable<Context> contexts{HandleKind::kContext, Fault::kRtContextNull};
  HandleTable<Stream> streams{HandleKind::kStream, Fault::kRtInvalidHandle};
  HandleTable<SyncEvent> events{HandleKind::kEvent, Fault::kRtInvalidHandle};
  HandleTable<Notify> notifies{HandleKind::kNotify, Fault::kRtInvalidHandle};

  // The stream behind a handle; null is the default stream of the current
  // context (R30). Errors: kRtInvalidHandle; kRtContextNull; with
  // `same_context`, kRtStreamContext (107003) for another context's (R23).
  absl::StatusOr<std::shared_ptr<Stream>> FindStream(Call& call,
                                                     const void* handle,
                                                     bool same_context = true);
  // An event or notify that neither its destroy nor a device reset has ended.
  absl::StatusOr<std::shared_ptr<SyncEvent>> FindEvent(const void* handle,
                                                       const char* argument);
  absl::StatusOr<std::shared_ptr<Notify>> FindNotify(const void* handle,
                                                     const char* argument);

 private:
  Process() = default;

  std::mutex mutex_;
  bool tried_ = false;
  absl::Status failure_;
  std::unique_ptr<Node> node_;
  std::atomic<Node*> ready_{nullptr};
  std::atomic<bool> forked_{false};
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_PROCESS_H_
