/* H18: the waits of a step are queued when its streams are set up, before the
 * events have been recorded for the first time; such a wait succeeds and waits
 * for nothing (family F7, R59). Fixed: each wait comes behind its record.
 *
 * The events are made for each step, as a graph's are for each of its runs. */
#include "../check.h"

enum { kSteps = 4, kExperts = 3 };

static aclrtStream dispatch[kExperts], combine;
static aclopHandle *add, *mul;
static void *token, *factor[kExperts], *result[kExperts], *sum;

static void Step(void) {
  aclrtEvent done[kExperts];
  for (int e = 0; e < kExperts; ++e) {
    done[e] = NewEvent();
#ifndef FIXED
    CHECK(aclrtStreamWaitEvent(combine, done[e]));
#endif
  }
  for (int e = 0; e < kExperts; ++e) {
    Run(mul, token, factor[e], result[e], dispatch[e]);
    CHECK(aclrtRecordEvent(done[e], dispatch[e]));
#ifdef FIXED
    CHECK(aclrtStreamWaitEvent(combine, done[e]));
#endif
  }
  for (int e = 0; e < kExperts; ++e) Run(add, sum, result[e], sum, combine);
  CHECK(aclrtSynchronizeStream(combine));
  for (int e = 0; e < kExperts; ++e) CHECK(aclrtDestroyEvent(done[e]));
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  mul = NewBinary("Mul");
  combine = NewStream();
  token = NewNumbers(1, 1);
  sum = NewNumbers(0, 0);
  for (int e = 0; e < kExperts; ++e) {
    dispatch[e] = NewStream();
    factor[e] = NewNumbers(e + 1, 0);
    result[e] = NewNumbers(0, 0);
  }
  for (int step = 0; step < kSteps; ++step) Step();
  CHECK(aclrtSynchronizeDevice());

  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, sum, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  int wrong = 0;
  for (int i = 0; i < kCount && wrong == 0; ++i) {
    const int32_t expected = kSteps * 6 * (i + 1);
    if (got[i] == expected) continue;
    printf("sum: [%d] expected %d, got %d\n", i, expected, got[i]);
    wrong = 1;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong;
}
