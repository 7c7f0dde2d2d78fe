// File: tensor_codec.h
// Tensor descriptors of single-op models between OmTensor and the protobuf
// messages, with the descriptor attributes of single_op 1.3. Thread-safe.

#ifndef ACL_SHIM_OM_TENSOR_CODEC_H_
#define ACL_SHIM_OM_TENSOR_CODEC_H_

#include "acl_shim/om/model_def.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::om {

TensorDescriptor ToDescriptor(const OmTensor& tensor);

// `weights` is the WEIGHTS_DATA partition (may be empty): constants without
// bytes of their own lie there.
OmTensor FromDescriptor(const TensorDescriptor& desc, Bytes weights);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_TENSOR_CODEC_H_
