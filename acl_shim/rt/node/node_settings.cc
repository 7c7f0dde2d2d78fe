#include "acl_shim/rt/node/node_settings.h"

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {
namespace {

absl::Status CheckOption(aclSysParamOpt option) {
  if (option >= ACL_OPT_DETERMINISTIC &&
      option <= ACL_OPT_ENABLE_KERNEL_EARLY_START) {
    return absl::OkStatus();
  }
  return InvalidValue(Fault::kInvalidParam, "opt", absl::StrCat(option),
                      "[0, 3]");
}

}  // namespace

NodeSettings& SettingsOf(const Call&) {
  static auto* settings = new NodeSettings();
  return *settings;
}

absl::Status SetSysParam(std::map<int, int64_t>* params, aclSysParamOpt option,
                         int64_t value) {
  RETURN_IF_ERROR(CheckOption(option));
  (*params)[option] = value;
  return absl::OkStatus();
}

absl::StatusOr<int64_t> GetSysParam(const std::map<int, int64_t>& params,
                                    aclSysParamOpt option) {
  RETURN_IF_ERROR(CheckOption(option));
  const auto found = params.find(option);
  if (found != params.end()) return found->second;
  return FaultError(Fault::kRtSysparamoptNotSet,
                    absl::StrCat("option ", option, " was never set. Set it "
                                 "before it is asked for"));
}

}  // namespace npuemu::shim
