/* H3: two threads are inside aclopExecuteV2 on one stream at the same time; an
 * operator with free extents keeps one set of inputs and outputs per stream
 * (family F6, section 9, I5). Fixed: one lock around the calls.
 *
 * Each thread serves its own requests with its own memory; only the stream is
 * shared, to keep the number of streams small. */
#include "../threads.h"

enum { kThreads = 2, kRequests = 3, kRows = 4, kColumns = 16 };
enum { kNumbers = kRows * kColumns, kFloats = kNumbers * 4 };

#ifdef FIXED
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
#endif
static aclrtStream stream;

typedef struct {
  float first;
  void *x, *y, *out[kRequests];
  int failures;
} Worker;

static void* NewFloats(float value) {
  float values[kNumbers];
  for (int i = 0; i < kNumbers; ++i) values[i] = value + (float)i;
  void* device = NewDevice(kFloats);
  CHECK(aclrtMemcpy(device, kFloats, values, kFloats,
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

static aclError Subtract(void* x, void* y, void* out) {
  void* memory[3] = {x, y, out};
  aclTensorDesc* desc[3];
  aclDataBuffer* buffer[3];
  for (int i = 0; i < 3; ++i) {
    desc[i] = NewMatrix(ACL_FLOAT, kRows, kColumns);
    buffer[i] = aclCreateDataBuffer(memory[i], kFloats);
  }
#ifdef FIXED
  PTHREAD(pthread_mutex_lock(&lock));
#endif
  const aclError code = aclopExecuteV2("Sub", 2, desc, buffer, 1, desc + 2,
                                       buffer + 2, NULL, stream);
#ifdef FIXED
  PTHREAD(pthread_mutex_unlock(&lock));
#endif
  for (int i = 0; i < 3; ++i) {
    aclDestroyTensorDesc(desc[i]);
    aclDestroyDataBuffer(buffer[i]);
  }
  return code;
}

static void* Work(void* argument) {
  Worker* self = (Worker*)argument;
  CHECK(aclrtSetDevice(0));
  for (int i = 0; i < kRequests; ++i) {
    if (Subtract(self->x, self->y, self->out[i]) != 0) ++self->failures;
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  stream = NewStream();
  Worker workers[kThreads];
  for (int t = 0; t < kThreads; ++t) {
    const float first = (float)(100 * t + 100);
    workers[t] = (Worker){first, NewFloats(first), NewFloats(0), {NULL}, 0};
    for (int i = 0; i < kRequests; ++i) workers[t].out[i] = NewFloats(-1);
  }
  RunThreads(kThreads, Work, workers, sizeof(Worker));
  const aclError code = aclrtSynchronizeStream(stream);
  int wrong = code != ACL_SUCCESS;
  if (wrong) printf("synchronise: expected 0, got %d\n", code);
  for (int t = 0; t < kThreads; ++t) {
    wrong += workers[t].failures;
    for (int i = 0; i < kRequests; ++i) {
      float got[kNumbers];
      CHECK(aclrtMemcpy(got, kFloats, workers[t].out[i], kFloats,
                        ACL_MEMCPY_DEVICE_TO_HOST));
      for (int k = 0; k < kNumbers; ++k) {
        if (got[k] == workers[t].first) continue;
        printf("thread %d, request %d: [%d] expected %g, got %g\n", t, i, k,
               (double)workers[t].first, (double)got[k]);
        ++wrong;
        break;
      }
    }
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
