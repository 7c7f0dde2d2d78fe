/* Inputs in host memory are taken at the call (R137): the program overwrites
 * them at once. The model for them is compiled at the first call (R140); a
 * handle refuses them (R129). */
#include "acl/acl_op_compiler.h"
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  static int32_t host[kCount];
  void* x = NewNumbers(1, 1);
  void* out = NewNumbers(0, 0);
  aclTensorDesc* desc[3];
  for (int i = 0; i < 3; ++i) desc[i] = NewVector(ACL_INT32, kCount);
  CHECK(aclSetTensorPlaceMent(desc[1], ACL_MEMTYPE_HOST));
  aclDataBuffer* buffer[3] = {aclCreateDataBuffer(x, kBytes),
                              aclCreateDataBuffer(host, kBytes),
                              aclCreateDataBuffer(out, kBytes)};
  for (int round = 1; round <= 4; ++round) {
    for (int i = 0; i < kCount; ++i) host[i] = round * 1000;
    CHECK(aclopCompileAndExecuteV2("Add", 2, desc, buffer, 1, desc + 2,
                                   buffer + 2, NULL, ACL_ENGINE_SYS,
                                   ACL_COMPILE_SYS, NULL, stream));
    memset(host, 0xee, sizeof(host));
    CHECK(aclUpdateDataBuffer(buffer[0], out, kBytes));
  }
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("x + 10000", out, kBytes);
  const aclTensorDesc* in[2] = {desc[0], desc[1]};
  const aclTensorDesc* result[1] = {desc[2]};
  aclopHandle* handle = NULL;
  Show("handle", aclopCreateHandle("Add", 2, in, 1, result, NULL, &handle));
  for (int i = 0; i < 3; ++i) {
    aclDestroyTensorDesc(desc[i]);
    aclDestroyDataBuffer(buffer[i]);
  }
  return Finish();
}
