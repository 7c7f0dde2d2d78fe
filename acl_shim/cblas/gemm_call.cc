#include "acl_shim/cblas/gemm_call.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/compile_options.h"
#include "acl_shim/op/launch.h"
#include "acl_shim/op/model_store.h"
#include "acl_shim/op/op_handle.h"
#include "acl_shim/op/op_plan.h"

namespace npuemu::shim {
namespace {

constexpr size_t kAlpha = 3;
constexpr size_t kBeta = 4;

struct Types {
  aclDataType a;
  aclDataType b;
  aclDataType c;
};

// The documented combinations.
constexpr Types kTypes[] = {
    {ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT16},
    {ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT},
    {ACL_INT8, ACL_INT8, ACL_FLOAT},
    {ACL_INT8, ACL_INT8, ACL_INT32},
};

absl::Status CheckTypes(const GemmShape& shape) {
  for (const Types& types : kTypes) {
    if (types.a == shape.a && types.b == shape.b && types.c == shape.c) {
      return absl::OkStatus();
    }
  }
  auto name = [](aclDataType type) {
    return kernels::NameOf(static_cast<kernels::DataType>(type));
  };
  return InvalidValue(Fault::kInvalidParam, "dataTypeA, dataTypeB, dataTypeC",
                      absl::StrCat(name(shape.a), ", ", name(shape.b), ", ",
                                   name(shape.c)),
                      "two float16 with float16 or float, or two int8 with "
                      "float or int32");
}

absl::Status CheckAtLeast(const char* name, int value, int least) {
  if (value >= least) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, name, absl::StrCat(value),
                      absl::StrCat(least, " or more"));
}

absl::Status CheckTranspose(const char* name, aclTransType value,
                            aclTransType last) {
  if (value >= ACL_TRANS_N && value <= last) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, name,
                      absl::StrCat(static_cast<int>(value)),
                      absl::StrCat("[0, ", static_cast<int>(last), "]"));
}

absl::Status CheckShape(const GemmShape& shape) {
  RETURN_IF_ERROR(CheckTranspose("transA", shape.trans_a, ACL_TRANS_NZ_T));
  RETURN_IF_ERROR(CheckTranspose("transB", shape.trans_b, ACL_TRANS_NZ_T));
  RETURN_IF_ERROR(CheckTranspose("transC", shape.trans_c, ACL_TRANS_N));
  RETURN_IF_ERROR(CheckAtLeast("m", shape.m, 1));
  RETURN_IF_ERROR(CheckAtLeast("n", shape.n, 1));
  RETURN_IF_ERROR(CheckAtLeast("k", shape.k, 1));
  if (shape.type != ACL_COMPUTE_HIGH_PRECISION &&
      shape.type != ACL_COMPUTE_LOW_PRECISION) {
    return InvalidValue(Fault::kInvalidParam, "type",
                        absl::StrCat(static_cast<int>(shape.type)), "0 or 1");
  }
  return CheckTypes(shape);
}

absl::Status CheckStride(const char* name, int value) {
  if (value == -1) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, name, absl::StrCat(value),
                      "-1 (reserved: matrices are contiguous)");
}

bool Transposed(aclTransType trans) {
  return trans == ACL_TRANS_T || trans == ACL_TRANS_NZ_T;
}

om::OmTensor Tensor(aclDataType type, kernels::Shape shape,
                    aclTransType trans = ACL_TRANS_N) {
  om::OmTensor tensor;
  const bool nz = trans == ACL_TRANS_NZ || trans == ACL_TRANS_NZ_T;
  tensor.spec = {static_cast<kernels::DataType>(type),
                 nz ? kernels::Format::kFractalNz : kernels::Format::kNd,
                 std::move(shape)};
  return tensor;
}

// `scalar`: the extents of alpha and beta.
OpQuery GemmQuery(const GemmShape& shape, const kernels::Shape& scalar) {
  const int64_t m = shape.m;
  const int64_t n = shape.n;
  const int64_t k = shape.k;
  using Extents = kernels::Shape;
  OpQuery query;
  query.op_type = "GEMM";
  query.inputs = {
      Tensor(shape.a, Transposed(shape.trans_a) ? Extents{k, m} : Extents{m, k},
             shape.trans_a),
      Tensor(shape.b, Transposed(shape.trans_b) ? Extents{n, k} : Extents{k, n},
             shape.trans_b),
      Tensor(shape.c, {m, n}), Tensor(shape.c, scalar),
      Tensor(shape.c, scalar)};
  query.outputs = {Tensor(shape.c, {m, n})};
  query.attrs["transpose_a"] = Transposed(shape.trans_a);
  query.attrs["transpose_b"] = Transposed(shape.trans_b);
  return query;
}

// The documents do not say whether alpha and beta of the model are scalars or
// vectors of one element, so both match; their bytes are the same.
absl::StatusOr<std::shared_ptr<const OpPlan>> PlanGemm(
    const GemmShape& shape) {
  RETURN_IF_ERROR(CheckShape(shape));
  ModelStore& store = ModelStore::Get();
  const OpQuery query = GemmQuery(shape, {});
  for (const OpQuery& form : {query, GemmQuery(shape, {1})}) {
    ASSIGN_OR_RETURN(auto model, store.Find(form, CurrentSearchOrder()));
    if (model != nullptr) return MakePlan(form, std::move(model));
  }
  return store.NotFound(query);
}

DataBuffer Buffer(const void* data, uint64_t bytes) {
  return {const_cast<void*>(data), bytes};
}

OpBuffers BuffersOf(const GemmOperands& operands, const OpPlan& plan) {
  const void* inputs[] = {operands.a, operands.b, operands.c, operands.alpha,
                          operands.beta};
  OpBuffers buffers;
  for (size_t i = 0; i < plan.inputs.size(); ++i) {
    buffers.inputs.push_back(Buffer(inputs[i], plan.inputs[i].bytes));
  }
  buffers.outputs.push_back(Buffer(operands.c, plan.outputs[0].bytes));
  return buffers;
}

}  // namespace

GemmShape GemvShape(aclTransType trans_a, int m, int n, aclDataType a,
                    aclDataType x, aclDataType y, aclComputeType type) {
  return {trans_a, ACL_TRANS_N, ACL_TRANS_N, m, 1, n, a, x, y, type};
}

absl::Status ExecuteGemm(Call& call, const GemmShape& shape,
                         const GemmOperands& operands, aclrtStream stream) {
  RETURN_IF_NULL(operands.alpha);
  RETURN_IF_NULL(operands.a);
  RETURN_IF_NULL(operands.b);
  RETURN_IF_NULL(operands.beta);
  RETURN_IF_NULL(operands.c);
  RETURN_IF_ERROR(CheckStride("lda", operands.lda));
  RETURN_IF_ERROR(CheckStride("ldb", operands.ldb));
  RETURN_IF_ERROR(CheckStride("ldc", operands.ldc));
  ASSIGN_OR_RETURN(auto plan, PlanGemm(shape));
  ASSIGN_OR_RETURN(auto target, Process::Get().FindStream(call, stream));
  const OpBuffers buffers = BuffersOf(operands, *plan);
  OpPlan passed = *plan;
  for (size_t i : {kAlpha, kBeta}) {
    if (call.node.memory().IsDeviceAddress(buffers.inputs[i].data)) continue;
    passed.inputs[i].passing = Passing::kHost;
  }
  const std::shared_ptr<OpObject> object =
      ResourceOf(call, target)->ObjectOf(plan->model);
  return LaunchOp(call, target, object, passed, buffers);
}

absl::Status CreateGemmHandle(const GemmShape& shape, aclopHandle** handle) {
  RETURN_IF_NULL(handle);
  ASSIGN_OR_RETURN(auto plan, PlanGemm(shape));
  *handle = static_cast<aclopHandle*>(
      OpHandles().Add(std::make_shared<OpHandle>(std::move(plan))));
  return absl::OkStatus();
}

}  // namespace npuemu::shim
