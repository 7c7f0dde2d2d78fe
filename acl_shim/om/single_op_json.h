// File: single_op_json.h
// The JSON file of `atc --singleop` (single_op 2.1): an array of operators,
// each of which becomes one .om file. Errors carry the message ids and texts
// of the real ATC (single_op 2.4) as MessageIdOf() and message(). Never
// crashes on hostile text. Thread-safe.

#ifndef ACL_SHIM_OM_SINGLE_OP_JSON_H_
#define ACL_SHIM_OM_SINGLE_OP_JSON_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::om {

inline constexpr size_t kMaxJsonBytes = 10 << 20;
inline constexpr int kMaxJsonDepth = 64;

// Whether an operator of this type exists (kernels::FindOp() != nullptr).
using IsKnownOp = bool (*)(std::string_view op_type);

// One operator of the file.
struct SingleOpRequest {
  size_t index = 0;  // counts operators in the file from 0
  // What is wrong with this operator alone; the others are not affected.
  absl::Status status;
  // The following are complete only if status is ok.
  SingleOpModel model;
  std::string file_name;  // "0_Add_3_2_8_16_3_2_8_16_3_2_8_16.om"
};

// Parses the text of file `path` (for messages only). Fails as a whole on
// E10025 (no JSON) and E10032 (missing key, wrong type).
absl::StatusOr<std::vector<SingleOpRequest>> ParseSingleOpJson(
    std::string_view text, const std::string& path, IsKnownOp is_known_op);

// Reads and parses the file; E10023 (no path), E10024 (cannot open) besides.
absl::StatusOr<std::vector<SingleOpRequest>> ReadSingleOpJson(
    const std::string& path, IsKnownOp is_known_op);

// The name of the .om file (single_op 2.2): `given_name` if it is a usable
// one, else made of index, operator and descriptors.
std::string OmFileName(const SingleOpModel& model, size_t index,
                       std::string_view given_name);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_SINGLE_OP_JSON_H_
