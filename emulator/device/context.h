// File: context.h
// Contexts, the device references behind the primary one, and what is current
// for a thread (semantics.md section 2).

#ifndef EMULATOR_DEVICE_CONTEXT_H_
#define EMULATOR_DEVICE_CONTEXT_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu {

class Context : public std::enable_shared_from_this<Context> {
 public:
  Context(int id, Device* device, bool primary)
      : id_(id), device_(device), primary_(primary) {}

  int id() const { return id_; }
  Device& device() { return *device_; }
  bool primary() const { return primary_; }
  bool destroyed() const { return destroyed_; }
  FailureDomain& failure_domain() { return failure_domain_; }
  const std::shared_ptr<Stream>& default_stream() { return default_stream_; }
  // Explicit and default streams in order of creation.
  const std::vector<std::shared_ptr<Stream>>& streams() { return streams_; }

  void AddStream(std::shared_ptr<Stream> stream);
  void RemoveStream(const Stream* stream);

  // aclrtCtxSetSysParamOpt (R26).
  std::map<int, int64_t> sys_params;
  // The thread of aclrtLaunchHostFunc; null until its first use (R110).
  std::shared_ptr<CallbackQueue> host_functions;
  // Captures that go on, in order of their begin (R160).
  std::vector<std::shared_ptr<Graph>> captures;

 private:
  friend absl::StatusOr<std::shared_ptr<Context>> MakeContext(Call&, Device*,
                                                              bool);
  friend absl::Status TearDown(Call&, Context*, bool);

  const int id_;
  Device* const device_;
  const bool primary_;
  bool destroyed_ = false;
  FailureDomain failure_domain_;
  std::shared_ptr<Stream> default_stream_;
  std::vector<std::shared_ptr<Stream>> streams_;
};

// The context that a call uses (R11); kRtContextNull (107002) if none.
absl::StatusOr<Context*> CurrentContext(Call& call);

// aclrtSetDevice / aclrtResetDevice / aclrtResetDeviceForce (R13-R16).
absl::Status SetDevice(Call& call, int device);
absl::Status ResetDevice(Call& call, int device, bool force);

// Explicit contexts (R19-R21). Creating makes it current.
absl::StatusOr<std::shared_ptr<Context>> CreateContext(Call& call, int device);
absl::Status DestroyContext(Call& call, Context* context);
absl::Status SetCurrentContext(Call& call, std::shared_ptr<Context> context);

// The thread's device id (R17).
absl::StatusOr<int> CurrentDevice(Call& call);

// Waits for all streams of the current context (R46).
absl::Status SynchronizeContext(Call& call, Context* context,
                                std::optional<SimDuration> timeout);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_CONTEXT_H_
