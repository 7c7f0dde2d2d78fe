/* H8: aclrtMemsetAsync clears the tail of a pinned buffer at the call and not
 * behind the copy into it (R93). Fixed: the host clears it when the stream has
 * been synchronised. */
#include "../check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* x = NewNumbers(5, 0);
  char* host = (char*)NewPinned(kBytes);
  char* tail = host + kBytes / 2;
  CHECK(aclrtMemcpyAsync(host, kBytes, x, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
  memset(tail, 0, kBytes / 2);
#else
  CHECK(aclrtMemsetAsync(tail, kBytes / 2, 0, kBytes / 2, stream));
  CHECK(aclrtSynchronizeStream(stream));
#endif
  int32_t first = 0, last = 0;
  memcpy(&first, host, 4);
  memcpy(&last, tail, 4);
  printf("result and cleared tail: expected 5 and 0, got %d and %d\n", first,
         last);
  Finish();
  return first != 5 || last != 0;
}
