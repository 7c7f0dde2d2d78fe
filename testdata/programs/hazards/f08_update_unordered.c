/* H5: the tasks of a graph are updated on a stream that nothing orders with the
 * execution (family F8): it may still have the tasks of the step before. Fixed:
 * the graph waits, by an external event, for the update. */
#include "../graphs.h"

enum { kSteps = 3 };

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclrtStream stream = NewStream(), updates = NewStream();
  void* lengths[kSteps];
  for (int i = 0; i < kSteps; ++i) lengths[i] = NewNumbers(i + 1, 0);
  void *x = NewNumbers(10, 0), *y = NewNumbers(0, 0);
#ifdef FIXED
  aclrtEvent updated = NULL;
  CHECK(aclrtCreateEventWithFlag(&updated, ACL_EVENT_EXTERNAL));
#endif
  aclrtTaskGrp group = NULL;
  BeginCapture(stream);
#ifdef FIXED
  CHECK(aclrtStreamWaitEventWithFlag(stream, updated, 0,
                                     ACL_EVENT_WAIT_EXTERNAL));
  CHECK(aclrtResetEvent(updated, stream));
#endif
  CHECK(aclmdlRICaptureTaskGrpBegin(stream));
  Run(add, x, lengths[0], y, stream);
  CHECK(aclmdlRICaptureTaskGrpEnd(stream, &group));
  aclmdlRI graph = EndCapture(stream);

  int wrong = 0;
  for (int i = 0; i < kSteps; ++i) {
    Execute(graph, stream);
    CHECK(aclmdlRICaptureTaskUpdateBegin(updates, group));
    Run(add, x, lengths[i], y, updates);
    CHECK(aclmdlRICaptureTaskUpdateEnd(updates));
#ifdef FIXED
    CHECK(aclrtRecordEvent(updated, updates));
#endif
    CHECK(aclrtSynchronizeStream(stream));
    const int32_t got = FirstOf(y);
    printf("step %d: expected %d, got %d\n", i, 11 + i, got);
    wrong |= got != 11 + i;
#ifdef FIXED
    CHECK(aclrtSynchronizeStream(updates));
#endif
  }
  CHECK(aclrtSynchronizeStream(updates));
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return wrong;
}
