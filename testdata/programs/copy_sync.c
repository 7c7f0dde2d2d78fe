/* Synchronous copies: directions, no-ops and refusals (R83); they wait for
 * their own bytes only, never for a stream (R31). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  unsigned char host[256], back[256];
  for (int i = 0; i < 256; ++i) host[i] = (unsigned char)(i * 7 + 1);
  memset(back, 0, sizeof(back));
  char *a = (char*)NewDevice(256), *b = (char*)NewDevice(256);
  Show("to device", aclrtMemcpy(a, 256, host, 256, ACL_MEMCPY_HOST_TO_DEVICE));
  Show("on device", aclrtMemcpy(b, 256, a, 256, ACL_MEMCPY_DEVICE_TO_DEVICE));
  Show("shifted", aclrtMemcpy(b + 64, 192, a, 128, ACL_MEMCPY_DEFAULT));
  Show("to host", aclrtMemcpy(back, 256, b, 256, ACL_MEMCPY_DEVICE_TO_HOST));
  ShowBytes("bytes", back, 256);
  Show("host to host",
       aclrtMemcpy(back, 256, host, 256, ACL_MEMCPY_HOST_TO_HOST));
  ShowBytes("bytes", back, 256);
  Show("too small", aclrtMemcpy(b, 16, a, 17, ACL_MEMCPY_DEVICE_TO_DEVICE));
  Show("nothing", aclrtMemcpy(NULL, 0, NULL, 0, ACL_MEMCPY_DEFAULT));
  Show("null", aclrtMemcpy(b, 16, NULL, 16, ACL_MEMCPY_DEFAULT));
  Show("itself", aclrtMemcpy(a, 256, a, 256, ACL_MEMCPY_DEVICE_TO_DEVICE));
  Show("no kind", aclrtMemcpy(b, 16, a, 16, (aclrtMemcpyKind)99));
  ShowDevice("in the end", b, 256);
  return Finish();
}
