/* Devices and contexts: which calls switch them, which objects stay behind,
 * and how their misuse is told (R11-R25, H1, H44). */
#include "check.h"

int main(int argc, char** argv) {
  (void)argc;
  (void)argv;
  CHECK(aclInit(NULL));
  int32_t device = -1;
  aclrtStream stream = NULL, other = NULL;
  Show("no device yet", aclrtGetDevice(&device));
  Show("stream without context", aclrtCreateStream(&stream));
  Show("no such device", aclrtSetDevice(1000));
  CHECK(aclrtSetDevice(0));
  stream = NewStream();
  aclrtContext first = NULL, second = NULL, now = NULL;
  CHECK(aclrtGetCurrentContext(&first));
  CHECK(aclrtCreateContext(&second, 1));
  CHECK(aclrtGetDevice(&device));
  printf("device after aclrtCreateContext: %d\n", device);
  CHECK(aclrtGetCurrentContext(&now));
  printf("it is current: %d\n", now == second);
  other = NewStream();
  aclrtEvent event = NewEvent();
  CHECK(aclrtRecordEvent(event, other));
  Show("record on a foreign stream", aclrtRecordEvent(event, stream));
  Show("synchronise a foreign stream", aclrtSynchronizeStream(stream));
  Show("destroy a foreign stream", aclrtDestroyStream(stream));
  CHECK(aclrtSetCurrentContext(first));
  CHECK(aclrtGetDevice(&device));
  printf("device after aclrtSetCurrentContext: %d\n", device);
  Show("destroy the primary context", aclrtDestroyContext(first));
  Show("destroy the second context", aclrtDestroyContext(second));
  Show("use it again", aclrtSetCurrentContext(second));
  Show("destroy the stream", aclrtDestroyStream(stream));
  Show("and again", aclrtDestroyStream(stream));
  Show("set twice", aclrtSetDevice(0));
  Show("reset once", aclrtResetDevice(0));
  Show("reset twice", aclrtResetDevice(0));
  Show("reset too often", aclrtResetDevice(0));
  Show("finalise", aclFinalize());
  Show("finalise again", aclFinalize());
  return 0;
}
