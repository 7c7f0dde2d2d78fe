/* Integer matrix products by aclblas, in a chain on one stream: exact, with
 * alpha and beta from host memory. */
#include "acl/ops/acl_cblas.h"
#include "check.h"

enum { kSide = 16, kCells = kSide * kSide };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  static int8_t a[kCells], b[kCells];
  static int32_t c[kCells];
  for (int i = 0; i < kCells; ++i) {
    a[i] = (int8_t)(i * 37);
    b[i] = (int8_t)(i * 11 - 128);
    c[i] = i;
  }
  int8_t* da = (int8_t*)NewDevice(kCells);
  int8_t* db = (int8_t*)NewDevice(kCells);
  int32_t* dc = (int32_t*)NewDevice(kCells * 4);
  CHECK(aclrtMemcpy(da, kCells, a, kCells, ACL_MEMCPY_HOST_TO_DEVICE));
  CHECK(aclrtMemcpy(db, kCells, b, kCells, ACL_MEMCPY_HOST_TO_DEVICE));
  CHECK(aclrtMemcpy(dc, kCells * 4, c, kCells * 4, ACL_MEMCPY_HOST_TO_DEVICE));
  const int32_t alpha = 3, beta = -2;
  for (int round = 0; round < 4; ++round) {
    CHECK(aclblasS8gemm(ACL_TRANS_N, ACL_TRANS_N, ACL_TRANS_N, kSide, kSide,
                        kSide, &alpha, da, -1, db, -1, &beta, dc, -1,
                        ACL_COMPUTE_HIGH_PRECISION, stream));
  }
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("four rounds of 3 a b - 2 c", dc, kCells * 4);
  Show("other extents",
       aclblasS8gemm(ACL_TRANS_N, ACL_TRANS_N, ACL_TRANS_N, 8, kSide, kSide,
                     &alpha, da, -1, db, -1, &beta, dc, -1,
                     ACL_COMPUTE_HIGH_PRECISION, stream));
  return Finish();
}
