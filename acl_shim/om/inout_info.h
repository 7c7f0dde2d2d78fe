// File: inout_info.h
// The MODEL_INOUT_INFO partition: inputs and outputs of a network model, so
// that its descriptors can be told without touching protobuf (single_op 1.2).
// Values; thread-safe.

#ifndef ACL_SHIM_OM_INOUT_INFO_H_
#define ACL_SHIM_OM_INOUT_INFO_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/om/om_file.h"

namespace npuemu::om {

struct InoutTensor {
  uint64_t size = 0;   // bytes
  int32_t format = 0;  // numbers of aclFormat
  int32_t dtype = 0;   // numbers of aclDataType
  std::string name;
  std::vector<int64_t> dims;
  std::vector<int64_t> dims_v2;
  std::vector<std::pair<int64_t, int64_t>> ranges;
};

struct InoutInfo {
  std::vector<InoutTensor> inputs;
  std::vector<InoutTensor> outputs;
  // Record numbers without a decoder here (2 dynamic batch, 3 HW, 4 dims,
  // 5 dynamic output shape, 6 shape order), in file order.
  std::vector<uint32_t> other_records;
};

// Errors: kParseModel.
absl::StatusOr<InoutInfo> ParseInoutInfo(const Partition& partition);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_INOUT_INFO_H_
