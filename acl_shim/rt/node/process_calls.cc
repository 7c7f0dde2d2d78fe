// Settings of the process: options, timeouts of operators, what it runs on.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/rt/node/node_settings.h"
#include "emulator/device/context.h"
#include "emulator/task/soc.h"

namespace npuemu::shim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

// Timeouts are multiples of it, rounded up. Decision: 1 ms; hardware has
// another one.
constexpr microseconds kInterval{1000};

// Rounded up to the interval; 0 stays 0, which is no limit of its own.
void SetTimeout(Call& call, microseconds timeout) {
  SettingsOf(call).op_timeout =
      kInterval * ((timeout + kInterval - microseconds(1)) / kInterval);
}

// Microseconds, unlike the two older functions. Tells what was set.
absl::Status SetLimit(Call& call, uint64_t timeout, uint64_t* actualTimeout) {
  RETURN_IF_NULL(actualTimeout);
  constexpr uint64_t kMost = uint64_t{1} << 52;
  if (timeout > kMost) {
    return InvalidValue(Fault::kRtParamInvalid, "timeout",
                        absl::StrCat(timeout),
                        absl::StrCat("at most ", kMost));
  }
  SetTimeout(call, microseconds(timeout));
  *actualTimeout = static_cast<uint64_t>(SettingsOf(call).op_timeout.count());
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtSetSysParamOpt(aclSysParamOpt opt, int64_t value) {
  return NodeCall("aclrtSetSysParamOpt", Args(opt, value), [&](Call& call) {
    return SetSysParam(&SettingsOf(call).sys_params, opt, value);
  });
}

aclError aclrtGetSysParamOpt(aclSysParamOpt opt, int64_t* value) {
  return NodeCall(
      "aclrtGetSysParamOpt", Args(opt, value), [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(value);
        ASSIGN_OR_RETURN(*value, GetSysParam(SettingsOf(call).sys_params, opt));
        return absl::OkStatus();
      });
}

aclError aclrtSetOpExecuteTimeOut(uint32_t timeout) {
  return NodeCall("aclrtSetOpExecuteTimeOut", Args(timeout), [&](Call& call) {
    SetTimeout(call, std::chrono::seconds(timeout));
    return absl::OkStatus();
  });
}

aclError aclrtSetOpExecuteTimeOutWithMs(uint32_t timeout) {
  return NodeCall("aclrtSetOpExecuteTimeOutWithMs", Args(timeout),
                  [&](Call& call) {
                    SetTimeout(call, milliseconds(timeout));
                    return absl::OkStatus();
                  });
}

aclError aclrtSetOpExecuteTimeOutV2(uint64_t timeout,
                                    uint64_t* actualTimeout) {
  return NodeCall(
      "aclrtSetOpExecuteTimeOutV2", Args(timeout, actualTimeout),
      [&](Call& call) { return SetLimit(call, timeout, actualTimeout); });
}

aclError aclrtGetOpExecuteTimeout(uint32_t* const timeoutMs) {
  return NodeCall(
      "aclrtGetOpExecuteTimeout", Args(timeoutMs),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(timeoutMs);
        const auto timeout = SettingsOf(call).op_timeout;
        const auto ms =
            std::chrono::duration_cast<milliseconds>(timeout).count();
        *timeoutMs =
            static_cast<uint32_t>(std::min<int64_t>(ms, int64_t{UINT32_MAX}));
        return absl::OkStatus();
      });
}

aclError aclrtGetOpTimeOutInterval(uint64_t* interval) {
  return ApiCall("aclrtGetOpTimeOutInterval", [&]() -> absl::Status {
    RETURN_IF_NULL(interval);
    *interval = static_cast<uint64_t>(kInterval.count());
    return absl::OkStatus();
  });
}

// R71, in virtual time.
aclError aclrtSetOpWaitTimeout(uint32_t timeout) {
  return NodeCall("aclrtSetOpWaitTimeout", Args(timeout), [&](Call& call) {
    call.node.wait_timeout = std::chrono::seconds(timeout);
    return absl::OkStatus();
  });
}

// The number of the task in its stream, as exception infos give it.
aclError aclrtGetThreadLastTaskId(uint32_t* taskId) {
  return NodeCall("aclrtGetThreadLastTaskId", Args(taskId),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(taskId);
                    RETURN_IF_ERROR(CurrentContext(call).status());
                    *taskId = static_cast<uint32_t>(call.thread.last_task);
                    return absl::OkStatus();
                  });
}

// Chips of one family run the same programs.
aclError aclrtCheckArchCompatibility(const char* socVersion,
                                     int32_t* canCompatible) {
  return NodeCall(
      "aclrtCheckArchCompatibility", Args(socVersion, canCompatible),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(socVersion);
        RETURN_IF_NULL(canCompatible);
        const SocProfile* soc = FindSoc(socVersion);
        *canCompatible = soc != nullptr &&
                         std::strcmp(soc->short_name,
                                     call.node.soc().short_name) == 0;
        return absl::OkStatus();
      });
}

aclError aclrtDeviceGetBareTgid(int32_t* pid) {
  return ApiCall("aclrtDeviceGetBareTgid", [&]() -> absl::Status {
    RETURN_IF_NULL(pid);
    *pid = getpid();
    return absl::OkStatus();
  });
}

// The model has no cache that could differ from memory.
aclError aclrtDeviceL2CacheFlush(void* rsv) {
  return NodeCall("aclrtDeviceL2CacheFlush", Args(rsv),
                  [&](Call& call) -> absl::Status {
                    if (rsv != nullptr) {
                      return InvalidValue(Fault::kRtParamInvalid, "rsv",
                                          "not nullptr", "nullptr");
                    }
                    return CurrentContext(call).status();
                  });
}
