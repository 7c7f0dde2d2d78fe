// aclopInferShape: the real extents of the outputs, written into their
// descriptors (R142).

#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl/acl_op.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/op_plan.h"
#include "acl_shim/op/query.h"

namespace npuemu::shim {
namespace {

// The bytes of an input, wherever they lie; empty if they are not to be read.
absl::StatusOr<std::vector<std::byte>> BytesAt(const DataBuffer& buffer,
                                               size_t bytes) {
  if (buffer.data == nullptr) return std::vector<std::byte>();
  const auto* begin = static_cast<const std::byte*>(buffer.data);
  ASSIGN_OR_RETURN(Node * node, Process::Get().node());
  if (node->memory().IsDeviceAddress(buffer.data)) {
    begin = node->memory().Translate(reinterpret_cast<uint64_t>(buffer.data),
                                     bytes);
  }
  if (begin == nullptr || buffer.size < bytes) {
    return std::vector<std::byte>();
  }
  return std::vector<std::byte>(begin, begin + bytes);
}

absl::Status CheckLengths(const OpQuery& query, const BufferList& inputs) {
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].size != 0 || IsUnused(query.inputs[i])) continue;
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat(query.op_type, ": input ", i,
                                   " length: given 0, expected the bytes of "
                                   "the tensor"));
  }
  return absl::OkStatus();
}

absl::Status ReadValues(const BufferList& inputs, kernels::OpCall* call,
                        ConstantList* constants) {
  for (size_t i : kernels::ValueInputs(*call->op, call->inputs.size())) {
    if (i >= inputs.size() || !(*constants)[i].empty()) continue;
    ASSIGN_OR_RETURN((*constants)[i],
                     BytesAt(inputs[i], call->inputs[i].bytes()));
  }
  call->const_inputs.assign(constants->begin(), constants->end());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<kernels::TensorSpec>> Infer(
    const OpQuery& query, const BufferList& inputs) {
  ASSIGN_OR_RETURN(kernels::OpCall call, MakeCall(query));
  // What the descriptors of the outputs say is not looked at.
  for (kernels::TensorSpec& output : call.outputs) output.shape.clear();
  ConstantList constants = ConstantsOf(query);
  RETURN_IF_ERROR(ReadValues(inputs, &call, &constants));
  kernels::OpStatus status = kernels::CheckCall(&call);
  if (!status.ok()) return FaultError(Fault::kApiNotSupport, status.message);
  std::vector<kernels::TensorSpec> specs;
  status = call.op->infer(call, &specs);
  if (!status.ok()) return FaultError(Fault::kInvalidParam, status.message);
  return specs;
}

absl::Status InferShape(const char* op_type, DescArray inputs,
                        const aclDataBuffer* const* buffers, DescArray outputs,
                        const aclopAttr* attr) {
  ASSIGN_OR_RETURN(const OpQuery query,
                   MakeQuery(op_type, inputs, outputs, attr));
  BufferList data;
  RETURN_IF_ERROR(GetBuffers(inputs.count, buffers, "inputs", &data));
  RETURN_IF_ERROR(CheckLengths(query, data));
  if (std::getenv("ASCEND_OPP_PATH") == nullptr) {
    return FaultError(Fault::kInvalidOppPath,
                      "environment variable ASCEND_OPP_PATH: given none, "
                      "expected the folder opp of the toolkit (set_env.sh)");
  }
  ASSIGN_OR_RETURN(auto specs, Infer(query, data));
  for (int i = 0; i < outputs.count; ++i) {
    if (static_cast<size_t>(i) >= specs.size()) break;
    ASSIGN_OR_RETURN(auto desc, Descs().Get(outputs.descs[i], "outputDesc"));
    desc->spec.shape = specs[static_cast<size_t>(i)].shape;
    desc->spec.dtype = specs[static_cast<size_t>(i)].dtype;
  }
  return absl::OkStatus();
}

}  // namespace
}  // namespace npuemu::shim

extern "C" {

aclError aclopInferShape(const char* opType, int numInputs,
                         aclTensorDesc* inputDesc[], aclDataBuffer* inputs[],
                         int numOutputs, aclTensorDesc* outputDesc[],
                         aclopAttr* attr) {
  return npuemu::shim::ApiCall("aclopInferShape", [&] {
    return npuemu::shim::InferShape(opType, {numInputs, inputDesc}, inputs,
                                    {numOutputs, outputDesc}, attr);
  });
}

}  // extern "C"
