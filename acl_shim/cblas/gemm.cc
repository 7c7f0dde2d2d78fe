// aclblasGemmEx, aclblasHgemm, aclblasS8gemm and their handles.

#include "acl_shim/cblas/gemm_call.h"
#include "acl_shim/core/api_call.h"

using npuemu::shim::CreateGemmHandle;
using npuemu::shim::GemmOperands;
using npuemu::shim::GemmShape;

namespace {

int Run(const char* function, const GemmShape& shape,
        const GemmOperands& operands, aclrtStream stream) {
  return npuemu::shim::NodeCall(function, [&](npuemu::Call& call) {
    return npuemu::shim::ExecuteGemm(call, shape, operands, stream);
  });
}

int Create(const char* function, const GemmShape& shape,
           aclopHandle** handle) {
  return npuemu::shim::ApiCall(
      function, [&] { return CreateGemmHandle(shape, handle); });
}

}  // namespace

extern "C" {

aclError aclblasGemmEx(aclTransType transA, aclTransType transB,
                       aclTransType transC, int m, int n, int k,
                       const void* alpha, const void* matrixA, int lda,
                       aclDataType dataTypeA, const void* matrixB, int ldb,
                       aclDataType dataTypeB, const void* beta, void* matrixC,
                       int ldc, aclDataType dataTypeC, aclComputeType type,
                       aclrtStream stream) {
  return Run("aclblasGemmEx",
             {transA, transB, transC, m, n, k, dataTypeA, dataTypeB, dataTypeC,
              type},
             {alpha, matrixA, lda, matrixB, ldb, beta, matrixC, ldc}, stream);
}

aclError aclblasCreateHandleForGemmEx(
    aclTransType transA, aclTransType transB, aclTransType transC, int m, int n,
    int k, aclDataType dataTypeA, aclDataType dataTypeB, aclDataType dataTypeC,
    aclComputeType type, aclopHandle** handle) {
  return Create("aclblasCreateHandleForGemmEx",
                {transA, transB, transC, m, n, k, dataTypeA, dataTypeB,
                 dataTypeC, type},
                handle);
}

aclError aclblasHgemm(aclTransType transA, aclTransType transB,
                      aclTransType transC, int m, int n, int k,
                      const aclFloat16* alpha, const aclFloat16* matrixA,
                      int lda, const aclFloat16* matrixB, int ldb,
                      const aclFloat16* beta, aclFloat16* matrixC, int ldc,
                      aclComputeType type, aclrtStream stream) {
  return Run("aclblasHgemm",
             {transA, transB, transC, m, n, k, ACL_FLOAT16, ACL_FLOAT16,
              ACL_FLOAT16, type},
             {alpha, matrixA, lda, matrixB, ldb, beta, matrixC, ldc}, stream);
}

aclError aclblasCreateHandleForHgemm(aclTransType transA, aclTransType transB,
                                     aclTransType transC, int m, int n, int k,
                                     aclComputeType type,
                                     aclopHandle** handle) {
  return Create("aclblasCreateHandleForHgemm",
                {transA, transB, transC, m, n, k, ACL_FLOAT16, ACL_FLOAT16,
                 ACL_FLOAT16, type},
                handle);
}

aclError aclblasS8gemm(aclTransType transA, aclTransType transB,
                      aclTransType transC, int m, int n, int k,
                      const int32_t* alpha, const int8_t* matrixA,
                      int lda, const int8_t* matrixB, int ldb,
                      const int32_t* beta, int32_t* matrixC, int ldc,
                      aclComputeType type, aclrtStream stream) {
  return Run("aclblasS8gemm",
             {transA, transB, transC, m, n, k, ACL_INT8, ACL_INT8,
              ACL_INT32, type},
             {alpha, matrixA, lda, matrixB, ldb, beta, matrixC, ldc}, stream);
}

aclError aclblasCreateHandleForS8gemm(aclTransType transA, aclTransType transB,
                                     aclTransType transC, int m, int n, int k,
                                     aclComputeType type,
                                     aclopHandle** handle) {
  return Create("aclblasCreateHandleForS8gemm",
                {transA, transB, transC, m, n, k, ACL_INT8, ACL_INT8,
                 ACL_INT32, type},
                handle);
}

}  // extern "C"
