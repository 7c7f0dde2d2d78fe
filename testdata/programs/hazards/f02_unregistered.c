/* H10: a function pins its local array, queues a copy of it and returns; the
 * array is gone when the copy runs (family F2). Fixed: the function waits for
 * the copy before the array goes out of scope.
 *
 * While the array was pageable the copy was staged, and this was correct
 * (R85); pinning it for speed made it a queued copy. */
#include "../check.h"

enum { kUploads = 4 };

static void Upload(void* device, int number, aclrtStream stream) {
  _Alignas(4096) int32_t values[kCount]; /* whole pages can be pinned */
  for (int i = 0; i < kCount; ++i) values[i] = 31 * number + i;
  void* mapped = NULL;
  CHECK(aclrtHostRegister(values, kBytes, ACL_HOST_REGISTER_MAPPED, &mapped));
  CHECK(aclrtMemcpyAsync(device, kBytes, values, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, stream));
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
#endif
  CHECK(aclrtHostUnregister(values));
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* devices[kUploads];
  for (int number = 0; number < kUploads; ++number) {
    devices[number] = NewNumbers(0, 0);
    Upload(devices[number], number, stream);
  }
  const aclError code = aclrtSynchronizeStream(stream);
  int wrong = code != ACL_SUCCESS;
  if (wrong) printf("synchronise: expected 0, got %d\n", code);
  for (int number = 0; number < kUploads; ++number) {
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, devices[number], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int i = 0; i < kCount; ++i) {
      if (got[i] == 31 * number + i) continue;
      printf("upload %d: [%d] expected %d, got %d\n", number, i,
             31 * number + i, got[i]);
      wrong = 1;
      break;
    }
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
