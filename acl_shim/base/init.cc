// aclInit, aclFinalize and their callbacks (R1-R9).

#include <mutex>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl/acl.h"
#include "acl_shim/base/acl_state.h"
#include "acl_shim/base/init_callbacks.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/last_error.h"
#include "acl_shim/core/log.h"
#include "emulator/base/tsan.h"

namespace npuemu::shim {
namespace {

struct AclState {
  std::recursive_mutex mutex;  // R1: callbacks may call back
  AclConfig config;
  // Of `config` beside the other: who reads it may hold the node's lock.
  std::mutex config_mutex;
  uint64_t count = 0;
  bool finalized = false;
  std::string first_text;  // of the first aclInit that had a file (R3)
  InitCallbacks<aclInitCallbackFunc> init_callbacks;
  InitCallbacks<aclFinalizeCallbackFunc> finalize_callbacks;
};

AclState& State() {
  static auto* state = new AclState();
  return *state;
}

using Guard = std::lock_guard<std::recursive_mutex>;

// Into the node; -1 takes the setting back (R17).
absl::Status SetDefaultDevice(std::optional<int32_t> device) {
  ASSIGN_OR_RETURN(Node * node, Process::Get().node());
  const std::lock_guard<std::mutex> guard(node->mutex());
  if (device && *device >= node->device_count()) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrCat("acl.json: defaultDevice.default_device is ", *device,
                     ". Expected: [0, ", node->device_count(), ")"),
        "EH0004");
  }
  node->default_device = device.value_or(-1);
  return absl::OkStatus();
}

absl::Status RunInitCallbacks(AclState& state, int first, int last) {
  const std::string& text = state.config.text;
  return state.init_callbacks.Run(first, last, [&](const auto& entry) {
    const tsan::Theirs theirs;
    return entry.function(text.c_str(), text.size(), entry.user_data);
  });
}

// In the order of R4. Types that R4 does not name stand by their number.
absl::Status Apply(AclState& state) {
  const AclConfig& config = state.config;
  SetProcessLevelMessages(config.process_level_messages);
  RETURN_IF_ERROR(RunInitCallbacks(state, ACL_REG_TYPE_ACL_MODEL,
                                   ACL_REG_TYPE_ACL_MODEL));
  if (config.wants_dump) {
    Log(LogLevel::kWarning, "acl.json: dump is not performed");
  }
  if (!config.text.empty()) {
    RETURN_IF_ERROR(RunInitCallbacks(state, ACL_REG_TYPE_ACL_OP_EXECUTOR,
                                     ACL_REG_TYPE_ACL_OP_EXECUTOR));
  }
  RETURN_IF_ERROR(SetDefaultDevice(config.default_device));
  if (config.wants_profiling) {
    Log(LogLevel::kWarning, "acl.json: profiling is not performed");
  }
  return RunInitCallbacks(state, ACL_REG_TYPE_ACL_OP_CBLAS,
                          ACL_REG_TYPE_OTHER);
}

absl::Status CheckSameText(AclState& state, const AclConfig& config) {
  if (config.text.empty()) return absl::OkStatus();
  if (state.first_text.empty() || state.first_text == config.text) {
    state.first_text = config.text;
    return absl::OkStatus();
  }
  return FaultError(Fault::kInvalidParam,
                    "the content of configPath differs from that of the "
                    "process's first aclInit. Expected: the same content, or "
                    "no file",
                    "EH0004");
}

absl::Status Init(const char* path) {
  AclState& state = State();
  const Guard guard(state.mutex);
  if (state.count > 0) {
    ++state.count;
    return FaultError(Fault::kRepeatInitialize,
                      absl::StrCat("ACL is initialised already; this is call ",
                                   state.count, ". Its configPath is ignored"));
  }
  ASSIGN_OR_RETURN(AclConfig config, ReadAclConfig(path));
  RETURN_IF_ERROR(CheckSameText(state, config));
  {
    const std::lock_guard<std::mutex> config_guard(state.config_mutex);
    state.config = std::move(config);
  }
  state.count = 1;
  const absl::Status status = Apply(state);
  if (!status.ok()) {
    state.count = 0;
    return status;
  }
  state.finalized = false;
  return absl::OkStatus();
}

absl::Status ReallyFinalize(AclState& state) {
  if (auto* before = before_finalize.load(std::memory_order_acquire)) before();
  state.count = 0;
  state.finalized = true;
  absl::Status result = state.finalize_callbacks.Run(
      ACL_REG_TYPE_ACL_MODEL, ACL_REG_TYPE_OTHER,
      [](const auto& entry) {
        const tsan::Theirs theirs;
        return entry.function(entry.user_data);
      });
  result.Update(SetDefaultDevice(std::nullopt));
  return result;
}

absl::Status NotInitialized() {
  return FaultError(Fault::kRepeatFinalize,
                    "ACL is finalised already. Expected: one finalisation for "
                    "each aclInit");
}

absl::Status NotRegistered() {
  return FaultError(Fault::kInvalidParam,
                    "Value of parameter cbFunc is invalid. Expected value: a "
                    "function that was registered for this type");
}

}  // namespace

AclConfig CurrentAclConfig() {
  const std::lock_guard<std::mutex> guard(State().config_mutex);
  return State().config;
}

uint64_t InitCount() {
  const Guard guard(State().mutex);
  return State().count;
}

}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclInit(const char* configPath) {
  return ApiCall("aclInit", [&] { return Init(configPath); });
}

aclError aclFinalize() {
  return ApiCall("aclFinalize", [&]() -> absl::Status {
    const Guard guard(State().mutex);
    if (State().finalized) return NotInitialized();
    return ReallyFinalize(State());
  });
}

// refCount may be null: the count is then not told.
aclError aclFinalizeReference(uint64_t* refCount) {
  return ApiCall("aclFinalizeReference", [&]() -> absl::Status {
    AclState& state = State();
    const Guard guard(state.mutex);
    if (state.count < 1) return NotInitialized();
    absl::Status result;
    if (state.count == 1) {
      result = ReallyFinalize(state);
    } else {
      --state.count;
    }
    if (refCount != nullptr) *refCount = state.count;
    return result;
  });
}

aclError aclInitCallbackRegister(aclRegisterCallbackType type,
                                 aclInitCallbackFunc cbFunc, void* userData) {
  return ApiCall("aclInitCallbackRegister", [&]() -> absl::Status {
    RETURN_IF_NULL(cbFunc);
    RETURN_IF_ERROR(CheckCallbackType(type));
    AclState& state = State();
    const Guard guard(state.mutex);
    state.init_callbacks.Add(type, cbFunc, userData);
    if (state.count == 0) return absl::OkStatus();
    const std::string text = state.config.text;  // R8
    return CallbackStatus(cbFunc(text.c_str(), text.size(), userData), type);
  });
}

aclError aclInitCallbackUnRegister(aclRegisterCallbackType type,
                                   aclInitCallbackFunc cbFunc) {
  return ApiCall("aclInitCallbackUnRegister", [&]() -> absl::Status {
    RETURN_IF_NULL(cbFunc);
    RETURN_IF_ERROR(CheckCallbackType(type));
    const Guard guard(State().mutex);
    const bool known = State().init_callbacks.Remove(type, cbFunc);
    return known ? absl::OkStatus() : NotRegistered();
  });
}

aclError aclFinalizeCallbackRegister(aclRegisterCallbackType type,
                                     aclFinalizeCallbackFunc cbFunc,
                                     void* userData) {
  return ApiCall("aclFinalizeCallbackRegister", [&]() -> absl::Status {
    RETURN_IF_NULL(cbFunc);
    RETURN_IF_ERROR(CheckCallbackType(type));
    const Guard guard(State().mutex);
    State().finalize_callbacks.Add(type, cbFunc, userData);
    return absl::OkStatus();
  });
}

aclError aclFinalizeCallbackUnRegister(aclRegisterCallbackType type,
                                       aclFinalizeCallbackFunc cbFunc) {
  return ApiCall("aclFinalizeCallbackUnRegister", [&]() -> absl::Status {
    RETURN_IF_NULL(cbFunc);
    RETURN_IF_ERROR(CheckCallbackType(type));
    const Guard guard(State().mutex);
    const bool known = State().finalize_callbacks.Remove(type, cbFunc);
    return known ? absl::OkStatus() : NotRegistered();
  });
}
