/* H31: the pinned source of a copy in a graph is freed before the graph is
 * executed again: the copy fails (507013). Fixed: it is freed behind it. */
#include "../graphs.h"

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void* device = NewNumbers(0, 0);
  int32_t* source = (int32_t*)NewPinned(kBytes);
  source[0] = 7;
  BeginCapture(stream);
  CHECK(aclrtMemcpyAsync(device, kBytes, source, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, stream));
  aclmdlRI graph = EndCapture(stream);
#ifndef FIXED
  CHECK(aclrtFreeHost(source));
#endif
  Execute(graph, stream);
  const aclError code = aclrtSynchronizeStream(stream);
#ifdef FIXED
  CHECK(aclrtFreeHost(source));
#endif
  const int32_t got = FirstOf(device);
  printf("synchronise: %d; expected 7, got %d\n", code, got);
  CHECK(aclmdlRIDestroy(graph));
  Finish();
  return got != 7;
}
