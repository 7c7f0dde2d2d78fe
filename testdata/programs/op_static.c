/* One handle for many executions, on two streams; what a handle refuses
 * (R129, R130, R136). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  Show("second model folder", aclopSetModelDir(argv[1]));
  aclopHandle* sub = NewBinary("Sub");
  aclrtStream first = NewStream(), second = NewStream();
  void* x = NewNumbers(1000, 1);
  void* y = NewNumbers(1, 0);
  void* z = NewNumbers(2000, 3);
  for (int i = 0; i < 8; ++i) {
    Run(sub, x, y, x, first);
    Run(sub, z, y, z, second);
  }
  CHECK(aclrtSynchronizeDevice());
  ShowDevice("x - 8", x, kBytes);
  ShowDevice("z - 8", z, kBytes);
  Show("one input", TryRun(sub, x, NULL, x, kBytes, first));
  Show("small buffers", TryRun(sub, x, y, z, kBytes - 64, first));
  Show("padding short", TryRun(sub, x, y, z, kBytes - 31, first));
  Show("empty buffers", TryRun(sub, x, y, z, 0, first));
  aclTensorDesc* desc = NewVector(ACL_INT32, 77);
  const aclTensorDesc* in[2] = {desc, desc};
  const aclTensorDesc* out[1] = {desc};
  aclopHandle* none = NULL;
  Show("no such model",
       aclopCreateHandle("Sub", 2, in, 1, out, NULL, &none));
  Show("no such operator",
       aclopCreateHandle("Subtract", 2, in, 1, out, NULL, &none));
  CHECK(aclrtSynchronizeStream(first));
  ShowDevice("x - z", z, kBytes);
  aclDestroyTensorDesc(desc);
  aclopDestroyHandle(sub);
  return Finish();
}
