/* H41: a host function fetches its numbers by an ACL call (R112). Fixed: the
 * stream copies them to pinned memory before the host function. */
#include "../check.h"

static void* y;
static int32_t* pinned;
static int64_t sum;
static aclError fetched = ACL_SUCCESS;

static void Sum(void* unused) {
  (void)unused;
#ifndef FIXED
  fetched = aclrtMemcpy(pinned, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_HOST);
#endif
  for (int i = 0; i < kCount; ++i) sum += pinned[i];
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* x = NewNumbers(1, 0);
  y = NewNumbers(0, 0);
  pinned = (int32_t*)NewPinned(kBytes);
  Run(add, x, x, y, stream);
#ifdef FIXED
  CHECK(aclrtMemcpyAsync(pinned, kBytes, y, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
#endif
  CHECK(aclrtLaunchHostFunc(stream, Sum, NULL));
  CHECK(aclrtSynchronizeStream(stream));
  Show("copy in the host function", fetched);
  const int64_t expected = fetched == ACL_SUCCESS ? 2 * kCount : 0;
  printf("sum: expected %d, got %d\n", (int)expected, (int)sum);
  Finish();
  return sum != expected;
}
