/* H10: logits come back into a registered block of the heap, which an early
 * return frees while the copy is queued; the next block of the program gets the
 * same bytes (family F3). Fixed: the path waits for the stream, unregisters,
 * then frees. */
#include "../check.h"

static void Forget(int32_t* logits, aclrtStream stream) {
#ifdef FIXED
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtHostUnregister(logits));
#else
  (void)stream;
#endif
  free(logits);
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* device = NewNumbers(5, 3);
  aclopHandle* add = NewBinary("Add");
  void* doubled = NewNumbers(0, 0);
  Run(add, device, device, doubled, stream);
  int32_t* logits = (int32_t*)aligned_alloc(4096, kBytes);
  REQUIRE(logits != NULL);
  memset(logits, 0, kBytes);
  void* mapped = NULL;
  CHECK(aclrtHostRegister(logits, kBytes, ACL_HOST_REGISTER_MAPPED, &mapped));
  CHECK(aclrtMemcpyAsync(logits, kBytes, doubled, kBytes,
                         ACL_MEMCPY_DEVICE_TO_HOST, stream));
  Forget(logits, stream);
  const aclError code = aclrtSynchronizeStream(stream);
  if (code != ACL_SUCCESS) printf("synchronise: expected 0, got %d\n", code);
  printf("%s\n", code != ACL_SUCCESS ? "wrong" : "right");
  Finish();
  return code != ACL_SUCCESS;
}
