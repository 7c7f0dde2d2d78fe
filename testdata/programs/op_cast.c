/* aclopCast and its handle: float to float16, rounding, overflow and NaN on
 * the device, and the host's own conversion that saturates (R104). */
#include <math.h>

#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  static float values[kCount];
  static aclFloat16 half[kCount];
  for (int i = 0; i < kCount; ++i) {
    values[i] = (float)(i - 500) * 1.0009765625f;
  }
  values[0] = INFINITY;
  values[1] = -1e6f;
  values[2] = NAN;
  values[3] = 5.9604645e-8f;
  values[4] = 65519.0f;
  void *x = NewDevice(kBytes), *y = NewDevice(kBytes);
  CHECK(aclrtMemcpy(x, kBytes, values, kBytes, ACL_MEMCPY_HOST_TO_DEVICE));
  aclTensorDesc* from = NewVector(ACL_FLOAT, kCount);
  aclTensorDesc* to = NewVector(ACL_FLOAT16, kCount);
  aclDataBuffer* in = aclCreateDataBuffer(x, kBytes);
  aclDataBuffer* out = aclCreateDataBuffer(y, kBytes / 2);
  CHECK(aclopCast(from, in, to, out, 0, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("cast", y, kBytes / 2);
  CHECK(aclrtMemset(y, kBytes, 0, kBytes));
  aclopHandle* handle = NULL;
  CHECK(aclopCreateHandleForCast(from, to, 0, &handle));
  const aclDataBuffer* inputs[1] = {in};
  CHECK(aclopExecWithHandle(handle, 1, inputs, 1, &out, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("cast by a handle", y, kBytes / 2);
  Show("no such cast", aclopCast(to, out, from, in, 0, stream));
  for (int i = 0; i < kCount; ++i) half[i] = aclFloatToFloat16(values[i]);
  ShowBytes("on the host", half, sizeof(half));
  return Finish();
}
