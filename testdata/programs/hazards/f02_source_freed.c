/* H10: each request's pinned index list is freed when its copy has been
 * queued, not when it has run (family F2). Fixed: the lists are freed after
 * the stream has been synchronised.
 *
 * The next request gets the same memory, or the copy engine meets memory that
 * is gone: wrong indices, or an error at the synchronise call. */
#include "../check.h"

enum { kRequests = 5 };

static int Wrong(int request, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = 2 * (192 * request + i);
    if (got[i] == expected) continue;
    printf("request %d: [%d] expected %d, got %d\n", request, i, expected,
           got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void* doubled[kRequests];
  int32_t* lists[kRequests];
  for (int request = 0; request < kRequests; ++request) {
    int32_t* indices = (int32_t*)NewPinned(kBytes);
    for (int i = 0; i < kCount; ++i) indices[i] = 192 * request + i;
    void* device = NewDevice(kBytes);
    CHECK(aclrtMemcpyAsync(device, kBytes, indices, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, stream));
    doubled[request] = NewNumbers(0, 0);
    Run(add, device, device, doubled[request], stream);
    lists[request] = indices;
#ifndef FIXED
    CHECK(aclrtFreeHost(lists[request]));
#endif
  }

  const aclError code = aclrtSynchronizeStream(stream);
  if (code != ACL_SUCCESS) printf("synchronise: expected 0, got %d\n", code);
#ifdef FIXED
  for (int i = 0; i < kRequests; ++i) CHECK(aclrtFreeHost(lists[i]));
#endif
  int wrong = code != ACL_SUCCESS;
  for (int i = 0; i < kRequests; ++i) wrong += Wrong(i, doubled[i]);
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
