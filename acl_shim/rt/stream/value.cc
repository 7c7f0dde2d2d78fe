// Writes of and waits for a 64-bit word in device memory (R75).

#include <string>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "emulator/device/transfer.h"

namespace npuemu::shim {
namespace {

absl::Status CheckFlag(uint32_t flag, uint32_t most, const char* expected) {
  if (flag <= most) return absl::OkStatus();
  return InvalidValue(Fault::kRtParamInvalid, "flag", std::to_string(flag),
                      expected);
}

}  // namespace

}  // namespace npuemu::shim

// At global scope: the definitions take the visibility of the public header.
using namespace npuemu;
using namespace npuemu::shim;

aclError aclrtValueWrite(void* devAddr, uint64_t value, uint32_t flag,
                         aclrtStream stream) {
  return NodeCall("aclrtValueWrite", Args(devAddr, value, flag, stream),
                  [&](Call& call) -> absl::Status {
                    RETURN_IF_NULL(devAddr);
                    RETURN_IF_ERROR(CheckFlag(flag, 0, "0"));
                    ASSIGN_OR_RETURN(const auto found,
                                     Process::Get().FindStream(call, stream));
                    return WriteValue(call, found.get(), devAddr, value);
                  });
}

aclError aclrtValueWait(void* devAddr, uint64_t value, uint32_t flag,
                        aclrtStream stream) {
  return NodeCall(
      "aclrtValueWait", Args(devAddr, value, flag, stream),
      [&](Call& call) -> absl::Status {
        RETURN_IF_NULL(devAddr);
        RETURN_IF_ERROR(CheckFlag(flag, ACL_STREAM_WAIT_VALUE_NOR,
                                  "[0, 3], one of ACL_STREAM_WAIT_VALUE_*"));
        ASSIGN_OR_RETURN(const auto found,
                         Process::Get().FindStream(call, stream));
        return WaitValue(call, found.get(), devAddr, value,
                         static_cast<ValueTest>(flag));
      });
}
