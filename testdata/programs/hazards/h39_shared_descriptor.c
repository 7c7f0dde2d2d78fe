/* H39: two threads use one descriptor of an input in host memory, which each
 * call turns into a constant and back while it looks for a model (R128, I13).
 * Fixed: each thread has a descriptor of its own. */
#include "../threads.h"
#include "acl/acl_op_compiler.h"

typedef struct {
  int32_t addend[kCount];
  aclTensorDesc* desc[3];
  aclDataBuffer* buffer[3];
  aclrtStream stream;
  void* y;
  aclError code;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  job->code = aclopExecuteV2("Add", 2, job->desc, job->buffer, 1, job->desc + 2,
                             job->buffer + 2, NULL, job->stream);
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  static Job jobs[2];
  void* x = NewNumbers(100, 0);
  for (int k = 0; k < 2; ++k) {
    Job* job = &jobs[k];
    for (int i = 0; i < kCount; ++i) job->addend[i] = k + 1;
    job->stream = NewStream();
    job->y = NewNumbers(0, 0);
    for (int i = 0; i < 3; ++i) job->desc[i] = NewVector(ACL_INT32, kCount);
    CHECK(aclSetTensorPlaceMent(job->desc[1], ACL_MEMTYPE_HOST));
    void* memory[3] = {x, job->addend, job->y};
    for (int i = 0; i < 3; ++i) {
      job->buffer[i] = aclCreateDataBuffer(memory[i], kBytes);
    }
    /* Its model is compiled here; the threads only execute. */
    CHECK(aclopCompileAndExecuteV2(
        "Add", 2, job->desc, job->buffer, 1, job->desc + 2, job->buffer + 2,
        NULL, ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL, job->stream));
    CHECK(aclrtSynchronizeStream(job->stream));
    CHECK(aclrtMemset(job->y, kBytes, 0, kBytes));
  }
#ifndef FIXED
  jobs[1].desc[1] = jobs[0].desc[1];
#endif
  RunThreads(2, Work, jobs, sizeof(Job));
  int wrong = 0;
  for (int k = 0; k < 2; ++k) {
    Show("execute", jobs[k].code);
    CHECK(aclrtSynchronizeStream(jobs[k].stream));
    int32_t got = 0;
    CHECK(aclrtMemcpy(&got, 4, jobs[k].y, 4, ACL_MEMCPY_DEVICE_TO_HOST));
    printf("x + %d: expected %d, got %d\n", k + 1, 101 + k, got);
    wrong |= got != 101 + k;
  }
  Finish();
  return wrong;
}
