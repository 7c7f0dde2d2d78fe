#include "emulator/device/context.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/callback_queue.h"

namespace npuemu {

// Makes a context with its default stream (R19).
absl::StatusOr<std::shared_ptr<Context>> MakeContext(Call& call,
                                                     Device* device,
                                                     bool primary) {
  auto context =
      std::make_shared<Context>(call.node.NextContextId(), device, primary);
  ASSIGN_OR_RETURN(context->default_stream_,
                   CreateStream(call, context.get(), /*priority=*/0,
                                /*flags=*/0, /*is_default=*/true));
  ++device->contexts;
  return context;
}

// Ends a context: waits for its tasks, or drops them where `wait` is false
// (R22), then its streams.
absl::Status TearDown(Call& call, Context* context, bool wait) {
  absl::Status result;
  if (wait) result = SynchronizeContext(call, context, std::nullopt);
  const std::vector<std::shared_ptr<Stream>> streams = context->streams_;
  for (const auto& stream : streams) {
    if (stream->destroyed) continue;  // a graph's, with its capture
    stream->destroyed_with_context = true;
    result.Update(DestroyStream(call, stream.get(), /*force=*/true));
  }
  if (context->host_functions != nullptr) {
    StopHostThread(call, context->host_functions.get());
  }
  context->destroyed_ = true;
  --context->device_->contexts;
  return result;
}

namespace {

// Nothing of the process is left on the device: events, notifies and memory go
// with its last context (R14).
void ReleaseDevice(Call& call, Device* device) {
  ++device->epoch;
  device->events = 0;
  device->notifies = 0;
  if (device->primary_reserved) --device->streams;
  device->primary_reserved = false;
  call.node.memory().FreeAll(device->id);
  if (call.node.log().checking()) {
    call.Log(EventKind::kDeviceReset, device->id, -1, 0, 0);
  }
}

}  // namespace

void Context::AddStream(std::shared_ptr<Stream> stream) {
  streams_.push_back(std::move(stream));
}

void Context::RemoveStream(const Stream* stream) {
  std::erase_if(streams_,
                [&](const auto& other) { return other.get() == stream; });
}

absl::StatusOr<Context*> CurrentContext(Call& call) {
  HostThread& thread = call.thread;
  if (thread.explicit_context != nullptr) {
    if (!thread.explicit_context->destroyed()) {
      return thread.explicit_context.get();
    }
  } else if (thread.primary_device >= 0) {
    ASSIGN_OR_RETURN(Device * device,
                     call.node.FindDevice(thread.primary_device));
    if (device->primary != nullptr) return device->primary.get();
  } else if (call.node.default_device >= 0) {
    // An implicit aclrtSetDevice on threads that have none (R18).
    RETURN_IF_ERROR(SetDevice(call, call.node.default_device));
    return CurrentContext(call);
  }
  return FaultError(Fault::kRtContextNull,
                    absl::StrCat("No valid context is bound to the current "
                                 "thread. Call aclrtSetDevice or "
                                 "aclrtSetCurrentContext before ",
                                 call.name));
}

absl::Status SetDevice(Call& call, int id) {
  ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(id));
  if (device->primary == nullptr) {
    if (device->primary_reserved) --device->streams;
    device->primary_reserved = false;
    auto context = MakeContext(call, device, /*primary=*/true);
    if (!context.ok()) {
      return FaultError(Fault::kRtDevSetupError,
                        absl::StrCat("device ", id, " cannot be set up: ",
                                     context.status().message()));
    }
    device->primary = *std::move(context);
  }
  ++device->references;
  call.thread.primary_device = id;
  call.thread.explicit_context = nullptr;
  return absl::OkStatus();
}

absl::Status ResetDevice(Call& call, int id, bool force) {
  ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(id));
  if (device->references == 0) {
    return FaultError(
        Fault::kRtContextReleaseError,
        absl::StrCat("device ", id, " is not set: aclrtResetDevice was called "
                     "more often than aclrtSetDevice. Pair the calls"));
  }
  device->references = force ? 0 : device->references - 1;
  if (device->references > 0) return absl::OkStatus();
  const std::shared_ptr<Context> primary = std::move(device->primary);
  device->primary = nullptr;
  const absl::Status result = TearDown(call, primary.get(), /*wait=*/true);
  if (device->contexts == 0) ReleaseDevice(call, device);
  return result;
}

absl::StatusOr<std::shared_ptr<Context>> CreateContext(Call& call, int id) {
  ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(id));
  // The first context on a device that was not set takes two streams: its own
  // and the device's primary one (R19).
  const bool first = device->contexts == 0;
  ASSIGN_OR_RETURN(auto context, MakeContext(call, device, /*primary=*/false));
  if (first) {
    device->primary_reserved = true;
    ++device->streams;
  }
  call.thread.explicit_context = context;
  return context;
}

absl::Status DestroyContext(Call& call, Context* context) {
  if (context->primary()) {
    return FaultError(Fault::kRtContextNull,
                      "Primary context cannot be destroyed explicitly; call "
                      "aclrtResetDevice",
                      "EE1017");
  }
  if (context->destroyed()) {
    return FaultError(Fault::kRtContextNull,
                      "The context has already been destroyed", "EE1017");
  }
  const absl::Status result = TearDown(call, context, /*wait=*/false);
  if (call.thread.explicit_context.get() == context) {
    call.thread.explicit_context = nullptr;
    call.thread.primary_device = -1;
  }
  Device& device = context->device();
  if (device.contexts == 0) ReleaseDevice(call, &device);
  return result;
}

absl::Status SetCurrentContext(Call& call, std::shared_ptr<Context> context) {
  if (context != nullptr && context->destroyed()) {
    return FaultError(Fault::kRtContextNull,
                      "The context has already been destroyed", "EE1017");
  }
  call.thread.explicit_context = std::move(context);
  if (call.thread.explicit_context == nullptr) {
    call.thread.primary_device = -1;
  }
  return absl::OkStatus();
}

absl::StatusOr<int> CurrentDevice(Call& call) {
  const HostThread& thread = call.thread;
  if (thread.explicit_context == nullptr && thread.primary_device < 0 &&
      call.node.default_device >= 0) {
    return call.node.default_device;
  }
  ASSIGN_OR_RETURN(Context * context, CurrentContext(call));
  return context->device().id;
}

absl::Status SynchronizeContext(Call& call, Context* context,
                                std::optional<SimDuration> timeout) {
  absl::Status first;
  // Ordinary streams in order of creation, then the default stream (R46).
  std::vector<std::shared_ptr<Stream>> streams = context->streams();
  if (!streams.empty()) {
    std::rotate(streams.begin(), streams.begin() + 1, streams.end());
  }
  const SimTime begun = call.now;
  for (const auto& stream : streams) {
    std::optional<SimDuration> left = timeout;
    if (left) left = std::max(SimDuration(1), *timeout - (call.now - begun));
    first.Update(SynchronizeStream(call, stream.get(), left));
  }
  return first;
}

}  // namespace npuemu
