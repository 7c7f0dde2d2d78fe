/* A handle copies descriptors and attributes (R129), an execution its buffers
 * (R138): both are changed and destroyed while the kernels are still queued. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  const int64_t dims[1] = {kCount};
  aclTensorDesc* desc = aclCreateTensorDesc(ACL_INT32, 1, dims, ACL_FORMAT_ND);
  const aclTensorDesc* in[2] = {desc, desc};
  const aclTensorDesc* out[1] = {desc};
  aclopAttr* attr = aclopCreateAttr();
  aclopHandle* max = NULL;
  CHECK(aclopCreateHandle("Maximum", 2, in, 1, out, attr, &max));
  aclDestroyTensorDesc(desc);
  CHECK(aclopSetAttrInt(attr, "late", 1));
  aclopDestroyAttr(attr);

  aclrtStream stream = NewStream();
  void* x = NewNumbers(-500, 1);
  void* y = NewNumbers(500, -1);
  void* z = NewDevice(kBytes);
  aclDataBuffer* buffer[3] = {aclCreateDataBuffer(x, kBytes),
                              aclCreateDataBuffer(y, kBytes),
                              aclCreateDataBuffer(z, kBytes)};
  const aclDataBuffer* inputs[2] = {buffer[0], buffer[1]};
  CHECK(aclopExecWithHandle(max, 2, inputs, 1, &buffer[2], stream));
  /* The same buffer objects now name other memory. */
  CHECK(aclUpdateDataBuffer(buffer[0], z, kBytes));
  CHECK(aclUpdateDataBuffer(buffer[2], x, kBytes));
  CHECK(aclopExecWithHandle(max, 2, inputs, 1, &buffer[2], stream));
  for (int i = 0; i < 3; ++i) CHECK(aclDestroyDataBuffer(buffer[i]));
  aclopDestroyHandle(max);
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("max(x, y)", z, kBytes);
  ShowDevice("again into x", x, kBytes);
  return Finish();
}
