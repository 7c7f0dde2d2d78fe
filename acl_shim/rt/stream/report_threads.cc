#include "acl_shim/rt/stream/report_threads.h"

#include <pthread.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "emulator/device/host_wait.h"

namespace npuemu::shim {
namespace {

// By thread id. An entry whose last stream has gone counts as no entry.
using Queues = std::map<uint64_t, std::shared_ptr<CallbackQueue>>;

Queues& AllQueues() {
  static auto* queues = new Queues();
  return *queues;
}

std::shared_ptr<CallbackQueue> Find(uint64_t thread_id) {
  const auto found = AllQueues().find(thread_id);
  if (found == AllQueues().end()) return nullptr;
  return found->second->streams.empty() ? nullptr : found->second;
}

size_t Subscribed() {
  size_t count = 0;
  for (const auto& [id, queue] : AllQueues()) {
    if (!queue->streams.empty()) ++count;
  }
  return count;
}

absl::Status NotSubscribed(uint64_t thread_id) {
  return FaultError(
      Fault::kRtThreadSubscribe,
      absl::StrCat("thread ", thread_id, " serves no stream. Call "
                   "aclrtSubscribeReport for it first"));
}

// The last entry of the stream that belongs to a host function; 0: none.
uint64_t LastHostEntry(const Stream& stream) {
  for (auto it = stream.queue.pending.rbegin();
       it != stream.queue.pending.rend(); ++it) {
    if (it->unit == Unit::kHost || it->target == stream.callback_signal) {
      return it->seq;
    }
  }
  return 0;
}

}  // namespace

absl::Status SubscribeReport(Call&, uint64_t thread_id, Stream* stream) {
  if (stream->callbacks != nullptr) {
    return FaultError(
        Fault::kRtStreamSubscribe,
        absl::StrCat("stream s", stream->queue.id,
                     stream->host_function_launched
                         ? " has launched a function by aclrtLaunchHostFunc"
                         : " is subscribed already",
                     "; expected a stream without callbacks"));
  }
  const int device = stream->queue.device;
  std::shared_ptr<CallbackQueue> queue = Find(thread_id);
  if (queue != nullptr && queue->device != device) {
    return FaultError(
        Fault::kRtThreadSubscribe,
        absl::StrCat("thread ", thread_id, " serves streams of device ",
                     queue->device, ", the stream is on device ", device,
                     ". Use another thread"));
  }
  if (queue == nullptr) {
    if (Subscribed() >= kMaxReportThreads) {
      return FaultError(Fault::kRtResourceAllocFail,
                        absl::StrCat(Subscribed(), " threads are subscribed; "
                                     "expected at most ", kMaxReportThreads));
    }
    queue = std::make_shared<CallbackQueue>(device);
    AllQueues()[thread_id] = queue;
  }
  queue->Bind(stream);
  stream->callbacks = std::move(queue);
  return absl::OkStatus();
}

absl::Status UnsubscribeReport(Call& call, uint64_t thread_id,
                               Stream* stream) {
  const std::shared_ptr<CallbackQueue> queue = Find(thread_id);
  if (queue == nullptr) return NotSubscribed(thread_id);
  if (stream->callbacks != queue) {
    return FaultError(Fault::kRtStreamSubscribe,
                      absl::StrCat("stream s", stream->queue.id,
                                   " is not subscribed by thread ",
                                   thread_id));
  }
  if (const uint64_t last = LastHostEntry(*stream); last != 0) {
    Goal goal;
    goal.roots.push_back({&stream->queue, last});
    RETURN_IF_ERROR(WaitFor(call, goal,
                            {"the host functions of the stream",
                             Fault::kRtReportTimeout, std::nullopt,
                             Fault::kRtReportTimeout}));
  }
  if (stream->callbacks != queue) return absl::OkStatus();  // done meanwhile
  queue->Unbind(stream);
  stream->callbacks = nullptr;
  return absl::OkStatus();
}

absl::StatusOr<std::shared_ptr<CallbackQueue>> ReportQueueOfThisThread(Call&) {
  const auto id = static_cast<uint64_t>(pthread_self());
  std::shared_ptr<CallbackQueue> queue = Find(id);
  if (queue == nullptr) return NotSubscribed(id);
  return queue;
}

}  // namespace npuemu::shim
