/* H42: a blocking callback is launched, but the thread that subscribed never
 * calls aclrtProcessReport: the stream stalls (R106). Fixed: it does. */
#include "../threads.h"

static int calls;

static void Count(void* unused) {
  (void)unused;
  ++calls;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NewNumbers(1, 0), *y = NewNumbers(0, 0);
  CHECK(aclrtSubscribeReport((uint64_t)pthread_self(), stream));
  CHECK(aclrtLaunchCallback(Count, NULL, ACL_CALLBACK_BLOCK, stream));
  Run(add, x, x, y, stream);
#ifdef FIXED
  while (calls == 0) CHECK(aclrtProcessReport(1000));
#endif
  const aclError code = aclrtSynchronizeStreamWithTimeout(stream, 100);
  Show("synchronise", code);
  if (code != ACL_SUCCESS) CHECK(aclrtStreamAbort(stream));
  CHECK(aclrtUnSubscribeReport((uint64_t)pthread_self(), stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  const int32_t expected = code == ACL_SUCCESS ? 2 : 0;
  printf("x + x: expected %d, got %d\n", expected, got);
  Finish();
  return got != expected;
}
