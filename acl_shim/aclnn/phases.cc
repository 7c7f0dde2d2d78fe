#include "acl_shim/aclnn/phases.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/executor.h"
#include "acl_shim/aclnn/nn_op.h"
#include "acl_shim/aclnn/signature_key.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim::nn {
namespace {

// Plans by what they depend on. A program calls few operators with few shapes
// many times.
class PlanMemo {
 public:
  static PlanMemo& Get() {
    static auto* memo = new PlanMemo;
    return *memo;
  }

  std::shared_ptr<const Plan> Find(const std::string& key) {
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found = plans_.find(key);
    return found == plans_.end() ? nullptr : found->second;
  }

  void Add(const std::string& key, std::shared_ptr<const Plan> plan) {
    const std::lock_guard<std::mutex> guard(mutex_);
    if (plans_.size() >= kMost) plans_.clear();
    plans_[key] = std::move(plan);
  }

 private:
  static constexpr size_t kMost = 4096;

  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::shared_ptr<const Plan>> plans_;
};

absl::StatusOr<std::shared_ptr<const Plan>> MakePlan(
    size_t op, const char* function, std::span<const Arg> args,
    const std::string& key) {
  PlanMemo& memo = PlanMemo::Get();
  if (!key.empty()) {
    if (auto plan = memo.Find(key)) return plan;
  }
  const NnOp* const def = FindNnOp(op);
  if (def == nullptr) {
    return FaultError(Fault::kApiNotSupport,
                      absl::StrCat(function, " is not modelled; COVERAGE.md "
                                   "lists the operators that are"));
  }
  Builder builder(args, def->kernel);
  def->build(builder);
  RETURN_IF_ERROR(builder.status());
  auto plan = std::make_shared<const Plan>(builder.Finish());
  if (!key.empty()) memo.Add(key, plan);
  return plan;
}

ArgRole RoleOf(const Arg& arg) {
  if (arg.kind != ArgKind::kTensor && arg.kind != ArgKind::kTensorList) {
    return ArgRole::kValue;
  }
  if (!arg.output) return ArgRole::kInput;
  return std::string_view(arg.name).ends_with("Ref") ? ArgRole::kBoth
                                                     : ArgRole::kOutput;
}

absl::StatusOr<std::vector<uint64_t>> AddressesOf(const Plan& plan,
                                                  std::span<const Arg> args) {
  std::vector<uint64_t> addresses;
  addresses.reserve(plan.tensors.size());
  for (const TensorSlot& slot : plan.tensors) {
    const Arg& arg = args[slot.arg];
    if (arg.kind == ArgKind::kTensor) {
      ASSIGN_OR_RETURN(auto tensor, Tensors().Get(arg.handle, arg.name));
      addresses.push_back(tensor->address);
      continue;
    }
    ASSIGN_OR_RETURN(auto list, TensorLists().Get(arg.handle, arg.name));
    addresses.push_back(list->items[slot.item]->address);
  }
  return addresses;
}

}  // namespace

aclnnStatus PhaseOne(size_t op, const char* function,
                     std::span<const Arg> args, uint64_t* workspace_size,
                     aclOpExecutor** executor) {
  return ApiCall(function, [&]() -> absl::Status {
    if (workspace_size == nullptr || executor == nullptr) {
      return FaultError(
          Fault::kNnParamNullptr,
          absl::StrCat(executor == nullptr ? "executor" : "workspaceSize",
                       ": given nullptr, expected an address"));
    }
    *executor = nullptr;
    *workspace_size = 0;
    thread_local std::string key;
    SetSignature(op, args, &key);
    auto made = std::make_shared<Executor>();
    made->function = function;
    ASSIGN_OR_RETURN(made->plan, MakePlan(op, function, args, key));
    ASSIGN_OR_RETURN(made->addresses, AddressesOf(*made->plan, args));
    for (const Arg& arg : args) made->roles.push_back(RoleOf(arg));
    SetLastExecutor(made.get());
    *workspace_size = made->plan->workspace;
    *executor = static_cast<aclOpExecutor*>(Executors().Add(std::move(made)));
    return absl::OkStatus();
  });
}

namespace {

absl::Status CheckWorkspace(const Executor& executor, const void* workspace,
                            uint64_t size) {
  const uint64_t needed = executor.plan->workspace;
  if (needed == 0) return absl::OkStatus();
  if (workspace == nullptr) {
    return FaultError(Fault::kNnParamNullptr,
                      absl::StrCat("workspace: given nullptr, "
                                   "expected device memory of ", needed,
                                   " bytes"));
  }
  if (size >= needed) return absl::OkStatus();
  return FaultError(Fault::kNnParamInvalid,
                    absl::StrCat("workspaceSize: given ", size,
                                 ", expected at least ", needed,
                                 ", as the first phase said"));
}

}  // namespace

aclnnStatus PhaseTwo(const char* function, void* workspace,
                     uint64_t workspace_size, aclOpExecutor* executor,
                     aclrtStream stream) {
  return NodeCall(
      function, Args(workspace, workspace_size, executor, stream),
      [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(auto found, Executors().Get(executor, "executor"));
        if (!found->repeatable) {
          RETURN_IF_ERROR(Executors().Remove(executor, "executor").status());
        }
        RETURN_IF_ERROR(
            CheckWorkspace(*found, workspace, workspace_size));
        ASSIGN_OR_RETURN(auto target,
                         Process::Get().FindStream(call, stream));
        return Launch(call, target.get(), *found,
                      reinterpret_cast<uint64_t>(workspace));
      });
}

}  // namespace npuemu::shim::nn
