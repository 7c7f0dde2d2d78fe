// aclopCreateHandle, aclopExecWithHandle, aclopDestroyHandle.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "acl/acl_op.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/compile_options.h"
#include "acl_shim/op/op_handle.h"

namespace npuemu::shim {

HandleTable<OpHandle>& OpHandles() {
  static auto& table =
      *new HandleTable<OpHandle>(HandleKind::kOpHandle, Fault::kInvalidParam);
  return table;
}

absl::StatusOr<aclopHandle*> MakeHandle(const OpQuery& query) {
  RETURN_IF_ERROR(RefuseHostInputs(query));
  ModelStore& store = ModelStore::Get();
  ASSIGN_OR_RETURN(auto model, store.Find(query, CurrentSearchOrder()));
  if (model == nullptr) return store.NotFound(query);
  ASSIGN_OR_RETURN(auto plan, MakePlan(query, std::move(model)));
  auto handle = std::make_shared<OpHandle>(std::move(plan));
  return static_cast<aclopHandle*>(OpHandles().Add(std::move(handle)));
}

absl::Status OpHandle::Execute(Call& call, bool null_stream,
                               const std::shared_ptr<Stream>& stream,
                               const OpBuffers& buffers) {
  if (buffers.inputs.size() != plan_->inputs.size()) {
    return FaultError(Fault::kOpInputNotMatch,
                      absl::StrCat(plan_->model->def.op_type,
                                   ": numInputs: given ",
                                   buffers.inputs.size(), ", expected ",
                                   plan_->inputs.size()));
  }
  if (buffers.outputs.size() != plan_->outputs.size()) {
    return FaultError(Fault::kOpOutputNotMatch,
                      absl::StrCat(plan_->model->def.op_type,
                                   ": numOutputs: given ",
                                   buffers.outputs.size(), ", expected ",
                                   plan_->outputs.size()));
  }
  if (AllEmpty(buffers.outputs)) return absl::OkStatus();
  const std::shared_ptr<OpObject> object = Find(call, null_stream, stream);
  return LaunchOp(call, stream, object, *plan_, buffers);
}

// What is cached is not asked whether it is still alive (R130, I11, I12).
std::shared_ptr<OpObject> OpHandle::Find(
    Call& call, bool null_stream, const std::shared_ptr<Stream>& stream) {
  const uint64_t key = null_stream ? 0 : stream->address;
  const auto place = std::lower_bound(
      cache_.begin(), cache_.end(), key,
      [](const Cached& cached, uint64_t k) { return cached.stream < k; });
  if (place != cache_.end() && place->stream == key) return place->object;
  std::shared_ptr<OpObject> object =
      ResourceOf(call, stream)->ObjectOf(plan_->model);
  cache_.insert(place, {key, object});
  // The lowest stream goes; its object stays with the stream.
  if (cache_.size() > kMaxCached) cache_.erase(cache_.begin());
  return object;
}

namespace {

absl::Status CreateHandle(const char* op_type, DescArray inputs,
                          DescArray outputs, const aclopAttr* attr,
                          aclopHandle** handle) {
  RETURN_IF_NULL(handle);
  ASSIGN_OR_RETURN(const OpQuery query,
                   MakeQuery(op_type, inputs, outputs, attr));
  ASSIGN_OR_RETURN(*handle, MakeHandle(query));
  return absl::OkStatus();
}

absl::Status ExecWithHandle(Call& call, const aclopHandle* handle, int inputs,
                            const aclDataBuffer* const* input, int outputs,
                            aclDataBuffer* const* output, aclrtStream stream) {
  ASSIGN_OR_RETURN(auto found, OpHandles().Get(handle, "handle"));
  OpBuffers buffers;
  RETURN_IF_ERROR(GetBuffers(inputs, input, "inputs", &buffers.inputs));
  RETURN_IF_ERROR(GetBuffers(outputs, output, "outputs", &buffers.outputs));
  ASSIGN_OR_RETURN(auto s, Process::Get().FindStream(call, stream));
  return found->Execute(call, stream == nullptr, s, buffers);
}

}  // namespace
}  // namespace npuemu::shim

extern "C" {

aclError aclopCreateHandle(const char* opType, int numInputs,
                           const aclTensorDesc* const inputDesc[],
                           int numOutputs,
                           const aclTensorDesc* const outputDesc[],
                           const aclopAttr* opAttr, aclopHandle** handle) {
  return npuemu::shim::ApiCall("aclopCreateHandle", [&] {
    return npuemu::shim::CreateHandle(opType, {numInputs, inputDesc},
                                      {numOutputs, outputDesc}, opAttr,
                                      handle);
  });
}

aclError aclopExecWithHandle(aclopHandle* handle, int numInputs,
                             const aclDataBuffer* const inputs[],
                             int numOutputs, aclDataBuffer* const outputs[],
                             aclrtStream stream) {
  return npuemu::shim::NodeCall(
      "aclopExecWithHandle",
      npuemu::shim::Args(handle, numInputs, inputs, numOutputs, outputs,
                         stream),
      [&](npuemu::Call& call) {
        return npuemu::shim::ExecWithHandle(call, handle, numInputs, inputs,
                                            numOutputs, outputs, stream);
      });
}

void aclopDestroyHandle(aclopHandle* handle) {
  if (handle == nullptr) return;
  npuemu::shim::ApiCall("aclopDestroyHandle", [&] {
    return npuemu::shim::OpHandles().Remove(handle, "handle").status();
  });
}

}  // extern "C"
