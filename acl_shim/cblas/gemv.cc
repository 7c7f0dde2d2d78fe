// aclblasGemvEx, aclblasHgemv, aclblasS8gemv and their handles.

#include "acl_shim/cblas/gemm_call.h"
#include "acl_shim/core/api_call.h"

using npuemu::shim::CreateGemmHandle;
using npuemu::shim::GemmOperands;
using npuemu::shim::GemmShape;
using npuemu::shim::GemvShape;

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

aclError aclblasGemvEx(aclTransType transA, int m, int n, const void* alpha,
                       const void* a, int lda, aclDataType dataTypeA,
                       const void* x, int incx, aclDataType dataTypeX,
                       const void* beta, void* y, int incy,
                       aclDataType dataTypeY, aclComputeType type,
                       aclrtStream stream) {
  return Run("aclblasGemvEx",
             GemvShape(transA, m, n, dataTypeA, dataTypeX, dataTypeY, type),
             {alpha, a, lda, x, incx, beta, y, incy}, stream);
}

aclError aclblasCreateHandleForGemvEx(aclTransType transA, int m, int n,
                                      aclDataType dataTypeA,
                                      aclDataType dataTypeX,
                                      aclDataType dataTypeY,
                                      aclComputeType type,
                                      aclopHandle** handle) {
  return Create("aclblasCreateHandleForGemvEx",
                GemvShape(transA, m, n, dataTypeA, dataTypeX, dataTypeY, type),
                handle);
}

aclError aclblasHgemv(aclTransType transA, int m, int n,
                      const aclFloat16* alpha, const aclFloat16* a, int lda,
                      const aclFloat16* x, int incx, const aclFloat16* beta,
                      aclFloat16* y, int incy, aclComputeType type,
                      aclrtStream stream) {
  return Run("aclblasHgemv",
             GemvShape(transA, m, n, ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT16,
                       type),
             {alpha, a, lda, x, incx, beta, y, incy}, stream);
}

aclError aclblasCreateHandleForHgemv(aclTransType transA, int m, int n,
                                     aclComputeType type,
                                     aclopHandle** handle) {
  return Create("aclblasCreateHandleForHgemv",
                GemvShape(transA, m, n, ACL_FLOAT16, ACL_FLOAT16, ACL_FLOAT16,
                       type),
                handle);
}

aclError aclblasS8gemv(aclTransType transA, int m, int n,
                      const int32_t* alpha, const int8_t* a, int lda,
                      const int8_t* x, int incx, const int32_t* beta,
                      int32_t* y, int incy, aclComputeType type,
                      aclrtStream stream) {
  return Run("aclblasS8gemv",
             GemvShape(transA, m, n, ACL_INT8, ACL_INT8, ACL_INT32, type),
             {alpha, a, lda, x, incx, beta, y, incy}, stream);
}

aclError aclblasCreateHandleForS8gemv(aclTransType transA, int m, int n,
                                     aclComputeType type,
                                     aclopHandle** handle) {
  return Create("aclblasCreateHandleForS8gemv",
                GemvShape(transA, m, n, ACL_INT8, ACL_INT8, ACL_INT32, type),
                handle);
}

}  // extern "C"
