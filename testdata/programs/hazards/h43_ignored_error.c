/* H43: a task has failed, but nobody synchronises the stream, which would say
 * so (R180): the program only asks whether the stream is done. Fixed: it
 * synchronises and repeats the failed step another way. */
#include "../check.h"

#ifndef FIXED
static void AwaitIdle(aclrtStream stream) {
  aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
  while (status != ACL_STREAM_STATUS_COMPLETE) {
    if (aclrtStreamQuery(stream, &status) != ACL_SUCCESS) return;
  }
}
#endif

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *copy = NewNumbers(0, 0), *y = NewDevice(kBytes);
  /* A copy by a descriptor that holds nothing: fails on the device. */
  void* empty = NewDevice(64);
  CHECK(aclrtMemset(empty, 64, 0, 64));
  CHECK(aclrtMemcpyAsyncWithDesc(empty, ACL_MEMCPY_INNER_DEVICE_TO_DEVICE,
                                 stream));
#ifdef FIXED
  const aclError code = aclrtSynchronizeStream(stream);
  Show("copy", code);
  if (code != ACL_SUCCESS) {
    CHECK(aclrtMemcpyAsync(copy, kBytes, x, kBytes, ACL_MEMCPY_DEVICE_TO_DEVICE,
                           stream));
  }
  Run(add, copy, x, y, stream);
  CHECK(aclrtSynchronizeStream(stream));
#else
  Run(add, copy, x, y, stream);
  AwaitIdle(stream);
#endif
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 2, got %d\n", got);
  aclrtResetDevice(0);
  CHECK(aclFinalize());
  return got != 2;
}
