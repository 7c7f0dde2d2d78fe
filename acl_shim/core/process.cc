#include "acl_shim/core/process.h"

#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/visible_devices.h"
#include "acl_shim/op_library/op_library.h"
#include "emulator/base/check.h"
#include "emulator/base/config.h"
#include "emulator/base/tsan.h"
#include "emulator/device/host_watch.h"
#include "emulator/host/host_hooks.h"
#include "emulator/memory/fault_handler.h"
#include "emulator/task/worker_threads.h"
#include "kernels/op/parallel.h"

namespace npuemu::shim {
namespace {

Node* g_node_for_check = nullptr;

// What a broken invariant of ours prints (design 3.5).
void PrintContext() {
  if (g_node_for_check == nullptr) return;
  std::fprintf(stderr, "npuemu: seed %lld, last events:\n",
               static_cast<long long>(g_node_for_check->config().seed));
  for (const Event& event : g_node_for_check->log().Last()) {
    std::fprintf(stderr, "npuemu:   %s\n", ToText(event).c_str());
  }
}

// A fault of the program's own code: it holds no lock of ours, or it is one of
// our calls, which then only goes on.
bool OnTouch(uint64_t address, bool write, const void* place) {
  Node* node = g_node_for_check;
  const tsan::Ours ours;
  HostHooks().enter();
  Lock lock(node->mutex(), std::defer_lock);
  if (!InCall()) lock.lock();
  const bool watched = node->OnHostTouch(address, write, place);
  if (lock.owns_lock()) lock.unlock();
  HostHooks().leave();
  return watched;
}

// A system call is about to touch what may be such pages.
void OnSystemCall(const void* begin, uint64_t bytes, bool write,
                  const void* caller) {
  constexpr uint64_t kPage = 4096;
  const auto address = reinterpret_cast<uint64_t>(begin);
  Node* node = g_node_for_check;
  const tsan::Ours ours;
  HostHooks().enter();
  {
    const Lock lock(node->mutex());
    for (uint64_t at = address;
         at < address + bytes && node->OnHostTouch(at, write, caller);
         at = (at / kPage + 1) * kPage) {
    }
  }
  HostHooks().leave();
}

// The object behind a handle, unless the reset of its device ended it.
template <typename T>
absl::StatusOr<std::shared_ptr<T>> FindAlive(const HandleTable<T>& table,
                                             HandleKind kind,
                                             const void* handle,
                                             const char* argument) {
  ASSIGN_OR_RETURN(std::shared_ptr<T> object, table.Get(handle, argument));
  if (object->alive()) return object;
  return WithHazard(
      BadHandle(kind, reinterpret_cast<uint64_t>(handle), argument,
                Fault::kRtInvalidHandle, BadValue::kStale),
      /*hazard=*/44);
}

absl::StatusOr<std::unique_ptr<Node>> MakeNode() {
  ASSIGN_OR_RETURN(Config config, ConfigFromEnvironment(&std::getenv));
  config.devices = CountVisibleDevices(std::getenv("ASCEND_RT_VISIBLE_DEVICES"),
                                       config.devices);
  if (const absl::Status status = LoadOpLibraries(config.op_library);
      !status.ok()) {
    // Also for programs that do not look at what aclInit returns.
    std::fprintf(stderr, "npuemu: %s\n",
                 std::string(status.message()).c_str());
    return status;
  }
  kernels::SetKernelThreads(static_cast<int>(config.threads));
  kernels::SetWorkerHooks(&EnterWork, &LeaveWork);
  return Node::Create(config);
}

}  // namespace

Process& Process::Get() {
  static Process* process = new Process();
  return *process;
}

absl::StatusOr<Node*> Process::node() {
  Node* ready = ready_.load(std::memory_order_acquire);
  if (ready != nullptr && !forked_.load(std::memory_order_relaxed)) {
    return ready;
  }
  if (forked_) {
    return FaultError(Fault::kRtDevSetupError,
                      "this process was forked from one that had used ACL; "
                      "its devices stay with the parent. Fork before the "
                      "first ACL call, or call exec");
  }
  const std::lock_guard<std::mutex> guard(mutex_);
  if (!tried_) {
    tried_ = true;
    auto node = MakeNode();
    failure_ = node.status();
    if (node.ok()) {
      node_ = *std::move(node);
      g_node_for_check = node_.get();
      SetCheckContext(&PrintContext);
      failure_ = InstallFaultHandler(&node_->memory());
      if (node_->host_watch() != nullptr && node_->host_watch()->pages()) {
        SetTouchHandler(&OnTouch);
        HostHooks().on_touch(&OnSystemCall);
      }
      pthread_atfork(nullptr, nullptr, [] { Get().forked_ = true; });
      std::atexit([] {
        // A forked child has no part in what the parent still does.
        if (!Get().forked_.load()) Get().node_->Finish();
      });
      if (failure_.ok()) ready_.store(node_.get(), std::memory_order_release);
    }
  }
  if (!failure_.ok()) return failure_;
  return node_.get();
}

HostThread& Process::thread() {
  thread_local std::unique_ptr<HostThread> thread = node_->MakeThread();
  return *thread;
}

absl::StatusOr<std::shared_ptr<Stream>> Process::FindStream(
    Call& call, const void* handle, bool same_context) {
  if (handle == nullptr) {
    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
    return context->default_stream();
  }
  ASSIGN_OR_RETURN(std::shared_ptr<Stream> stream,
                   streams.Get(handle, "stream"));
  if (stream->destroyed) {
    absl::Status stale =
        BadHandle(HandleKind::kStream, reinterpret_cast<uint64_t>(handle),
                  "stream", Fault::kRtInvalidHandle, BadValue::kStale);
    if (!stream->destroyed_with_context) return stale;
    return WithHazard(std::move(stale), /*hazard=*/44);
  }
  if (same_context) {
    ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
    if (stream->context != context) {
      return FaultError(
          Fault::kRtStreamContext,
          absl::StrCat("stream s", stream->queue.id, " belongs to context ",
                       stream->context->id(), ", the thread's current context "
                       "is ", context->id(),
                       ". Call aclrtSetCurrentContext first"));
    }
  }
  return stream;
}

absl::StatusOr<std::shared_ptr<SyncEvent>> Process::FindEvent(
    const void* handle, const char* argument) {
  return FindAlive(events, HandleKind::kEvent, handle, argument);
}

absl::StatusOr<std::shared_ptr<Notify>> Process::FindNotify(
    const void* handle, const char* argument) {
  return FindAlive(notifies, HandleKind::kNotify, handle, argument);
}

}  // namespace npuemu::shim
