// aclnnInit, aclnnFinalize, and what programs do with executors beside the two
// phases: destroy, repeat, change addresses.

#include <unistd.h>

#include <atomic>
#include <memory>

#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/executor.h"
#include "acl_shim/aclnn/objects.h"
#include "acl_shim/core/api_call.h"
#include "aclnn/aclnn_base.h"

namespace npuemu::shim::nn {
namespace {

constexpr uint64_t kAddressAlignment = 32;  // R173

std::atomic<bool> initialised{false};

// Which tensors an index counts.
enum class Among { kAll, kInputs, kOutputs };

absl::Status BadIndex(size_t index, size_t count) {
  return FaultError(Fault::kNnParamInvalid, absl::StrCat("index: given ", index,
                                                         ", expected less "
                                                         "than ",
                                                         count));
}

// The argument that is number `index` among them.
absl::StatusOr<size_t> ArgOf(const Executor& executor, Among among,
                             size_t index) {
  size_t count = 0;
  for (size_t arg = 0; arg < executor.roles.size(); ++arg) {
    const ArgRole role = executor.roles[arg];
    if (role == ArgRole::kValue) continue;
    if (among == Among::kInputs && role == ArgRole::kOutput) continue;
    if (among == Among::kOutputs && role == ArgRole::kInput) continue;
    if (count++ == index) return arg;
  }
  return BadIndex(index, count);
}

absl::Status SetAddress(Call& call, aclOpExecutor* handle, Among among,
                        size_t index, size_t item, const void* owner,
                        void* addr) {
  ASSIGN_OR_RETURN(auto executor, FindExecutor(call, handle));
  if (owner == nullptr) {
    return FaultError(Fault::kNnParamNullptr,
                      "tensor: given nullptr, expected a tensor or list");
  }
  const auto address = reinterpret_cast<uint64_t>(addr);
  if (address % kAddressAlignment != 0) {
    return FaultError(
        Fault::kNnParamInvalid,
        absl::StrCat("addr: given ", absl::Hex(address),
                     ", expected a multiple of ", kAddressAlignment));
  }
  ASSIGN_OR_RETURN(const size_t arg, ArgOf(*executor, among, index));
  const std::vector<TensorSlot>& slots = executor->plan->tensors;
  for (size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].arg != arg || slots[i].item != item) continue;
    executor->addresses[i] = address;
  }
  return absl::OkStatus();
}

aclnnStatus SetTensor(const char* function, aclOpExecutor* executor,
                      Among among, size_t index, aclTensor* tensor,
                      void* addr) {
  return NodeCall(
      function, Args(executor, index, tensor, addr), [&](Call& call) {
        return SetAddress(call, executor, among, index, 0, tensor, addr);
      });
}

aclnnStatus SetItem(const char* function, aclOpExecutor* executor, Among among,
                    size_t index, size_t item, aclTensorList* tensors,
                    void* addr) {
  return NodeCall(
      function, Args(executor, index, item, tensors, addr),
      [&](Call& call) -> absl::Status {
        if (tensors != nullptr) {
          ASSIGN_OR_RETURN(auto list, TensorLists().Get(tensors, "tensors"));
          if (item >= list->items.size()) {
            return BadIndex(item, list->items.size());
          }
        }
        return SetAddress(call, executor, among, index, item, tensors, addr);
      });
}

// Those that are repeatable are their maker's to destroy (R173).
void TellLeaks() {
  NodeCall("aclFinalize", [](Call& call) {
    size_t leaked = 0;
    const Executor* first = nullptr;
    Executors().FindIf([&](const Executor& executor) {
      leaked += executor.repeatable;
      if (executor.repeatable && first == nullptr) first = &executor;
      return false;
    });
    if (leaked > 0 && call.node.log().checking()) {
      call.Misuse(
          35, absl::StrCat(leaked, " repeatable executors are not destroyed"),
          /*stream=*/-1, first->last_task);
    }
    return absl::OkStatus();
  });
}

absl::Status MakeRepeatable(Call& call, const aclOpExecutor* executor) {
  ASSIGN_OR_RETURN(auto found, FindExecutor(call, executor));
  if (executor != LastExecutor()) {
    return FaultError(Fault::kNnParamInvalid,
                      "executor: given one of an earlier first phase or of "
                      "another thread, expected that of this thread's last "
                      "first phase");
  }
  if (!found->plan->found.empty()) {
    return FaultError(Fault::kNnParamInvalid,
                      "executor: given one whose results the host takes from "
                      "the device, expected one without host copies");
  }
  found->repeatable = true;
  before_finalize.store(&TellLeaks, std::memory_order_release);
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim::nn

using namespace npuemu;
using namespace npuemu::shim;
using namespace npuemu::shim::nn;

// The path of a configuration file, or null. It must be there; what it says (of
// dumps) changes no result.
aclnnStatus aclnnInit(const char* configPath) {
  return ApiCall("aclnnInit", [&]() -> absl::Status {
    if (configPath != nullptr && access(configPath, R_OK) != 0) {
      return FaultError(Fault::kNnParamInvalid,
                        absl::StrCat("configPath: given ", configPath,
                                     ", expected a file that can be read"));
    }
    initialised.store(true);
    return absl::OkStatus();
  });
}

aclnnStatus aclnnFinalize() {
  return ApiCall("aclnnFinalize", []() -> absl::Status {
    if (initialised.exchange(false)) return absl::OkStatus();
    return FaultError(Fault::kNnParamInvalid,
                      "aclnnFinalize without aclnnInit before it");
  });
}

// Of one that is repeatable, or whose second phase never came (R172).
aclnnStatus aclDestroyAclOpExecutor(aclOpExecutor* executor) {
  return NodeCall("aclDestroyAclOpExecutor", Args(executor), [&](Call& call) {
    return Consume(call, executor, "aclDestroyAclOpExecutor");
  });
}

// Right after the first phase, on its thread; not of operators with host copies
// (R173).
aclnnStatus aclSetAclOpExecutorRepeatable(aclOpExecutor* executor) {
  return NodeCall("aclSetAclOpExecutorRepeatable", Args(executor),
                  [&](Call& call) { return MakeRepeatable(call, executor); });
}

#define NPUEMU_SET_TENSOR(function, among)                                    \
  aclnnStatus function(aclOpExecutor* executor, const size_t index,           \
                       aclTensor* tensor, void* addr) {                       \
    return SetTensor(#function, executor, Among::among, index, tensor, addr); \
  }
NPUEMU_SET_TENSOR(AclSetTensorAddr, kAll)
NPUEMU_SET_TENSOR(aclSetTensorAddr, kAll)
NPUEMU_SET_TENSOR(AclSetInputTensorAddr, kInputs)
NPUEMU_SET_TENSOR(aclSetInputTensorAddr, kInputs)
NPUEMU_SET_TENSOR(AclSetOutputTensorAddr, kOutputs)
NPUEMU_SET_TENSOR(aclSetOutputTensorAddr, kOutputs)
#undef NPUEMU_SET_TENSOR

#define NPUEMU_SET_ITEM(function, among)                                      \
  aclnnStatus function(aclOpExecutor* executor, size_t irIndex,               \
                       const size_t relativeIndex, aclTensorList* tensors,    \
                       void* addr) {                                          \
    return SetItem(#function, executor, Among::among, irIndex, relativeIndex, \
                   tensors, addr);                                            \
  }
NPUEMU_SET_ITEM(AclSetDynamicTensorAddr, kAll)
NPUEMU_SET_ITEM(aclSetDynamicTensorAddr, kAll)
NPUEMU_SET_ITEM(AclSetDynamicInputTensorAddr, kInputs)
NPUEMU_SET_ITEM(aclSetDynamicInputTensorAddr, kInputs)
NPUEMU_SET_ITEM(AclSetDynamicOutputTensorAddr, kOutputs)
NPUEMU_SET_ITEM(aclSetDynamicOutputTensorAddr, kOutputs)
#undef NPUEMU_SET_ITEM
