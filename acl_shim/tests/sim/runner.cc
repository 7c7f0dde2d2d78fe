#include "acl_shim/tests/sim/runner.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "acl/acl_op.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::sim {
namespace {

constexpr size_t kBytes = kWords * sizeof(uint32_t);
// What R136 asks a buffer of a static model to have.
constexpr size_t kRoom = (kBytes + 31) / 32 * 32 + 32;

void Require(aclError result, const char* what) {
  if (result == ACL_SUCCESS) return;
  std::fprintf(stderr, "sim: %s returned %d: %s\n", what, result,
               aclGetRecentErrMsg());
  std::abort();
}

struct HostCall {
  uint32_t* words;
  uint32_t value;
};

void AddOnHost(void* argument) {
  const auto* call = static_cast<const HostCall*>(argument);
  for (size_t i = 0; i < kWords; ++i) call->words[i] += call->value;
}

// The objects of one run.
class Run {
 public:
  explicit Run(const Program& program) {
    streams_.resize(static_cast<size_t>(program.streams));
    events_.resize(static_cast<size_t>(program.events));
    recorded_.resize(events_.size());
    device_.resize(static_cast<size_t>(program.device_buffers));
    host_.resize(static_cast<size_t>(program.host_buffers));
    for (aclrtStream& stream : streams_) {
      Require(aclrtCreateStream(&stream), "aclrtCreateStream");
    }
    for (aclrtEvent& event : events_) {
      Require(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC),
              "aclrtCreateEventExWithFlag");
    }
    for (void*& memory : device_) {
      Require(aclrtMalloc(&memory, kRoom, ACL_MEM_MALLOC_HUGE_FIRST),
              "aclrtMalloc");
      Require(aclrtMemset(memory, kRoom, 0, kRoom), "aclrtMemset");
      buffers_.push_back(aclCreateDataBuffer(memory, kRoom));
    }
    for (size_t b = 0; b < host_.size(); ++b) {
      void* memory = nullptr;
      Require(aclrtMallocHost(&memory, kBytes), "aclrtMallocHost");
      host_[b] = static_cast<uint32_t*>(memory);
      for (size_t i = 0; i < kWords; ++i) {
        host_[b][i] = static_cast<uint32_t>(1000 * (b + 1) + i);
      }
    }
    calls_.reserve(program.steps.size());
    MakeHandles();
  }

  // Handles first: one that outlives a stream it ran on is misuse (I11).
  ~Run() {
    for (aclopHandle* handle : handles_) aclopDestroyHandle(handle);
    for (aclrtStream stream : streams_) aclrtDestroyStream(stream);
    for (aclrtEvent event : events_) aclrtDestroyEvent(event);
    for (aclDataBuffer* buffer : buffers_) aclDestroyDataBuffer(buffer);
    for (void* memory : device_) aclrtFree(memory);
    for (uint32_t* memory : host_) aclrtFreeHost(memory);
  }

  // False: the step was answered wrongly.
  bool Do(const Step& step) {
    if (step.kind == StepKind::kHostWrite) {
      HostCall call{Host(step.to), step.value};
      AddOnHost(&call);
      return true;
    }
    if (step.kind == StepKind::kHostCheck) {
      outcome_.checks.emplace_back(Host(step.from), Host(step.from) + kWords);
      return true;
    }
    if (step.kind == StepKind::kMisuse) return Misuse(step);
    return Call(step) == ACL_SUCCESS;
  }

  Outcome Finish() {
    Require(aclrtSynchronizeDevice(), "aclrtSynchronizeDevice");
    for (void* memory : device_) {
      Words words(kWords);
      Require(aclrtMemcpy(words.data(), kBytes, memory, kBytes,
                          ACL_MEMCPY_DEVICE_TO_HOST),
              "aclrtMemcpy");
      outcome_.device.push_back(std::move(words));
    }
    for (const uint32_t* memory : host_) {
      outcome_.host.emplace_back(memory, memory + kWords);
    }
    return std::move(outcome_);
  }

 private:
  void MakeHandles() {
    const int64_t count = kWords;
    aclTensorDesc* desc =
        aclCreateTensorDesc(ACL_INT32, 1, &count, ACL_FORMAT_ND);
    const aclTensorDesc* descs[] = {desc, desc};
    for (const char* name : kOperators) {
      aclopHandle* handle = nullptr;
      Require(aclopCreateHandle(name, 2, descs, 1, descs, nullptr, &handle),
              "aclopCreateHandle");
      handles_.push_back(handle);
    }
    aclDestroyTensorDesc(desc);
  }

  void* Device(int i) { return device_[static_cast<size_t>(i)]; }
  uint32_t* Host(int i) { return host_[static_cast<size_t>(i)]; }
  aclDataBuffer* Buffer(int i) { return buffers_[static_cast<size_t>(i)]; }
  aclrtStream Stream(const Step& step) {
    return streams_[static_cast<size_t>(step.stream)];
  }
  aclrtEvent Event(const Step& step) {
    return events_[static_cast<size_t>(step.from)];
  }

  aclError Launch(const Step& step) {
    const aclDataBuffer* inputs[] = {Buffer(step.from), Buffer(step.from2)};
    aclDataBuffer* outputs[] = {Buffer(step.to)};
    return aclopExecWithHandle(handles_[step.value], 2, inputs, 1, outputs,
                               Stream(step));
  }

  aclError Call(const Step& step) {
    const auto event = static_cast<size_t>(step.from);
    switch (step.kind) {
      case StepKind::kLaunch:
        return Launch(step);
      case StepKind::kCopyIn:
        return aclrtMemcpyAsync(Device(step.to), kBytes, Host(step.from),
                                kBytes, ACL_MEMCPY_HOST_TO_DEVICE,
                                Stream(step));
      case StepKind::kCopyOut:
        return aclrtMemcpyAsync(Host(step.to), kBytes, Device(step.from),
                                kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                                Stream(step));
      case StepKind::kCopyDevice:
        return aclrtMemcpyAsync(Device(step.to), kBytes, Device(step.from),
                                kBytes, ACL_MEMCPY_DEVICE_TO_DEVICE,
                                Stream(step));
      case StepKind::kSet:
        return aclrtMemsetAsync(Device(step.to), kRoom,
                                static_cast<int32_t>(step.value & 255),
                                kBytes, Stream(step));
      case StepKind::kHostFunc:
        calls_.push_back({Host(step.to), step.value});
        return aclrtLaunchHostFunc(Stream(step), AddOnHost, &calls_.back());
      case StepKind::kRecord:
        recorded_[event] = true;
        return aclrtRecordEvent(Event(step), Stream(step));
      case StepKind::kWait:
        if (!recorded_[event]) return ACL_SUCCESS;  // R59: would never end
        return aclrtStreamWaitEvent(Stream(step), Event(step));
      case StepKind::kSyncStream:
        return aclrtSynchronizeStream(Stream(step));
      case StepKind::kSyncEvent:
        return recorded_[event] ? aclrtSynchronizeEvent(Event(step))
                                : ACL_SUCCESS;
      case StepKind::kSyncDevice:
        return aclrtSynchronizeDevice();
      default:
        return Poll(step);
    }
  }

  aclError Poll(const Step& step) {
    aclrtStreamStatus stream = ACL_STREAM_STATUS_RESERVED;
    aclrtEventRecordedStatus event = ACL_EVENT_RECORDED_STATUS_NOT_READY;
    const aclError first = aclrtStreamQuery(Stream(step), &stream);
    const aclError second = aclrtQueryEventStatus(Event(step), &event);
    return first != ACL_SUCCESS ? first : second;
  }

  // Each must be refused, and leave everything as it was.
  bool Misuse(const Step& step) {
    void* memory = Device(step.to);
    switch (step.value) {
      case 0:
        return aclrtMemcpyAsync(memory, kBytes, nullptr, kBytes,
                                ACL_MEMCPY_HOST_TO_DEVICE,
                                Stream(step)) != ACL_SUCCESS;
      case 1:
        return aclrtMemcpyAsync(memory, kBytes - 1, Host(0), kBytes,
                                ACL_MEMCPY_HOST_TO_DEVICE,
                                Stream(step)) != ACL_SUCCESS;
      case 2:
        return aclrtRecordEvent(Stream(step), Stream(step)) != ACL_SUCCESS;
      case 3:
        return aclrtSynchronizeStream(Event(step)) != ACL_SUCCESS;
      case 4:
        return aclrtMemsetAsync(memory, kRoom, 7, kRoom + 1, Stream(step)) !=
               ACL_SUCCESS;
      default:
        return WrongCount(step);
    }
  }

  bool WrongCount(const Step& step) {
    const aclDataBuffer* inputs[] = {Buffer(0)};
    aclDataBuffer* outputs[] = {Buffer(step.to)};
    return aclopExecWithHandle(handles_[0], 1, inputs, 1, outputs,
                               Stream(step)) != ACL_SUCCESS;
  }

  std::vector<aclopHandle*> handles_;  // by Step::value
  std::vector<aclrtStream> streams_;
  std::vector<aclrtEvent> events_;
  std::vector<bool> recorded_;
  std::vector<void*> device_;
  std::vector<uint32_t*> host_;
  std::vector<aclDataBuffer*> buffers_;
  std::vector<HostCall> calls_;  // reserved: host functions point into it
  Outcome outcome_;
};

}  // namespace

Session::Session() {
  Require(aclrtSetDevice(0), "aclrtSetDevice");
  om::OmTensor tensor;
  tensor.spec = {kernels::DataType::kInt32, kernels::Format::kNd, {kWords}};
  for (const char* name : kOperators) {
    om::SingleOpModel model;
    model.op_type = name;
    model.inputs = {tensor, tensor};
    model.outputs = {tensor};
    const std::vector<std::byte> bytes = om::Encode(model);
    Require(aclopLoad(bytes.data(), bytes.size()), "aclopLoad");
  }
}

Session::~Session() { aclrtResetDevice(0); }

void Session::JoinThread() { Require(aclrtSetDevice(0), "aclrtSetDevice"); }

Outcome Session::Run(const Program& program, std::string* problem) {
  sim::Run run(program);
  for (size_t i = 0; i < program.steps.size(); ++i) {
    if (run.Do(program.steps[i])) continue;
    const char* message = aclGetRecentErrMsg();
    *problem = "step " + std::to_string(i) + " was answered wrongly: " +
               (message == nullptr ? "no message" : message);
    break;
  }
  return run.Finish();
}

}  // namespace npuemu::sim
