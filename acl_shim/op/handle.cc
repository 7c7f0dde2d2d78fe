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

absl::Status OpHandle::Execute(Call& call,
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
  const std::shared_ptr<StreamResource> resource = Find(call, stream);
  return LaunchOp(call, stream.get(), *resource, *plan_, buffers);
}

// The key is the id of the resolved stream. (The real cache keys on the raw
// value, which is the same null for every default stream: R149.)
std::shared_ptr<StreamResource> OpHandle::Find(
    Call& call, const std::shared_ptr<Stream>& stream) {
  const int id = stream->queue.id;
  const auto place = std::lower_bound(
      cache_.begin(), cache_.end(), id,
      [](const Cached& cached, int key) { return cached.stream_id < key; });
  if (place != cache_.end() && place->stream_id == id) return place->resource;
  std::shared_ptr<StreamResource> resource = ResourceOf(call.node, stream);
  cache_.insert(place, {id, resource});
  // The lowest stream goes; its resource stays with the stream.
  if (cache_.size() > kMaxCached) cache_.erase(cache_.begin());
  return resource;
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
  return found->Execute(call, s, buffers);
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
      "aclopExecWithHandle", [&](npuemu::Call& call) {
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
