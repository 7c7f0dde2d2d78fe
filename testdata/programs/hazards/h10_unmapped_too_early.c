/* H10: memory is unmapped from reserved addresses, and other memory is mapped
 * there, while the kernel that reads it may still be queued (R97). Fixed: the
 * stream is synchronised before. */
#include "../check.h"

enum { kPage = 2 << 20 };

static aclrtDrvMemHandle NewPhysical(void) {
  aclrtPhysicalMemProp prop;
  memset(&prop, 0, sizeof(prop));
  prop.memAttr = ACL_HBM_MEM_HUGE;
  prop.location.type = ACL_MEM_LOCATION_TYPE_DEVICE;
  aclrtDrvMemHandle handle = NULL;
  CHECK(aclrtMallocPhysical(&handle, kPage, &prop, 0));
  return handle;
}

static void Fill(void* device, int32_t value) {
  int32_t numbers[kCount];
  for (int i = 0; i < kCount; ++i) numbers[i] = value;
  CHECK(
      aclrtMemcpy(device, kBytes, numbers, kBytes, ACL_MEMCPY_HOST_TO_DEVICE));
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *x = NULL, *y = NewNumbers(0, 0);
  CHECK(aclrtReserveMemAddress(&x, 2 * kPage, 0, NULL, 0));
  aclrtDrvMemHandle first = NewPhysical(), second = NewPhysical();
  CHECK(aclrtMapMem(x, kPage, 0, first, 0));
  Fill(x, 1);
  Run(add, x, x, y, stream);
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  CHECK(aclrtUnmapMem(x));
  CHECK(aclrtMapMem(x, kPage, 0, second, 0));
  Fill(x, 1000);
  CHECK(aclrtSynchronizeStream(stream));
  int32_t got = 0;
  CHECK(aclrtMemcpy(&got, 4, y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  printf("x + x: expected 2, got %d\n", got);
  CHECK(aclrtUnmapMem(x));
  CHECK(aclrtFreePhysical(first));
  CHECK(aclrtFreePhysical(second));
  CHECK(aclrtReleaseMemAddress(x));
  Finish();
  return got != 2;
}
