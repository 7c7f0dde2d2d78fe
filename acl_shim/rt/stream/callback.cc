// Host functions on streams (R105-R113).

#include <algorithm>
#include <string>
#include <vector>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/stream/report_threads.h"
#include "acl_shim/rt/stream/timeouts.h"
#include "emulator/device/callback_queue.h"

namespace npuemu::shim {
namespace {

absl::Status Launch(Call& call, aclrtCallback fn, void* user_data,
                    aclrtCallbackBlockType block, aclrtStream handle) {
  RETURN_IF_NULL(fn);
  if (block != ACL_CALLBACK_NO_BLOCK && block != ACL_CALLBACK_BLOCK) {
    return InvalidValue(Fault::kInvalidParam, "blockType",
                        std::to_string(static_cast<int>(block)),
                        "0 (ACL_CALLBACK_NO_BLOCK) or 1 (ACL_CALLBACK_BLOCK)");
  }
  ASSIGN_OR_RETURN(const auto stream, Process::Get().FindStream(call, handle));
  if (stream->callbacks == nullptr || stream->host_function_launched) {
    return FaultError(Fault::kRtStreamNoCbReg,
                      "The stream has no thread for its callbacks. Call "
                      "aclrtSubscribeReport first",
                      "EE1018");
  }
  return LaunchHostFunction(call, stream.get(), fn, user_data,
                            block == ACL_CALLBACK_BLOCK);
}

// Streams may be destroyed while the thread waits for their functions.
std::vector<std::shared_ptr<Stream>> KeepAlive(const CallbackQueue& queue) {
  std::vector<std::shared_ptr<Stream>> kept;
  for (Stream* stream : queue.streams) {
    for (const auto& other : stream->context->streams()) {
      if (other.get() == stream) kept.push_back(other);
    }
  }
  return kept;
}

absl::Status ServeReports(Call& call, int32_t timeout) {
  ASSIGN_OR_RETURN(const auto limit,
                   HostTimeout(timeout, Fault::kInvalidParam));
  ASSIGN_OR_RETURN(const auto queue, ReportQueueOfThisThread(call));
  const auto kept = KeepAlive(*queue);
  return ProcessReport(call, queue, limit);
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtSubscribeReport(uint64_t threadId, aclrtStream stream) {
  return NodeCall("aclrtSubscribeReport", Args(stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return SubscribeReport(call, threadId, found.get());
                  });
}

aclError aclrtUnSubscribeReport(uint64_t threadId, aclrtStream stream) {
  return NodeCall("aclrtUnSubscribeReport", Args(stream),
                  [&](Call& call) -> absl::Status {
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return UnsubscribeReport(call, threadId, found.get());
                  });
}

aclError aclrtLaunchCallback(aclrtCallback fn, void* userData,
                             aclrtCallbackBlockType blockType,
                             aclrtStream stream) {
  return NodeCall("aclrtLaunchCallback", Args(fn, userData, blockType, stream),
                  [&](Call& call) {
                    return Launch(call, fn, userData, blockType, stream);
                  });
}

aclError aclrtLaunchHostFunc(aclrtStream stream, aclrtHostFunc fn,
                             void* args) {
  return NodeCall("aclrtLaunchHostFunc", Args(stream, fn, args),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(fn);
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return LaunchOnContextThread(call, found.get(), fn, args);
                  });
}

aclError aclrtProcessReport(int32_t timeout) {
  return NodeCall("aclrtProcessReport", Args(timeout),
                  [&](Call& call) { return ServeReports(call, timeout); });
}
