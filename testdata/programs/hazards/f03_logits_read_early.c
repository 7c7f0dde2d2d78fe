/* H15: the sampler reads the logits while their copy to the host is still
 * queued (family F3). Fixed: it synchronises the stream first.
 *
 * A decode loop: the token sampled from the logits of one step is the input
 * of the next step, so one early read changes all tokens behind it. */
#include "../check.h"

enum { kTokens = 8, kVocabulary = kCount };

/* What stands in for a model: logits = state + embedding, state = logits. */
static int32_t Embedding(int32_t token, int i) { return token * (i % 7) + i; }

static int32_t Sample(const int32_t* logits, int step) {
  return logits[(step * 131 + 17) % kVocabulary] & 1023;
}

static void Expect(int32_t* tokens) {
  static int32_t logits[kVocabulary];
  int32_t token = 1;
  for (int step = 0; step < kTokens; ++step) {
    for (int i = 0; i < kVocabulary; ++i) logits[i] += Embedding(token, i);
    tokens[step] = token = Sample(logits, step);
  }
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream();
  void *state = NewNumbers(0, 0), *embedded = NewDevice(kBytes);
  int32_t* logits = (int32_t*)NewPinned(kBytes);
  int32_t expected[kTokens];
  Expect(expected);

  int wrong = 0;
  int32_t token = 1;
  for (int step = 0; step < kTokens; ++step) {
    int32_t row[kVocabulary];
    for (int i = 0; i < kVocabulary; ++i) row[i] = Embedding(token, i);
    /* Takes the bytes at the call (R88). */
    CHECK(aclrtMemcpyAsync(embedded, kBytes, row, kBytes,
                           ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE, stream));
    Run(add, state, embedded, state, stream);
    CHECK(aclrtMemcpyAsync(logits, kBytes, state, kBytes,
                           ACL_MEMCPY_DEVICE_TO_HOST, stream));
#ifdef FIXED
    CHECK(aclrtSynchronizeStream(stream));
#endif
    token = Sample(logits, step);
    if (token != expected[step] && ++wrong == 1) {
      printf("token %d: expected %d, got %d\n", step, expected[step], token);
    }
  }
  CHECK(aclrtSynchronizeStream(stream));
  printf("%d of %d tokens are wrong\n", wrong, kTokens);
  Finish();
  return wrong != 0;
}
