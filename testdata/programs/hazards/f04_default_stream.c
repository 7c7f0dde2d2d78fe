/* H17: code from elsewhere takes it that the default stream orders itself with
 * all others; here it is a stream like any other (family F4). Fixed: an event
 * of the default stream, and a wait in the other one.
 *
 * The input is uploaded and scaled on the default stream, the model runs on a
 * stream of its own, and the result is read on the default stream again. */
#include "../check.h"

enum { kImages = 4 };

static void Order(aclrtStream first, aclrtEvent event, aclrtStream then) {
  CHECK(aclrtRecordEvent(event, first));
#ifdef FIXED
  CHECK(aclrtStreamWaitEvent(then, event));
#else
  (void)then; /* "The default stream waits for all, and all for it." */
#endif
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle *mul = NewBinary("Mul"), *add = NewBinary("Add");
  aclrtStream model = NewStream();
  aclrtEvent uploaded = NewEvent(), computed = NewEvent();
  void *scale = NewNumbers(2, 0), *bias = NewNumbers(9, 0);
  void *image = NewNumbers(0, 0), *result = NewNumbers(0, 0);
  int32_t* pixels = (int32_t*)NewPinned(kImages * kBytes);
  int32_t* results = (int32_t*)NewPinned(kImages * kBytes);
  for (int i = 0; i < kImages * kCount; ++i) pixels[i] = i;

  for (int i = 0; i < kImages; ++i) {
    CHECK(aclrtMemcpyAsync(image, kBytes, pixels + i * kCount, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, NULL));
    Run(mul, image, scale, image, NULL);
    Order(NULL, uploaded, model);
    Run(add, image, bias, result, model);
    Order(model, computed, NULL);
    CHECK(aclrtMemcpyAsync(results + i * kCount, kBytes, result, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, NULL));
  }
  CHECK(aclrtSynchronizeStream(NULL));
  CHECK(aclrtSynchronizeStream(model));

  int wrong = 0;
  for (int i = 0; i < kImages * kCount; ++i) {
    const int32_t expected = 2 * i + 9;
    if (results[i] == expected) continue;
    printf("pixel %d: expected %d, got %d\n", i, expected, results[i]);
    wrong = 1;
    break;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
