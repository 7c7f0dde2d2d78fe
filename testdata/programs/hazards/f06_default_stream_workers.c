/* H4: a worker and the main thread launch on the default stream, which is one
 * stream for all threads of the device; a single operator with a workspace
 * keeps it per stream (family F6, section 9, I1 to I3). Fixed: a stream for
 * each thread.
 *
 * Both compute a softmax over rows of equal scores: 1/64 everywhere. */
#include "../threads.h"

enum { kRounds = 4, kSide = 64, kMatrix = kSide * kSide * 2 };

static const aclFloat16 kResult = 0x2400; /* 1/64 */

typedef struct {
  aclopHandle* softmax;
  aclrtStream stream;
  void *scores, *out[kRounds];
  int failures;
} Worker;

static void* NewHalves(aclFloat16 value) {
  aclFloat16 values[kSide * kSide];
  for (int i = 0; i < kSide * kSide; ++i) values[i] = value;
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, values, kMatrix,
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

static aclopHandle* NewSoftmax(void) {
  aclopAttr* attr = aclopCreateAttr();
  const int64_t last = -1;
  CHECK(aclopSetAttrListInt(attr, "axes", 1, &last));
  return NewHandle("SoftmaxV2", 1, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
}

static void* Work(void* argument) {
  Worker* self = (Worker*)argument;
  CHECK(aclrtSetDevice(0));
  for (int i = 0; i < kRounds; ++i) {
    const aclError code = TryRun(self->softmax, self->scores, NULL,
                                 self->out[i], kMatrix, self->stream);
    if (code != ACL_SUCCESS) ++self->failures;
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

static int Wrong(int thread, Worker* worker) {
  int wrong = worker->failures;
  if (wrong) printf("thread %d: %d calls failed\n", thread, wrong);
  const aclError code = aclrtSynchronizeStream(worker->stream);
  if (code != ACL_SUCCESS) {
    printf("thread %d: synchronise: expected 0, got %d\n", thread, code);
    return wrong + 1;
  }
  for (int i = 0; i < kRounds; ++i) {
    aclFloat16 got[kSide * kSide];
    CHECK(aclrtMemcpy(got, kMatrix, worker->out[i], kMatrix,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int k = 0; k < kSide * kSide; ++k) {
      if (got[k] == kResult) continue;
      printf("thread %d, round %d: [%d] expected 0x%04x, got 0x%04x\n", thread,
             i, k, kResult, got[k]);
      ++wrong;
      break;
    }
  }
  return wrong;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Worker workers[2];
  for (int t = 0; t < 2; ++t) {
    const aclFloat16 score = t == 0 ? 0 : 0x5640; /* 0 or 100 */
    workers[t] = (Worker){NewSoftmax(), NULL, NewHalves(score), {NULL}, 0};
    for (int i = 0; i < kRounds; ++i) workers[t].out[i] = NewHalves(0);
#ifdef FIXED
    workers[t].stream = NewStream();
#endif
  }
  pthread_t worker;
  PTHREAD(pthread_create(&worker, NULL, Work, &workers[1]));
  Work(&workers[0]);
  PTHREAD(pthread_join(worker, NULL));
  const int wrong = Wrong(0, &workers[0]) + Wrong(1, &workers[1]);
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
