/* H45: each request makes a stream and none destroys it, until the device has
 * no more (R33). Fixed: it is destroyed at the end of the request. */
#include "../check.h"

enum { kRequests = 2000 };

int main(int argc, char** argv) {
  Start(argc, argv);
  char* memory = (char*)NewDevice(64);
  CHECK(aclrtMemset(memory, 64, 0, 64));
  char served = 0;
  aclError code = ACL_SUCCESS;
  for (int i = 0; i < kRequests && code == ACL_SUCCESS; ++i) {
    aclrtStream stream = NULL;
    code = aclrtCreateStream(&stream);
    if (code != ACL_SUCCESS) break;
    served = (char)(i % 100);
    CHECK(aclrtMemsetAsync(memory, 64, served, 64, stream));
    CHECK(aclrtSynchronizeStream(stream));
#ifdef FIXED
    CHECK(aclrtDestroyStream(stream));
#endif
  }
  Show("create a stream", code);
  char got = 0;
  CHECK(aclrtMemcpy(&got, 1, memory, 1, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("the last request: expected %d, got %d\n", served, got);
  Finish();
  return got != served;
}
