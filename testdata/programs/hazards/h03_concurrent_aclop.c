/* H3: two threads are inside aclopExecWithHandle on one stream at a time; the
 * operator has a workspace (R144, I1, I3). Fixed: a stream for each thread. */
#include "../threads.h"

enum { kSide = 64, kMatrix = kSide * kSide * 2 };

typedef struct {
  aclopHandle* matmul;
  aclrtStream stream;
  void *x1, *x2, *y;
  aclError launched;
} Job;

/* A matrix of one value. */
static void* NewFilled(float value) {
  static aclFloat16 host[kSide * kSide];
  for (int i = 0; i < kSide * kSide; ++i) host[i] = aclFloatToFloat16(value);
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, host, kMatrix, ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  job->launched =
      TryRun(job->matmul, job->x1, job->x2, job->y, kMatrix, job->stream);
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrBool(attr, "transpose_x1", 0));
  CHECK(aclopSetAttrBool(attr, "transpose_x2", 0));
  aclopHandle* matmul =
      NewHandle("MatMulV2", 2, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
  aclrtStream stream = NewStream();
  Job jobs[2];
  for (int i = 0; i < 2; ++i) {
#ifdef FIXED
    if (i > 0) stream = NewStream();
#endif
    jobs[i].matmul = matmul;
    jobs[i].stream = stream;
    jobs[i].x1 = NewFilled(1);
    jobs[i].x2 = NewFilled((float)(i + 1));
    jobs[i].y = NewFilled(0);
  }
  RunThreads(2, Work, jobs, sizeof(Job));
  int wrong = 0;
  for (int i = 0; i < 2; ++i) {
    Show("launch", jobs[i].launched);
    Show("synchronise", aclrtSynchronizeStream(jobs[i].stream));
    aclFloat16 got = 0;
    CHECK(aclrtMemcpy(&got, 2, jobs[i].y, 2, ACL_MEMCPY_DEVICE_TO_HOST));
    const float expected = (float)(kSide * (i + 1));
    printf("product: expected %g, got %g\n", expected, aclFloat16ToFloat(got));
    wrong |= aclFloat16ToFloat(got) != expected;
  }
  Finish();
  return wrong;
}
