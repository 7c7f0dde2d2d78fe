/* Compiled models age when more come than the queue holds; loaded ones stay,
 * and so does what a handle needs (R121, R122, H38). */
#include "acl/acl_op_compiler.h"
#include "check.h"

static aclError Compile(int64_t count) {
  aclTensorDesc* desc = NewVector(ACL_INT32, count);
  const aclTensorDesc* in[2] = {desc, desc};
  const aclTensorDesc* out[1] = {desc};
  const aclError code = aclopCompile("Mul", 2, in, 1, out, NULL, ACL_ENGINE_SYS,
                                     ACL_COMPILE_SYS, NULL);
  aclDestroyTensorDesc(desc);
  return code;
}

static aclError Find(int64_t count, aclopHandle** handle) {
  aclTensorDesc* desc = NewVector(ACL_INT32, count);
  const aclTensorDesc* in[2] = {desc, desc};
  const aclTensorDesc* out[1] = {desc};
  const aclError code = aclopCreateHandle("Mul", 2, in, 1, out, NULL, handle);
  aclDestroyTensorDesc(desc);
  return code;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Show("queue of 0", aclopSetMaxOpQueueNum(0));
  /* The loaded models count too, so the oldest four of forty must go. */
  Show("queue of 40", aclopSetMaxOpQueueNum(40));
  aclrtStream stream = NewStream();
  void* x = NewNumbers(3, 1);
  for (int64_t count = 100; count < 140; ++count) CHECK(Compile(count));
  int found = 0;
  for (int64_t count = 100; count < 140; ++count) {
    aclopHandle* handle = NULL;
    const aclError code = Find(count, &handle);
    if (count < 104) Show("an old one", code);
    if (count > 137) Show("a young one", code);
    if (code != ACL_SUCCESS) continue;
    ++found;
    CHECK(TryRun(handle, x, x, x, (size_t)count * 4, stream));
    aclopDestroyHandle(handle);
  }
  REQUIRE(found < 40);
  aclopHandle* loaded = NewBinary("Mul");
  Run(loaded, x, x, x, stream);
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("products", x, kBytes);
  return Finish();
}
