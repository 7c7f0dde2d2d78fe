/* Callbacks served by the main thread itself: what is refused, what a block
 * type holds back (R105-R108, R113, H42). */
#include <pthread.h>

#include "check.h"

static int calls;

static void Count(void* step) { calls += *(int*)step; }

int main(int argc, char** argv) {
  Start(argc, argv);
  const uint64_t self = (uint64_t)pthread_self();
  aclrtStream stream = NewStream();
  int one = 1, ten = 10;
  Show("timeout 0", aclrtProcessReport(0));
  Show("not subscribed", aclrtProcessReport(10));
  Show("stream not subscribed",
       aclrtLaunchCallback(Count, &one, ACL_CALLBACK_BLOCK, stream));
  CHECK(aclrtSubscribeReport(self, stream));
  Show("subscribed twice", aclrtSubscribeReport(self, stream));

  void* data = NewDevice(64);
  CHECK(aclrtMemset(data, 64, 1, 64));
  CHECK(aclrtLaunchCallback(Count, &one, ACL_CALLBACK_BLOCK, stream));
  CHECK(aclrtMemsetAsync(data, 64, 2, 64, stream));
  aclrtStreamStatus status;
  CHECK(aclrtStreamQuery(stream, &status));
  printf("held back: %d, calls %d\n", status == ACL_STREAM_STATUS_NOT_READY,
         calls);
  ShowDevice("held", data, 64);
  while (calls == 0) CHECK(aclrtProcessReport(1000));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("released", data, 64);

  CHECK(aclrtLaunchCallback(Count, &ten, ACL_CALLBACK_NO_BLOCK, stream));
  CHECK(aclrtMemsetAsync(data, 64, 3, 64, stream));
  CHECK(aclrtSynchronizeStream(stream));
  ShowDevice("not held", data, 64);
  printf("calls before the report: %d\n", calls);
  CHECK(aclrtProcessReport(1000));
  printf("calls after it: %d\n", calls);
  CHECK(aclrtUnSubscribeReport(self, stream));
  return Finish();
}
