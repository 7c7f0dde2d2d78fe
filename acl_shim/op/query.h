// File: query.h
// What a caller asks for: an operator type with descriptors and attributes,
// copied from the handles (R129), in the form that models have. Values.

#ifndef ACL_SHIM_OP_QUERY_H_
#define ACL_SHIM_OP_QUERY_H_

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "acl/acl_op.h"
#include "acl_shim/base/tensor_desc.h"
#include "acl_shim/om/single_op_model.h"
#include "kernels/op/attrs.h"

namespace npuemu::shim {

struct OpQuery {
  std::string op_type;
  std::vector<om::OmTensor> inputs;
  std::vector<om::OmTensor> outputs;
  kernels::Attrs attrs;
};

// Descriptors as the caller passed them.
struct DescArray {
  int count = 0;
  const aclTensorDesc* const* descs = nullptr;
};

using BufferList = absl::InlinedVector<DataBuffer, 8>;

// A descriptor in the form of a model. Placement becomes mem_type.
om::OmTensor ToOmTensor(const TensorDesc& desc);

// Copies type, descriptors and attributes. Errors: kInvalidParam for a null,
// stale or foreign handle and for a negative count.
absl::StatusOr<OpQuery> MakeQuery(const char* op_type, DescArray inputs,
                                  DescArray outputs, const aclopAttr* attr);

// The buffers behind `count` handles; `argument` names the array.
absl::Status GetBuffers(int count, const aclDataBuffer* const* buffers,
                        const char* argument, BufferList* list);

// Not constant and in host memory.
inline bool IsHostInput(const om::OmTensor& tensor) {
  return tensor.mem_type != 0 && !tensor.is_const;
}

// An unused optional operand: (ACL_DT_UNDEFINED, 0, NULL,
// ACL_FORMAT_UNDEFINED), R134.
inline bool IsUnused(const om::OmTensor& tensor) {
  return tensor.spec.absent() && tensor.spec.shape.empty();
}

// "input 1 is in host memory": kApiNotSupport (200001), R129 and R140; OK if
// every descriptor is constant or in device memory.
absl::Status RefuseHostInputs(const OpQuery& query);

// Turns host inputs whose memory type is `host` into constants with the bytes
// of their buffers (R126). False if there is none.
bool HostInputsAsConstants(std::span<const DataBuffer> buffers,
                           OpQuery* query);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_QUERY_H_
