// aclopExecute, aclopExecuteV2.

#include "acl_shim/op/execute.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/compile_options.h"
#include "acl_shim/op/dynamic_launch.h"
#include "acl_shim/op/kernel_registry.h"
#include "emulator/host/host_hooks.h"

namespace npuemu::shim {
namespace {

absl::Status CheckData(const char* side, const BufferList& buffers) {
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (buffers[i].data != nullptr || buffers[i].size == 0) continue;
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat(side, " ", i, " data: given null with ",
                                   buffers[i].size,
                                   " bytes, expected an address"));
  }
  return absl::OkStatus();
}

// R131: every output holds an extent of 0.
bool NothingToCompute(const OpQuery& query) {
  return !query.outputs.empty() &&
         std::all_of(query.outputs.begin(), query.outputs.end(),
                     [](const om::OmTensor& tensor) {
                       const kernels::Shape& dims = tensor.spec.shape;
                       return std::count(dims.begin(), dims.end(), 0) > 0;
                     });
}

struct Match {
  std::shared_ptr<const OpModel> model;
  OpQuery query;  // as it matched
};

// R128: while it looks for constants, the real matching turns the caller's own
// descriptors into constants and back; a thread that shares them sees it (I13).
// Only for controlled threads: free ones would race for our memory.
class ConstantDescriptors {
 public:
  ConstantDescriptors(const OpQuery& before, const OpQuery& query,
                      DescArray descs) {
    if (!HostHooks().controlled || descs.descs == nullptr) return;
    for (size_t i = 0; i < query.inputs.size(); ++i) {
      if (!query.inputs[i].is_const || before.inputs[i].is_const) continue;
      auto desc = Descs().Get(descs.descs[i], "inputDesc");
      if (!desc.ok()) continue;
      (*desc)->constant = query.inputs[i].const_value;
      changed_.emplace_back(*desc, (*desc)->placement);
      (*desc)->placement = Placement::kDevice;
    }
  }
  ~ConstantDescriptors() {
    for (auto& [desc, placement] : changed_) {
      desc->constant.reset();
      desc->placement = placement;
    }
  }
  ConstantDescriptors(const ConstantDescriptors&) = delete;
  ConstantDescriptors& operator=(const ConstantDescriptors&) = delete;

 private:
  std::vector<std::pair<std::shared_ptr<TensorDesc>, Placement>> changed_;
};

// H39: matching changes the descriptors of host inputs (R128), reads others.
void LogMatching(Call& call, const OpQuery& before, const OpQuery& query,
                 DescArray descs) {
  if (!call.node.log().checking() || descs.descs == nullptr) return;
  for (size_t i = 0; i < query.inputs.size(); ++i) {
    call.LogDescriptor(query.inputs[i].is_const && !before.inputs[i].is_const,
                       descs.descs[i]);
  }
}

// R126: host inputs as constants first, then as host inputs.
absl::StatusOr<Match> FindMatch(Call& call, const OpQuery& query,
                                const BufferList& inputs, DescArray descs) {
  ModelStore& store = ModelStore::Get();
  Match match{nullptr, query};
  const bool constants = HostInputsAsConstants(inputs, &match.query);
  LogMatching(call, query, match.query, descs);
  if (constants) {
    const ConstantDescriptors shared(query, match.query, descs);
    call.SwitchPoint("MATCH");
    ASSIGN_OR_RETURN(match.model, store.Find(match.query,
                                             CurrentSearchOrder()));
    if (match.model != nullptr) return match;
    match.query = query;
  }
  ASSIGN_OR_RETURN(match.model, store.Find(query, CurrentSearchOrder()));
  if (match.model != nullptr) return match;
  if (HasDeviceKernel(query.op_type)) return DeviceKernelRefused(query.op_type);
  return store.NotFound(query);
}

bool AlwaysTheSame(const OpQuery& query, const OpModel& model) {
  auto plain = [](const om::OmTensor& tensor) {
    return !tensor.storage_format.has_value();
  };
  return !model.def.dynamic &&
         std::all_of(query.inputs.begin(), query.inputs.end(), plain) &&
         std::all_of(query.outputs.begin(), query.outputs.end(), plain);
}

absl::StatusOr<std::shared_ptr<const OpPlan>> PlanOf(const Match& match,
                                                     OpObject* object) {
  if (object->plan != nullptr) return object->plan;
  ASSIGN_OR_RETURN(auto plan, MakePlan(match.query, match.model));
  if (AlwaysTheSame(match.query, *match.model)) object->plan = plan;
  return plan;
}

}  // namespace

absl::Status ReadArgs(const ExecuteArgs& args, OpQuery* query,
                      OpBuffers* buffers) {
  ASSIGN_OR_RETURN(*query, MakeQuery(args.op_type, args.inputs, args.outputs,
                                     args.attr));
  RETURN_IF_ERROR(GetBuffers(args.inputs.count, args.input_buffers, "inputs",
                             &buffers->inputs));
  RETURN_IF_ERROR(GetBuffers(args.outputs.count, args.output_buffers,
                             "outputs", &buffers->outputs));
  RETURN_IF_ERROR(CheckData("input", buffers->inputs));
  return CheckData("output", buffers->outputs);
}

absl::Status ExecuteQuery(Call& call, const OpQuery& query,
                          const OpBuffers& buffers, aclrtStream stream,
                          std::vector<kernels::Shape>* inferred,
                          DescArray descs) {
  if (NothingToCompute(query)) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto target, Process::Get().FindStream(call, stream));
  ASSIGN_OR_RETURN(const Match match,
                   FindMatch(call, query, buffers.inputs, descs));
  if (match.model->def.dynamic) {  // runtime 2 (R132)
    auto frame = std::make_shared<CallFrame>();
    frame->query = match.query;
    frame->buffers = buffers;
    RETURN_IF_ERROR(LaunchDynamic(call, target, match.model, frame));
    if (inferred != nullptr) *inferred = frame->refreshed;
    return absl::OkStatus();
  }
  const std::shared_ptr<OpObject> object =
      ResourceOf(call, target)->ObjectOf(match.model);
  ASSIGN_OR_RETURN(auto plan, PlanOf(match, object.get()));
  RETURN_IF_ERROR(LaunchOp(call, target, object, *plan, buffers));
  if (inferred != nullptr) *inferred = plan->inferred;
  if (!ComputedFromRange(match.query, *plan)) return absl::OkStatus();
  return SynchronizeStream(call, target.get(), std::nullopt);
}

absl::Status ExecuteRead(Call& call, const ExecuteArgs& args,
                         const OpQuery& query, const OpBuffers& buffers,
                         bool rewrite) {
  std::vector<kernels::Shape> inferred;
  RETURN_IF_ERROR(ExecuteQuery(call, query, buffers, args.stream, &inferred,
                               args.inputs));
  if (!rewrite) return absl::OkStatus();
  for (size_t i = 0; i < inferred.size(); ++i) {
    ASSIGN_OR_RETURN(auto desc,
                     Descs().Get(args.outputs.descs[i], "outputDesc"));
    desc->spec.shape = inferred[i];
  }
  return absl::OkStatus();
}

absl::Status Execute(Call& call, const ExecuteArgs& args, bool rewrite) {
  OpQuery query;
  OpBuffers buffers;
  RETURN_IF_ERROR(ReadArgs(args, &query, &buffers));
  return ExecuteRead(call, args, query, buffers, rewrite);
}

}  // namespace npuemu::shim

using npuemu::shim::Args;
using npuemu::shim::ExecuteArgs;
using npuemu::shim::NodeCall;

extern "C" {

aclError aclopExecute(const char* opType, int numInputs,
                      const aclTensorDesc* const inputDesc[],
                      const aclDataBuffer* const inputs[], int numOutputs,
                      const aclTensorDesc* const outputDesc[],
                      aclDataBuffer* const outputs[], const aclopAttr* attr,
                      aclrtStream stream) {
  const ExecuteArgs args{opType, {numInputs, inputDesc}, inputs,
                         {numOutputs, outputDesc}, outputs, attr, stream};
  return NodeCall("aclopExecute",
                  Args(opType, numInputs, inputDesc, inputs, numOutputs,
                       outputDesc, outputs, attr, stream),
                  [&](npuemu::Call& call) {
                    return npuemu::shim::Execute(call, args, /*rewrite=*/false);
                  });
}

aclError aclopExecuteV2(const char* opType, int numInputs,
                        aclTensorDesc* inputDesc[], aclDataBuffer* inputs[],
                        int numOutputs, aclTensorDesc* outputDesc[],
                        aclDataBuffer* outputs[], aclopAttr* attr,
                        aclrtStream stream) {
  const ExecuteArgs args{opType, {numInputs, inputDesc}, inputs,
                         {numOutputs, outputDesc}, outputs, attr, stream};
  return NodeCall("aclopExecuteV2",
                  Args(opType, numInputs, inputDesc, inputs, numOutputs,
                       outputDesc, outputs, attr, stream),
                  [&](npuemu::Call& call) {
                    return npuemu::shim::Execute(call, args, /*rewrite=*/true);
                  });
}

}  // extern "C"
