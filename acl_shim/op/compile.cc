// aclopCompile, aclopCompileAndExecute, aclopCompileAndExecuteV2: a model made
// of the descriptors themselves, kept with the loaded ones (R140, R121).

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl/acl_op_compiler.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/compile_options.h"
#include "acl_shim/op/execute.h"
#include "acl_shim/op/model_store.h"
#include "acl_shim/op/op_plan.h"

namespace npuemu::shim {
namespace {

// What only the compiling functions have.
struct CompileArgs {
  aclopEngineType engine;
  aclopCompileType type;
  const char* path;
};

absl::Status CheckCompileArgs(const CompileArgs& args) {
  if (args.type != ACL_COMPILE_SYS && args.type != ACL_COMPILE_UNREGISTERED) {
    return InvalidValue(Fault::kApiNotSupport, "compileFlag",
                        absl::StrCat(static_cast<int>(args.type)),
                        "ACL_COMPILE_SYS or ACL_COMPILE_UNREGISTERED");
  }
  if (args.engine < ACL_ENGINE_SYS || args.engine > ACL_ENGINE_VECTOR) {
    return InvalidValue(Fault::kInvalidParam, "engineType",
                        absl::StrCat(static_cast<int>(args.engine)),
                        "[0, 2]");
  }
  if (args.type == ACL_COMPILE_SYS) return absl::OkStatus();
  if (args.path == nullptr) return NullPointer("opPath");
  return FaultError(Fault::kApiNotSupport,
                    absl::StrCat("compileFlag: given ACL_COMPILE_UNREGISTERED "
                                 "with opPath \"", args.path,
                                 "\", expected ACL_COMPILE_SYS: operators from "
                                 "source files are not compiled"));
}

// Fuzzy compilation generalises every extent: one model for all shapes of the
// rank. (The real compiler chooses narrower ranges, which are not published.)
void Generalise(std::vector<om::OmTensor>* tensors) {
  for (om::OmTensor& tensor : *tensors) {
    if (tensor.is_const) continue;
    const size_t rank = tensor.spec.shape.size();
    tensor.spec.shape.assign(rank, -1);
    tensor.shape_range.assign(rank, {0, -1});
  }
}

absl::Status CheckCompilable(const OpQuery& query, bool dynamic) {
  ASSIGN_OR_RETURN(kernels::OpCall call, MakeCall(query));
  if (dynamic) return absl::OkStatus();  // checked with the real extents
  return PrepareOp(std::move(call), ConstantsOf(query)).status();
}

absl::Status CompileQuery(const OpQuery& query) {
  om::SingleOpModel def;
  def.op_type = query.op_type;
  def.name = query.op_type;
  def.inputs = query.inputs;
  def.outputs = query.outputs;
  def.attrs = query.attrs;
  auto is_dynamic = [](const om::OmTensor& tensor) { return tensor.dynamic(); };
  def.dynamic =
      std::any_of(def.inputs.begin(), def.inputs.end(), is_dynamic) ||
      std::any_of(def.outputs.begin(), def.outputs.end(), is_dynamic);
  RETURN_IF_ERROR(CheckCompilable(query, def.dynamic));
  if (FuzzyCompile()) {
    Generalise(&def.inputs);
    Generalise(&def.outputs);
    def.dynamic = true;
    def.build_mode = 1;
  }
  ModelStore::Get().Add(std::move(def), Lifetime::kAged);
  return absl::OkStatus();
}

absl::Status Compile(const char* op_type, DescArray inputs, DescArray outputs,
                     const aclopAttr* attr, const CompileArgs& compile) {
  RETURN_IF_ERROR(CheckCompileArgs(compile));
  ASSIGN_OR_RETURN(const OpQuery query,
                   MakeQuery(op_type, inputs, outputs, attr));
  RETURN_IF_ERROR(RefuseHostInputs(query));
  return CompileQuery(query);
}

// Host inputs become constants of the model, since their bytes are known
// here; ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT ones stay inputs (R126).
absl::Status CompileAndExecute(Call& call, const ExecuteArgs& args,
                               const CompileArgs& compile, bool rewrite) {
  RETURN_IF_ERROR(CheckCompileArgs(compile));
  OpQuery query;
  OpBuffers buffers;
  RETURN_IF_ERROR(ReadArgs(args, &query, &buffers));
  OpQuery compiled = query;
  HostInputsAsConstants(buffers.inputs, &compiled);
  ModelStore& store = ModelStore::Get();
  ASSIGN_OR_RETURN(auto model, store.Find(compiled, CurrentSearchOrder()));
  if (model == nullptr) RETURN_IF_ERROR(CompileQuery(compiled));
  return ExecuteRead(call, args, query, buffers, rewrite);
}

}  // namespace
}  // namespace npuemu::shim

using npuemu::shim::Args;
using npuemu::shim::CompileArgs;
using npuemu::shim::ExecuteArgs;
using npuemu::shim::NodeCall;

extern "C" {

aclError aclopCompile(const char* opType, int numInputs,
                      const aclTensorDesc* const inputDesc[], int numOutputs,
                      const aclTensorDesc* const outputDesc[],
                      const aclopAttr* attr, aclopEngineType engineType,
                      aclopCompileType compileFlag, const char* opPath) {
  const CompileArgs compile{engineType, compileFlag, opPath};
  return npuemu::shim::ApiCall("aclopCompile", [&] {
    return npuemu::shim::Compile(opType, {numInputs, inputDesc},
                                 {numOutputs, outputDesc}, attr, compile);
  });
}

aclError aclopCompileAndExecute(
    const char* opType, int numInputs, const aclTensorDesc* const inputDesc[],
    const aclDataBuffer* const inputs[], int numOutputs,
    const aclTensorDesc* const outputDesc[], aclDataBuffer* const outputs[],
    const aclopAttr* attr, aclopEngineType engineType,
    aclopCompileType compileFlag, const char* opPath, aclrtStream stream) {
  const CompileArgs compile{engineType, compileFlag, opPath};
  const ExecuteArgs args{opType, {numInputs, inputDesc}, inputs,
                         {numOutputs, outputDesc}, outputs, attr, stream};
  return NodeCall("aclopCompileAndExecute", Args(stream),
                  [&](npuemu::Call& call) {
    return npuemu::shim::CompileAndExecute(call, args, compile, false);
  });
}

aclError aclopCompileAndExecuteV2(
    const char* opType, int numInputs, aclTensorDesc* inputDesc[],
    aclDataBuffer* inputs[], int numOutputs, aclTensorDesc* outputDesc[],
    aclDataBuffer* outputs[], aclopAttr* attr, aclopEngineType engineType,
    aclopCompileType compileFlag, const char* opPath, aclrtStream stream) {
  const CompileArgs compile{engineType, compileFlag, opPath};
  const ExecuteArgs args{opType, {numInputs, inputDesc}, inputs,
                         {numOutputs, outputDesc}, outputs, attr, stream};
  return NodeCall(
      "aclopCompileAndExecuteV2",
      Args(numInputs, numOutputs, stream),
      [&](npuemu::Call& call) {
        return npuemu::shim::CompileAndExecute(call, args, compile, true);
      });
}

}  // extern "C"
