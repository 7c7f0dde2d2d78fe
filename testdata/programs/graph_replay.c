/* A graph of two streams, executed eight times between other tasks: what it
 * reads and writes is what stream order says. */
#include "graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  aclopHandle* mul = NewBinary("Mul");
  aclrtStream stream = NewStream(), side = NewStream(), target = NewStream();
  aclrtEvent fork = NewEvent(), join = NewEvent();
  void *x = NewNumbers(1, 1), *one = NewNumbers(1, 0);
  void *y = NewNumbers(0, 0), *z = NewNumbers(0, 0);
  int32_t* host = (int32_t*)NewPinned(kBytes);
  BeginCapture(stream);
  Run(add, x, one, x, stream);
  CHECK(aclrtRecordEvent(fork, stream));
  CHECK(aclrtStreamWaitEvent(side, fork));
  Run(mul, x, x, y, side);
  Run(add, x, x, z, stream);
  CHECK(aclrtRecordEvent(join, side));
  CHECK(aclrtStreamWaitEvent(stream, join));
  Run(add, y, z, z, stream);
  CHECK(aclrtMemcpyAsync(host, kBytes, z, kBytes, ACL_MEMCPY_DEVICE_TO_HOST,
                         stream));
  aclmdlRI graph = EndCapture(stream);
  for (int i = 0; i < 8; ++i) {
    Execute(graph, target);
    Run(add, x, one, x, target);
    CHECK(aclrtSynchronizeStream(target));
    ShowBytes("z", host, kBytes);
  }
  ShowDevice("x", x, kBytes);
  CHECK(aclmdlRIDestroy(graph));
  return Finish();
}
