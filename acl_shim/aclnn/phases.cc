#include "acl_shim/aclnn/phases.h"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "acl_shim/aclnn/builder.h"
#include "acl_shim/aclnn/executor.h"
#include "acl_shim/aclnn/nn_op.h"
#include "acl_shim/aclnn/signature_key.h"
#include "acl_shim/aclnn/workspace_names.h"
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
    const Signature& signature) {
  PlanMemo& memo = PlanMemo::Get();
  if (auto plan = memo.Find(signature.key)) return plan;
  const NnOp* const def = FindNnOp(op);
  if (def == nullptr) {
    return FaultError(Fault::kApiNotSupport,
                      absl::StrCat(function,
                                   " is not modelled; COVERAGE.md "
                                   "lists the operators that are"));
  }
  Builder builder(args, def->kernel, signature.overlaps);
  def->build(builder);
  RETURN_IF_ERROR(builder.status());
  auto made = std::make_shared<Plan>(builder.Finish());
  NameWorkspace(made.get());
  std::shared_ptr<const Plan> plan = std::move(made);
  memo.Add(signature.key, plan);
  return plan;
}

}  // namespace

aclnnStatus PhaseOne(size_t op, const char* function, std::span<const Arg> args,
                     uint64_t* workspace_size, aclOpExecutor** executor) {
  return ApiCall(function, [&]() -> absl::Status {
    if (workspace_size == nullptr || executor == nullptr) {
      return NullArgument(executor == nullptr ? "executor" : "workspaceSize");
    }
    *executor = nullptr;
    *workspace_size = 0;
    thread_local Signature signature;
    RETURN_IF_ERROR(ReadSignature(op, args, &signature));
    auto made = std::make_shared<Executor>();
    ASSIGN_OR_RETURN(made->plan, MakePlan(op, function, args, signature));
    for (const TensorSlot& slot : made->plan->tensors) {
      made->addresses.push_back(signature.AddressOf(slot.arg, slot.item));
    }
    for (const Arg& arg : args) made->roles.push_back(arg.role);
    if (!made->plan->found.empty()) {
      for (const Arg& arg : args) made->handles.push_back(arg.handle);
    }
    *workspace_size = made->plan->workspace;
    *executor = static_cast<aclOpExecutor*>(Executors().Add(std::move(made)));
    SetLastExecutor(*executor);
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
                                   "expected device memory of ",
                                   needed, " bytes"));
  }
  if (size >= needed) return absl::OkStatus();
  return FaultError(
      Fault::kNnParamInvalid,
      absl::StrCat("workspaceSize: given ", size, ", expected at least ",
                   needed, ", as the first phase said"));
}

}  // namespace

aclnnStatus PhaseTwo(const char* function, void* workspace,
                     uint64_t workspace_size, aclOpExecutor* executor,
                     aclrtStream stream) {
  return NodeCall(
      function, Args(workspace, workspace_size, executor, stream),
      [&](Call& call) -> absl::Status {
        ASSIGN_OR_RETURN(auto found, FindExecutor(call, executor));
        if (!found->repeatable) {
          RETURN_IF_ERROR(Consume(call, executor, function));
        }
        RETURN_IF_ERROR(CheckWorkspace(*found, workspace, workspace_size));
        ASSIGN_OR_RETURN(auto target, Process::Get().FindStream(call, stream));
        const absl::Status launched = Launch(
            call, target.get(), *found, reinterpret_cast<uint64_t>(workspace));
        NoteLaunched(call, executor, found.get());
        return launched;
      });
}

}  // namespace npuemu::shim::nn
