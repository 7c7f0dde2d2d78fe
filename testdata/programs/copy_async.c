/* Asynchronous copies of pinned memory are tasks of the stream; with pageable
 * memory the call first synchronises the stream and copies itself (R84, R85);
 * HOST_TO_BUF takes the bytes at the call (R88), so the source may change. */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  int32_t pageable[kCount];
  int32_t* in = (int32_t*)NewPinned(kBytes);
  int32_t* out = (int32_t*)NewPinned(kBytes);
  for (int i = 0; i < kCount; ++i) in[i] = i;
  void *x = NewDevice(kBytes), *y = NewDevice(kBytes);

  CHECK(aclrtMemcpyAsync(x, kBytes, in, kBytes, ACL_MEMCPY_HOST_TO_DEVICE,
                         stream));
  Run(add, x, x, y, stream);
  CHECK(aclrtMemcpyAsync(out, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowBytes("pinned", out, kBytes);

  Run(add, y, y, y, stream);
  CHECK(aclrtMemcpyAsync(pageable, kBytes, y, kBytes,
                         ACL_MEMCPY_DEVICE_TO_HOST, stream));
  ShowBytes("pageable, without synchronising", pageable, kBytes);

  for (int i = 0; i < kCount; ++i) pageable[i] = 5 * i;
  CHECK(aclrtMemcpyAsync(x, kBytes, pageable, kBytes,
                         ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE, stream));
  memset(pageable, 0, kBytes);
  Run(add, x, y, y, stream);
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("snapshot", y, kBytes);
  Show("host to host", aclrtMemcpyAsync(out, 64, in, 64,
                                        ACL_MEMCPY_HOST_TO_HOST, stream));
  Show("too small", aclrtMemcpyAsync(x, 8, in, 64, ACL_MEMCPY_DEFAULT, stream));
  return Finish();
}
