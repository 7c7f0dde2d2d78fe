#include "acl_shim/aclnn/executor.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "absl/container/inlined_vector.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "acl_shim/aclnn/objects.h"
#include "acl_shim/aclnn/places.h"
#include "acl_shim/core/enqueue_op.h"
#include "acl_shim/core/strided_copy.h"
#include "emulator/base/check.h"
#include "emulator/device/capture.h"
#include "emulator/memory/device_memory.h"

namespace npuemu::shim::nn {
namespace {

// What a tensor without data is at: no device memory, so that a kernel which
// reads it fails as on the device.
constexpr uint64_t kNowhere = 1;

class PlanLaunch {
 public:
  PlanLaunch(const Executor& executor, uint64_t workspace)
      : executor_(executor), workspace_(workspace) {}

  Task Make(Call& call, const Stream& stream, const Step& step) const {
    Task task = step.op == nullptr ? Copy(call.node, stream, step)
                                   : Kernel(call, stream, step);
    if (step.names != nullptr) task.names = step.names;
    return task;
  }

  // The elements (int64) of a place whose kernel has run.
  std::span<const int64_t> Numbers(const DeviceMemory& memory,
                                   int number) const {
    const kernels::TensorSpec& spec = PlaceAt(number).spec;
    const std::byte* const data =
        memory.Translate(Address(number), spec.bytes());
    NPUEMU_CHECK(data != nullptr);
    return {reinterpret_cast<const int64_t*>(data),
            static_cast<size_t>(spec.count())};
  }

 private:
  Task Kernel(Call& call, const Stream& stream, const Step& step) const {
    absl::InlinedVector<uint64_t, 6> inputs;
    absl::InlinedVector<uint64_t, 4> outputs;
    for (int place : step.inputs) inputs.push_back(Address(place));
    for (int place : step.outputs) outputs.push_back(Address(place));
    const uint64_t scratch = step.op->workspace == 0
                                 ? 0
                                 : workspace_ + executor_.plan->kernel_scratch;
    return MakeOpTask(call.node, stream, step.op, {inputs, outputs, scratch});
  }

  const Place& PlaceAt(int place) const {
    return executor_.plan->places[static_cast<size_t>(place)];
  }

  // Of the first element; 0 for what is absent or constant.
  uint64_t Address(int number) const {
    if (number < 0) return 0;
    const Place& place = PlaceAt(number);
    switch (place.base) {
      case Place::Base::kConstant:
        return 0;
      case Place::Base::kWorkspace:
        return workspace_ + static_cast<uint64_t>(place.offset);
      case Place::Base::kTensor:
        break;
    }
    const uint64_t base = Base(place);
    if (base == kNowhere) return base;
    return base + static_cast<uint64_t>(place.offset *
                                        kernels::BitsOf(place.spec.dtype) / 8);
  }

  uint64_t Base(const Place& place) const {
    const uint64_t address =
        executor_.addresses[static_cast<size_t>(place.tensor)];
    return address == 0 ? kNowhere : address;
  }

  StridedView View(const Place& place, int number) const {
    if (place.base == Place::Base::kTensor) {
      return {Base(place), place.offset, StridesOf(place)};
    }
    return {Address(number), 0, StridesOf(place)};
  }

  Task Copy(Node& node, const Stream& stream, const Step& step) const {
    const Place& from = PlaceAt(step.inputs[0]);
    const Place& to = PlaceAt(step.outputs[0]);
    return MakeStridedCopy(node, stream,
                           {to.contiguous() ? "Contiguous" : "ViewCopy",
                            from.spec.dtype, to.spec.dtype, from.spec.shape},
                           View(from, step.inputs[0]),
                           View(to, step.outputs[0]));
  }

  const Executor& executor_;
  const uint64_t workspace_;
};

}  // namespace

// Never destroyed: static destructors of the host may still call.
HandleTable<Executor>& Executors() {
  static auto* table = new HandleTable<Executor>(
      HandleKind::kOpExecutor, Fault::kNnParamInvalid, Fault::kNnParamNullptr);
  return *table;
}

namespace {

// The last handles that were consumed, under the node's lock.
struct Consumed {
  const void* handle = nullptr;
  const char* function = "";
  uint64_t task = 0;  // the last one that it submitted; 0: none
};
constexpr size_t kConsumed = 1024;
std::array<Consumed, kConsumed> g_consumed;
size_t g_next_consumed = 0;

// The newest first: mostly it is that one. Null: it was long ago, or never.
Consumed* FindConsumed(const void* handle) {
  for (size_t back = 1; back <= kConsumed; ++back) {
    Consumed& one = g_consumed[(g_next_consumed - back) % kConsumed];
    if (one.handle == handle) return &one;
  }
  return nullptr;
}

}  // namespace

absl::StatusOr<std::shared_ptr<Executor>> FindExecutor(Call& call,
                                                       const void* handle) {
  auto executor = Executors().Get(handle, "executor");
  if (executor.ok()) return executor;
  const Consumed* consumed = handle == nullptr ? nullptr : FindConsumed(handle);
  if (consumed == nullptr) return executor;
  const std::string text = absl::StrFormat(
      "aclOpExecutor %p already consumed by %s", handle, consumed->function);
  if (call.node.log().checking()) {
    call.Misuse(35, text, /*stream=*/-1, consumed->task);
  }
  return FaultError(Fault::kNnParamInvalid,
                    absl::StrCat("executor: given ", text,
                                 ", expected one of a first phase, used once"));
}

absl::Status Consume(Call& call, const void* handle, const char* function) {
  if (!Executors().Remove(handle, "executor").ok()) {
    return FindExecutor(call, handle).status();
  }
  g_consumed[g_next_consumed++ % kConsumed] = {handle, function, 0};
  return absl::OkStatus();
}

void NoteLaunched(Call& call, const void* handle, Executor* executor) {
  executor->last_task = call.node.scheduler().next_task() - 1;
  if (executor->repeatable) return;
  if (Consumed* one = FindConsumed(handle)) one->task = executor->last_task;
}

namespace {
thread_local const aclOpExecutor* last_executor = nullptr;
}  // namespace

const aclOpExecutor* LastExecutor() { return last_executor; }
void SetLastExecutor(const aclOpExecutor* executor) {
  last_executor = executor;
}

namespace {

// Gives tensors the shapes that their elements turned out to have: the call
// waits for them, as aclopExecuteV2 does (R131).
absl::Status TakeShapes(Call& call, Stream* stream, const Executor& executor,
                        const PlanLaunch& launch) {
  RETURN_IF_ERROR(SynchronizeStream(call, stream, std::nullopt));
  for (const FoundShape& found : executor.plan->found) {
    const std::span<const int64_t> extents =
        launch.Numbers(call.node.memory(), found.place);
    auto tensor = Tensors().Get(executor.handles[found.arg], "tensor");
    if (!tensor.ok()) continue;  // destroyed since the first phase
    (*tensor)->shape.assign(extents.begin(), extents.end());
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Launch(Call& call, Stream* stream, const Executor& executor,
                    uint64_t workspace) {
  const PlanLaunch launch(executor, workspace);
  const bool finds = !executor.plan->found.empty();
  if (finds) RETURN_IF_ERROR(RefuseCaptured(call, *stream));
  for (const Step& step : executor.plan->steps) {
    RETURN_IF_ERROR(Submit(call, stream, launch.Make(call, *stream, step)));
  }
  return finds ? TakeShapes(call, stream, executor, launch) : absl::OkStatus();
}

}  // namespace npuemu::shim::nn
