// aclopCreateKernel, aclopRegisterCompileFunc, aclopUnregisterCompileFunc,
// aclopUpdateParams, aclopSetKernelArgs, aclopSetKernelWorkspaceSizes.

#include "acl_shim/op/kernel_registry.h"

#include <cstddef>
#include <cstring>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl/acl_op.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/query.h"

// What aclopUpdateParams hands to the program's function, for that call only.
struct aclopKernelDesc {
  std::string op_type;
  std::string kernel_id;
  uint32_t block_dim = 0;
  std::vector<std::byte> args;
  std::vector<size_t> workspaces;
};

namespace npuemu::shim {
namespace {

constexpr int kMaxWorkspaces = 16;

struct Kernel {
  std::string name;
  aclopEngineType engine;
  std::vector<std::byte> binary;
};

struct Registry {
  std::mutex mutex;
  std::map<std::string, aclopCompileFunc> selectors;  // by operator type
  std::map<std::string, Kernel> kernels;  // by type, '/' and kernel id
  std::map<std::string, aclopKernelDesc> chosen;  // by operator type
};

Registry& Kernels() {
  static auto& registry = *new Registry();
  return registry;
}

// The descriptor that is valid on this thread now; a handle is compared with
// it and never dereferenced before.
thread_local aclopKernelDesc* t_current = nullptr;

std::string KernelKey(const std::string& op_type, const std::string& id) {
  return absl::StrCat(op_type, "/", id);
}

absl::Status CheckCurrent(const aclopKernelDesc* desc) {
  RETURN_IF_NULL(desc);
  if (desc == t_current) return absl::OkStatus();
  return FaultError(Fault::kInvalidParam,
                    "parameter kernelDesc is invalid. Expected: the one that "
                    "the compile function was called with, on its thread");
}

absl::Status CreateKernel(const char* op_type, const char* id,
                          const char* name, const void* binary, int size,
                          aclopEngineType engine) {
  RETURN_IF_NULL(op_type);
  RETURN_IF_NULL(id);
  RETURN_IF_NULL(name);
  RETURN_IF_NULL(binary);
  if (size <= 0) {
    return InvalidValue(Fault::kInvalidParam, "binSize", absl::StrCat(size),
                        "1 or more");
  }
  if (engine != ACL_ENGINE_AICORE && engine != ACL_ENGINE_VECTOR) {
    return InvalidValue(Fault::kInvalidParam, "enginetype",
                        absl::StrCat(static_cast<int>(engine)),
                        "ACL_ENGINE_AICORE or ACL_ENGINE_VECTOR");
  }
  const auto* begin = static_cast<const std::byte*>(binary);
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  const bool added =
      registry.kernels
          .try_emplace(KernelKey(op_type, id),
                       Kernel{name, engine, {begin, begin + size}})
          .second;
  if (added) return absl::OkStatus();
  return FaultError(Fault::kKernelAlreadyRegistered,
                    absl::StrCat("kernelId ", id, " of operator ", op_type,
                                 " is registered; expected a new id"));
}

absl::Status RegisterSelector(const char* op_type, aclopCompileFunc func) {
  RETURN_IF_NULL(op_type);
  RETURN_IF_NULL(func);
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  if (registry.selectors.try_emplace(op_type, func).second) {
    return absl::OkStatus();
  }
  return FaultError(Fault::kBinSelectorAlreadyRegistered,
                    absl::StrCat("operator ", op_type,
                                 " has a compile function; expected none. "
                                 "Call aclopUnregisterCompileFunc first"));
}

absl::Status UnregisterSelector(const char* op_type) {
  RETURN_IF_NULL(op_type);
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  registry.selectors.erase(op_type);
  registry.chosen.erase(op_type);
  return absl::OkStatus();
}

absl::StatusOr<aclopCompileFunc> FindSelector(const std::string& op_type) {
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  const auto found = registry.selectors.find(op_type);
  if (found != registry.selectors.end()) return found->second;
  return FaultError(Fault::kBinSelectorNotRegistered,
                    absl::StrCat("operator ", op_type,
                                 " has no compile function. Expected: "
                                 "aclopRegisterCompileFunc before"));
}

absl::Status UpdateParams(const char* op_type, DescArray inputs,
                          DescArray outputs, const aclopAttr* attr) {
  // Reads the handles, so that the function gets valid ones.
  RETURN_IF_ERROR(MakeQuery(op_type, inputs, outputs, attr).status());
  ASSIGN_OR_RETURN(aclopCompileFunc select, FindSelector(op_type));
  aclopKernelDesc desc;
  desc.op_type = op_type;
  aclopKernelDesc* outer = std::exchange(t_current, &desc);
  const aclError result = select(inputs.count, inputs.descs, outputs.count,
                                 outputs.descs, attr, &desc);
  t_current = outer;
  if (result != 0) {
    return FaultError(static_cast<Fault>(result),
                      absl::StrCat("the compile function of operator ",
                                   op_type, " returned ", result));
  }
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  if (registry.kernels.count(KernelKey(op_type, desc.kernel_id)) == 0) {
    return FaultError(Fault::kKernelNotFound,
                      absl::StrCat("kernelId \"", desc.kernel_id,
                                   "\" of operator ", op_type,
                                   " is not registered. Expected: one of "
                                   "aclopCreateKernel"));
  }
  registry.chosen.insert_or_assign(op_type, std::move(desc));
  return absl::OkStatus();
}

absl::Status SetArgs(aclopKernelDesc* desc, const char* id, uint32_t blocks,
                     const void* args, uint32_t size) {
  RETURN_IF_ERROR(CheckCurrent(desc));
  RETURN_IF_NULL(id);
  if (size > 0) RETURN_IF_NULL(args);
  const auto* begin = static_cast<const std::byte*>(args);
  desc->kernel_id = id;
  desc->block_dim = blocks;
  desc->args.assign(begin, begin + size);
  return absl::OkStatus();
}

absl::Status SetWorkspaces(aclopKernelDesc* desc, int count,
                           const size_t* sizes) {
  RETURN_IF_ERROR(CheckCurrent(desc));
  if (count < 0 || count > kMaxWorkspaces) {
    return InvalidValue(Fault::kInvalidParam, "numWorkspaces",
                        absl::StrCat(count),
                        absl::StrCat("[0, ", kMaxWorkspaces, "]"));
  }
  if (count > 0) RETURN_IF_NULL(sizes);
  desc->workspaces.assign(sizes, sizes + count);
  return absl::OkStatus();
}

}  // namespace

bool HasDeviceKernel(const std::string& op_type) {
  Registry& registry = Kernels();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  return registry.chosen.count(op_type) != 0;
}

absl::Status DeviceKernelRefused(const std::string& op_type) {
  return FaultError(
      Fault::kApiNotSupport,
      absl::StrCat("operator ", op_type, ": given a device binary "
                   "(aclopCreateKernel), expected a model. The instruction set "
                   "is not public, so the emulator cannot execute it"));
}

}  // namespace npuemu::shim

using npuemu::shim::ApiCall;

extern "C" {

aclError aclopCreateKernel(const char* opType, const char* kernelId,
                           const char* kernelName, void* binData, int binSize,
                           aclopEngineType enginetype,
                           aclDataDeallocator deallocator) {
  return ApiCall("aclopCreateKernel", [&]() -> absl::Status {
    RETURN_IF_ERROR(npuemu::shim::CreateKernel(opType, kernelId, kernelName,
                                               binData, binSize, enginetype));
    // The bytes were copied; the program's block is ours to release.
    if (deallocator != nullptr) {
      deallocator(binData, static_cast<size_t>(binSize));
    }
    return absl::OkStatus();
  });
}

aclError aclopRegisterCompileFunc(const char* opType, aclopCompileFunc func) {
  return ApiCall("aclopRegisterCompileFunc", [&] {
    return npuemu::shim::RegisterSelector(opType, func);
  });
}

aclError aclopUnregisterCompileFunc(const char* opType) {
  return ApiCall("aclopUnregisterCompileFunc",
                 [&] { return npuemu::shim::UnregisterSelector(opType); });
}

aclError aclopUpdateParams(const char* opType, int numInputs,
                           const aclTensorDesc* const inputDesc[],
                           int numOutputs,
                           const aclTensorDesc* const outputDesc[],
                           const aclopAttr* attr) {
  return ApiCall("aclopUpdateParams", [&] {
    return npuemu::shim::UpdateParams(opType, {numInputs, inputDesc},
                                      {numOutputs, outputDesc}, attr);
  });
}

aclError aclopSetKernelArgs(aclopKernelDesc* kernelDesc, const char* kernelId,
                            uint32_t blockDim, const void* args,
                            uint32_t argSize) {
  return ApiCall("aclopSetKernelArgs", [&] {
    return npuemu::shim::SetArgs(kernelDesc, kernelId, blockDim, args,
                                 argSize);
  });
}

aclError aclopSetKernelWorkspaceSizes(aclopKernelDesc* kernelDesc,
                                      int numWorkspaces,
                                      size_t* workspaceSizes) {
  return ApiCall("aclopSetKernelWorkspaceSizes", [&] {
    return npuemu::shim::SetWorkspaces(kernelDesc, numWorkspaces,
                                       workspaceSizes);
  });
}

}  // extern "C"
