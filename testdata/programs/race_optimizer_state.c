/* A race on purpose: an optimizer updates an input where it is, and another
 * stream reads that state without waiting in the last round (H5). */
#include "acl/acl_op_compiler.h"
#include "check.h"

static aclError Step(aclTensorDesc* desc, void* var, void* accum, void* one,
                     aclrtStream stream) {
  const aclTensorDesc* in[5] = {desc, desc, desc, desc, desc};
  const aclTensorDesc* out[1] = {desc};
  void* const data[5] = {var, accum, one, one, one};
  const aclDataBuffer* buffers[5];
  for (int i = 0; i < 5; ++i) buffers[i] = aclCreateDataBuffer(data[i], kBytes);
  aclDataBuffer* result[1] = {aclCreateDataBuffer(var, kBytes)};
  const aclError code = aclopCompileAndExecute(
      "ApplyMomentum", 5, in, buffers, 1, out, result, NULL, ACL_ENGINE_SYS,
      ACL_COMPILE_SYS, NULL, stream);
  for (int i = 0; i < 5; ++i) aclDestroyDataBuffer(buffers[i]);
  aclDestroyDataBuffer(result[0]);
  return code;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclTensorDesc* desc = NewVector(ACL_FLOAT, kCount);
  aclrtStream trainer = NewStream(), reader = NewStream();
  aclrtEvent stepped = NewEvent();
  float ones[kCount];
  for (int i = 0; i < kCount; ++i) ones[i] = 1;
  void* one = NewDevice(kBytes);
  CHECK(aclrtMemcpy(one, kBytes, ones, kBytes, ACL_MEMCPY_HOST_TO_DEVICE));
  void* var = NewNumbers(0, 0);
  void* accum = NewNumbers(0, 0);
  void* seen = NewNumbers(0, 0);
  for (int round = 0; round < 3; ++round) {
    CHECK(Step(desc, var, accum, one, trainer));
    CHECK(aclrtRecordEvent(stepped, trainer));
    if (round < 2) CHECK(aclrtStreamWaitEvent(reader, stepped));
    CHECK(aclrtMemcpyAsync(seen, kBytes, accum, kBytes,
                           ACL_MEMCPY_DEVICE_TO_DEVICE, reader));
    if (round < 2) CHECK(aclrtSynchronizeStream(reader));
  }
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("state", accum, kBytes);
  ShowDevice("seen", seen, kBytes);
  aclDestroyTensorDesc(desc);
  return Finish();
}
