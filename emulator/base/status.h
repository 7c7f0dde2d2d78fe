// File: status.h
// How this project says "no" inside: absl::Status that carries a Fault. One
// funnel at the C edge (acl_shim/core/api_call.h) turns it into an aclError.
// Thread-safe: everything here is a value.

#ifndef EMULATOR_BASE_STATUS_H_
#define EMULATOR_BASE_STATUS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace npuemu {

// What went wrong; the value is the aclError code that a user will see.
enum class Fault : int32_t {
  kNone = 0,
#define FAULT(name, code, message_id, title) name = code,
#include "emulator/base/fault.def"
#undef FAULT
};

// The words of one fault (fault.def).
struct FaultInfo {
  Fault fault;
  const char* name;        // "kRtContextNull"
  const char* message_id;  // "EE1018", or "EEXXXX" where none is published
  const char* title;       // "Call_Sequence_Error"
};

// The row of `fault`; a code without a row gets the internal-error row.
const FaultInfo& InfoOf(Fault fault);

// An error status with this fault. `text` names argument, given and expected
// value, and the next step. REQUIRES: fault != kNone.
absl::Status FaultError(Fault fault, std::string_view text);

// The same with a message id of its own, for example "E10402".
absl::Status FaultError(Fault fault, std::string_view text,
                        std::string_view message_id);

// kNone for OK; kInternalError for a status that carries no fault.
Fault FaultOf(const absl::Status& status);

// Says which hazard of the catalogue (semantics.md section 15) the error is a
// sign of, where its fault alone does not say it.
absl::Status WithHazard(absl::Status status, int hazard);
// 0: none.
int HazardOf(const absl::Status& status);

// The message id of the status, by its own payload or by its fault.
std::string MessageIdOf(const absl::Status& status);

}  // namespace npuemu

#define NPUEMU_CONCAT_INNER_(a, b) a##b
#define NPUEMU_CONCAT_(a, b) NPUEMU_CONCAT_INNER_(a, b)

// Returns from the function when `expr` is not OK.
#define RETURN_IF_ERROR(expr)                             \
  do {                                                    \
    if (absl::Status status_ = (expr); !status_.ok()) {   \
      return status_;                                     \
    }                                                     \
  } while (false)

// ASSIGN_OR_RETURN(auto x, Make()): assigns the value or returns the status.
#define ASSIGN_OR_RETURN(lhs, expr) \
  ASSIGN_OR_RETURN_IMPL_(NPUEMU_CONCAT_(status_or_, __LINE__), lhs, expr)
#define ASSIGN_OR_RETURN_IMPL_(tmp, lhs, expr) \
  auto tmp = (expr);                           \
  if (!tmp.ok()) return tmp.status();          \
  lhs = *std::move(tmp)

#endif  // EMULATOR_BASE_STATUS_H_
