// File: report_threads.h
// Which user thread serves the host functions of which streams (R105-R113).
// Used under the node's lock (a Call proves it).

#ifndef ACL_SHIM_RT_STREAM_REPORT_THREADS_H_
#define ACL_SHIM_RT_STREAM_REPORT_THREADS_H_

#include <cstdint>
#include <memory>

#include "emulator/base/status.h"
#include "emulator/device/callback_queue.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

// Binds the stream to the thread, named by the value of its pthread_self().
// Errors: kRtStreamSubscribe (107011) for a bound stream, kRtThreadSubscribe
// (107012) for a thread that serves another device, kRtResourceAllocFail
// beyond 1024 threads.
absl::Status SubscribeReport(Call& call, uint64_t thread_id, Stream* stream);

// Waits until no host function of the stream is under way, then unbinds it.
// Errors: kRtThreadSubscribe for a thread without streams, kRtStreamSubscribe
// for a stream that is not bound to it.
absl::Status UnsubscribeReport(Call& call, uint64_t thread_id, Stream* stream);

// The queue of the calling thread. Error: kRtThreadSubscribe.
absl::StatusOr<std::shared_ptr<CallbackQueue>> ReportQueueOfThisThread(
    Call& call);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_STREAM_REPORT_THREADS_H_
