// Callbacks for tasks that fail. A failure is noted under the node's lock; the
// callbacks run at the end of the call that saw it, when the lock is released,
// so that they may call this library.

#include <sys/syscall.h>
#include <unistd.h>

#include <mutex>
#include <utility>
#include <vector>

#include "acl/acl_rt.h"
#include "acl_shim/core/value_call.h"
#include "acl_shim/core/api_call.h"
#include "emulator/base/tsan.h"
#include "emulator/sched/stream_queue.h"
#include "emulator/task/task.h"

// What a callback may ask about.
struct rtExceptionInfo {
  uint32_t device;
  uint32_t stream;
  uint32_t task;  // its number in the stream
  uint32_t code;
};

namespace npuemu::shim {
namespace {

struct Exceptions {
  std::mutex mutex;
  aclrtExceptionInfoCallback single = nullptr;  // aclrtSetExceptionInfoCallback
  std::vector<aclrtExceptionInfoCallback> registered;
  std::vector<rtExceptionInfo> noted;
};

Exceptions& All() {
  static auto* all = new Exceptions();
  return *all;
}

std::vector<aclrtExceptionInfoCallback> Callbacks(const Exceptions& all) {
  std::vector<aclrtExceptionInfoCallback> callbacks = all.registered;
  if (all.single != nullptr) callbacks.insert(callbacks.begin(), all.single);
  return callbacks;
}

void Note(const Task& task) {
  Exceptions& all = All();
  const std::lock_guard<std::mutex> guard(all.mutex);
  if (Callbacks(all).empty()) return;
  all.noted.push_back({static_cast<uint32_t>(task.queue->device),
                       static_cast<uint32_t>(task.queue->id),
                       static_cast<uint32_t>(task.seq),
                       static_cast<uint32_t>(task.fault)});
}

void DeliverNoted() {
  std::vector<rtExceptionInfo> infos;
  std::vector<aclrtExceptionInfoCallback> callbacks;
  {
    Exceptions& all = All();
    const std::lock_guard<std::mutex> guard(all.mutex);
    if (all.noted.empty()) return;
    infos = std::exchange(all.noted, {});
    callbacks = Callbacks(all);
  }
  const tsan::Theirs theirs;
  for (rtExceptionInfo& info : infos) {
    for (const aclrtExceptionInfoCallback callback : callbacks) {
      callback(&info);
    }
  }
}

// From the first registration on.
void Watch(Call& call) {
  call.node.scheduler().OnFault(&Note);
  after_node_call.store(&DeliverNoted, std::memory_order_release);
}

absl::Status Register(Call& call, aclrtExceptionInfoCallback callback) {
  RETURN_IF_NULL(callback);
  Watch(call);
  Exceptions& all = All();
  const std::lock_guard<std::mutex> guard(all.mutex);
  for (const auto known : all.registered) {
    if (known == callback) {
      return InvalidValue(Fault::kInvalidParam, "callback",
                          "a registered function",
                          "one that is not registered yet");
    }
  }
  all.registered.push_back(callback);
  return absl::OkStatus();
}

absl::Status Unregister(aclrtExceptionInfoCallback callback) {
  RETURN_IF_NULL(callback);
  Exceptions& all = All();
  const std::lock_guard<std::mutex> guard(all.mutex);
  if (std::erase(all.registered, callback) > 0) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, "callback", "an unknown function",
                      "one of aclrtExceptionInfoCallbackRegister");
}

// A field of the info; 0xffffffff for null.
uint32_t FieldOf(const char* function, const aclrtExceptionInfo* info,
                 uint32_t rtExceptionInfo::*field) {
  return ValueCall<uint32_t>(function, UINT32_MAX,
                             [&]() -> absl::StatusOr<uint32_t> {
                               RETURN_IF_NULL(info);
                               return info->*field;
                             });
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtSetExceptionInfoCallback(aclrtExceptionInfoCallback callback) {
  return NodeCall("aclrtSetExceptionInfoCallback", Args(callback),
                  [&](Call& call) {
                    Watch(call);
                    const std::lock_guard<std::mutex> guard(All().mutex);
                    All().single = callback;
                    return absl::OkStatus();
                  });
}

aclError aclrtExceptionInfoCallbackRegister(
    aclrtExceptionInfoCallback callback) {
  return NodeCall("aclrtExceptionInfoCallbackRegister", Args(callback),
                  [&](Call& call) { return Register(call, callback); });
}

aclError aclrtExceptionInfoCallbackUnregister(
    aclrtExceptionInfoCallback callback) {
  return ApiCall("aclrtExceptionInfoCallbackUnregister",
                 [&] { return Unregister(callback); });
}

uint32_t aclrtGetDeviceIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return FieldOf("aclrtGetDeviceIdFromExceptionInfo", info,
                 &rtExceptionInfo::device);
}

uint32_t aclrtGetStreamIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return FieldOf("aclrtGetStreamIdFromExceptionInfo", info,
                 &rtExceptionInfo::stream);
}

uint32_t aclrtGetTaskIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return FieldOf("aclrtGetTaskIdFromExceptionInfo", info,
                 &rtExceptionInfo::task);
}

uint32_t aclrtGetErrorCodeFromExceptionInfo(const aclrtExceptionInfo* info) {
  return FieldOf("aclrtGetErrorCodeFromExceptionInfo", info,
                 &rtExceptionInfo::code);
}

// Callbacks run on the thread whose call saw the failure.
uint32_t aclrtGetThreadIdFromExceptionInfo(const aclrtExceptionInfo* info) {
  return ValueCall<uint32_t>("aclrtGetThreadIdFromExceptionInfo", UINT32_MAX,
                             [&]() -> absl::StatusOr<uint32_t> {
                               RETURN_IF_NULL(info);
                               return static_cast<uint32_t>(
                                   syscall(SYS_gettid));
                             });
}
