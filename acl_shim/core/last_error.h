// File: last_error.h
// What a user can ask after a failure: aclGetRecentErrMsg (R182),
// aclrtGetLastError and aclrtPeekAtLastError (R181). Per thread, or with
// err_msg_mode "1" messages per process. Thread-safe.

#ifndef ACL_SHIM_CORE_LAST_ERROR_H_
#define ACL_SHIM_CORE_LAST_ERROR_H_

#include <cstdint>
#include <string>

#include "emulator/base/sim_time.h"
#include "emulator/base/status.h"

namespace npuemu::shim {

// Stores the code and the message of a failed call of this thread.
void StoreError(const char* function, const absl::Status& status,
                SimTime when);

// The thread's last code; `reset` sets it back to success.
int32_t LastError(bool reset);

// The stored message, cleared; null when there is none. Valid until the
// thread's next call of it.
const char* TakeRecentMessage();

// err_msg_mode of acl.json: true for one message store per process.
void SetProcessLevelMessages(bool process_level);

// The text of R182: "[PID: p] time Title(EExxxx): text ...". The time is
// virtual, so that two runs compare.
std::string FormatMessage(const char* function, const absl::Status& status,
                          SimTime when);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_LAST_ERROR_H_
