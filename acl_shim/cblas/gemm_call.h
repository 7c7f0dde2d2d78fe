// File: gemm_call.h
// What the aclblas functions have in common: they are operator GEMM with
// inputs a, b, c, alpha, beta and output c, and they need its model as any
// operator does (R119-R126). A vector is a matrix of one column.

#ifndef ACL_SHIM_CBLAS_GEMM_CALL_H_
#define ACL_SHIM_CBLAS_GEMM_CALL_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "acl/ops/acl_cblas.h"
#include "acl_shim/op/query.h"
#include "emulator/device/node.h"

namespace npuemu::shim {

// C(m,n) = alpha * op(A)(m,k) * op(B)(k,n) + beta * C, row-major.
struct GemmShape {
  aclTransType trans_a = ACL_TRANS_N;
  aclTransType trans_b = ACL_TRANS_N;
  aclTransType trans_c = ACL_TRANS_N;
  int m = 0;
  int n = 0;
  int k = 0;
  aclDataType a = ACL_DT_UNDEFINED;
  aclDataType b = ACL_DT_UNDEFINED;
  aclDataType c = ACL_DT_UNDEFINED;  // of alpha and beta as well
  aclComputeType type = ACL_COMPUTE_HIGH_PRECISION;
};

// alpha and beta may lie in host or device memory, the others in device
// memory. The strides are reserved: only -1 is accepted.
struct GemmOperands {
  const void* alpha = nullptr;
  const void* a = nullptr;
  int lda = -1;
  const void* b = nullptr;
  int ldb = -1;
  const void* beta = nullptr;
  void* c = nullptr;
  int ldc = -1;
};

// Errors: kInvalidParam for a null pointer, an extent below 1, a stride other
// than -1, transC other than N, or data types without a documented
// combination; kOpNotFound without a model.
absl::Status ExecuteGemm(Call& call, const GemmShape& shape,
                         const GemmOperands& operands, aclrtStream stream);

absl::Status CreateGemmHandle(const GemmShape& shape, aclopHandle** handle);

// The matrix-vector forms: y(m) = alpha * op(A)(m,n) * x(n) + beta * y.
GemmShape GemvShape(aclTransType trans_a, int m, int n, aclDataType a,
                    aclDataType x, aclDataType y, aclComputeType type);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CBLAS_GEMM_CALL_H_
