/* Copies between two devices: they need access in that direction (R96). */
#include "check.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  void* here = NewNumbers(11, 4);
  CHECK(aclrtSetDevice(1));
  void* there = NewDevice(kBytes);
  aclrtStream stream = NewStream();
  int32_t can = 0;
  CHECK(aclrtDeviceCanAccessPeer(&can, 1, 0));
  printf("may access: %d\n", can);
  Show("without access", aclrtMemcpy(there, kBytes, here, kBytes,
                                     ACL_MEMCPY_DEVICE_TO_DEVICE));
  Show("itself", aclrtDeviceEnablePeerAccess(1, 0));
  Show("flags", aclrtDeviceEnablePeerAccess(0, 1));
  CHECK(aclrtDeviceEnablePeerAccess(0, 0));
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtDeviceEnablePeerAccess(1, 0));
  CHECK(aclrtSetDevice(1));
  CHECK(aclrtMemcpyAsync(there, kBytes, here, kBytes,
                         ACL_MEMCPY_DEVICE_TO_DEVICE, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("copied", there, kBytes);
  CHECK(aclrtDestroyStream(stream));
  CHECK(aclrtResetDevice(1));
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtResetDevice(0));
  return Finish();
}
