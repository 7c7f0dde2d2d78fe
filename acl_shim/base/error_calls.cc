// What a user can ask after a failure (R181, R182).

#include "absl/strings/str_cat.h"
#include "acl/acl.h"
#include "acl_shim/core/value_call.h"
#include "acl_shim/core/last_error.h"

using namespace npuemu;
using namespace npuemu::shim;

namespace {

// The one level there is (R181). A wrong level is the thread's last error.
aclError ThreadError(const char* function, aclrtLastErrLevel level,
                     bool reset) {
  return ValueCall<aclError>(
      function, ACL_ERROR_INVALID_PARAM, [&]() -> absl::StatusOr<aclError> {
        if (level == ACL_RT_THREAD_LEVEL) return LastError(reset);
        return InvalidValue(Fault::kInvalidParam, "level",
                            absl::StrCat(level), "ACL_RT_THREAD_LEVEL (0)");
      });
}

}  // namespace

const char* aclGetRecentErrMsg() {
  return ValueCall<const char*>(
      "aclGetRecentErrMsg", nullptr,
      []() -> absl::StatusOr<const char*> { return TakeRecentMessage(); });
}

aclError aclrtGetLastError(aclrtLastErrLevel level) {
  return ThreadError("aclrtGetLastError", level, /*reset=*/true);
}

aclError aclrtPeekAtLastError(aclrtLastErrLevel level) {
  return ThreadError("aclrtPeekAtLastError", level, /*reset=*/false);
}
