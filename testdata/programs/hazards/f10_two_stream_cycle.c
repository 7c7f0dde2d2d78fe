/* H26?: two collectives take the cores and the link in opposite orders; when
 * each has taken one, both streams wait for ever (family F10). Fixed: both
 * take the link first.
 *
 * An all-gather on a side stream beside the exchange of the experts; a notify
 * stands for each resource: it is recorded while nobody has it. */
#include "../check.h"

enum { kSteps = 4 };

static aclrtNotify NewToken(aclrtStream stream) {
  aclrtNotify token = NULL;
  CHECK(aclrtCreateNotify(&token, 0));
  CHECK(aclrtRecordNotify(token, stream));
  return token;
}

static void Collective(aclopHandle* add, void* x, void* sum, aclrtNotify first,
                       aclrtNotify second, aclrtStream stream) {
  CHECK(aclrtWaitAndResetNotify(first, stream, 0));
  CHECK(aclrtWaitAndResetNotify(second, stream, 0));
  Run(add, sum, x, sum, stream);
  CHECK(aclrtRecordNotify(second, stream));
  CHECK(aclrtRecordNotify(first, stream));
}

static int Wrong(const char* what, const void* device, int32_t step) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = kSteps * step * (i + 1);
    if (got[i] == expected) continue;
    printf("%s: [%d] expected %d, got %d\n", what, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream streams[2] = {NewStream(), NewStream()};
  aclrtNotify link = NewToken(streams[0]), cores = NewToken(streams[0]);
  void *shard = NewNumbers(1, 1), *tokens = NewNumbers(2, 2);
  void *gathered = NewNumbers(0, 0), *exchanged = NewNumbers(0, 0);
  CHECK(aclrtSynchronizeStream(streams[0]));

  for (int step = 0; step < kSteps; ++step) {
    Collective(add, shard, gathered, link, cores, streams[0]);
#ifdef FIXED
    Collective(add, tokens, exchanged, link, cores, streams[1]);
#else
    Collective(add, tokens, exchanged, cores, link, streams[1]);
#endif
  }

  int wrong = 0;
  for (int i = 0; i < 2; ++i) {
    const aclError code = aclrtSynchronizeStreamWithTimeout(streams[i], 1000);
    if (code == ACL_SUCCESS) continue;
    printf("stream %d: expected 0, got %d\n", i, code);
    ++wrong;
  }
  for (int i = 0; i < 2 && wrong; ++i) CHECK(aclrtStreamAbort(streams[i]));
  if (!wrong) { /* Each record gets its wait. */
    CHECK(aclrtWaitAndResetNotify(link, streams[0], 0));
    CHECK(aclrtWaitAndResetNotify(cores, streams[0], 0));
    CHECK(aclrtSynchronizeStream(streams[0]));
  }
  wrong += Wrong("gathered", gathered, 1) + Wrong("exchanged", exchanged, 2);
  CHECK(aclrtDestroyNotify(link));
  CHECK(aclrtDestroyNotify(cores));
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
