/* H7: an upload is queued behind a gate that is opened later, but its source is
 * pageable, so the call synchronises the stream and never comes back (R85).
 * Fixed: the source is pinned, the copy a task of the stream. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), control = NewStream();
  aclrtNotify go = NULL;
  CHECK(aclrtCreateNotify(&go, 0));
  void *x = NewNumbers(0, 0), *y = NewNumbers(0, 0);
#ifdef FIXED
  int32_t* batch = (int32_t*)NewPinned(kBytes);
#else
  int32_t* batch = (int32_t*)malloc(kBytes);
#endif
  for (int i = 0; i < kCount; ++i) batch[i] = 7;

  CHECK(aclrtWaitAndResetNotify(go, stream, 0));
  const aclError copied = aclrtMemcpyAsync(x, kBytes, batch, kBytes,
                                           ACL_MEMCPY_HOST_TO_DEVICE, stream);
  Show("copy", copied);
  Run(add, x, x, y, stream);
  CHECK(aclrtRecordNotify(go, control));
  CHECK(aclrtSynchronizeStream(stream));

  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  const int32_t expected = copied == ACL_SUCCESS ? 14 : 0;
  printf("x + x: expected %d, got %d\n", expected, got);
  Finish();
  return got != expected;
}
