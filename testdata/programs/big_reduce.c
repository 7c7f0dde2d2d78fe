/* ReduceSum over 4 Mi floats of very different sizes: another order of the
 * additions would give other bits, so they show that the order is fixed. */
#include "check.h"

enum { kElements = 1 << 22 };

int main(int argc, char** argv) {
  Start(argc, argv);
  const size_t bytes = (size_t)kElements * 4;
  float* values = (float*)NewPinned(bytes);
  uint32_t seed = 5;
  for (int i = 0; i < kElements; ++i) {
    seed = seed * 1664525u + 1013904223u;
    const uint32_t bits =
        (seed & 0x807fffffu) | ((110u + (seed >> 24 & 31u)) << 23);
    memcpy(&values[i], &bits, 4);
  }
  const int64_t count = kElements, one = 1;
  int32_t axis = 0;
  aclTensorDesc* x = aclCreateTensorDesc(ACL_FLOAT, 1, &count, ACL_FORMAT_ND);
  aclTensorDesc* axes = aclCreateTensorDesc(ACL_INT32, 1, &one, ACL_FORMAT_ND);
  aclTensorDesc* y = aclCreateTensorDesc(ACL_FLOAT, 1, &one, ACL_FORMAT_ND);
  CHECK(aclSetTensorConst(axes, &axis, sizeof(axis)));
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrBool(attr, "keep_dims", 1));
  const aclTensorDesc* in[2] = {x, axes};
  const aclTensorDesc* out[1] = {y};
  aclopHandle* sum = NULL;
  CHECK(aclopCreateHandle("ReduceSum", 2, in, 1, out, attr, &sum));

  void *dx = NewDevice(bytes), *dy = NewDevice(4), *daxes = NewDevice(4);
  aclrtStream stream = NewStream();
  CHECK(aclrtMemcpyAsync(dx, bytes, values, bytes, ACL_MEMCPY_HOST_TO_DEVICE,
                         stream));
  const aclDataBuffer* inputs[2] = {aclCreateDataBuffer(dx, bytes),
                                    aclCreateDataBuffer(daxes, 4)};
  aclDataBuffer* outputs[1] = {aclCreateDataBuffer(dy, 4)};
  CHECK(aclopExecWithHandle(sum, 2, inputs, 1, outputs, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("sum", dy, 4);
  return Finish();
}
