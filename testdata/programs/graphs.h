/* Captures, for the programs of this folder. */
#ifndef TESTDATA_PROGRAMS_GRAPHS_H_
#define TESTDATA_PROGRAMS_GRAPHS_H_

#include "check.h"

static inline void BeginCapture(aclrtStream stream) {
  CHECK(aclmdlRICaptureBegin(stream, ACL_MODEL_RI_CAPTURE_MODE_GLOBAL));
}

static inline aclmdlRI EndCapture(aclrtStream stream) {
  aclmdlRI graph = NULL;
  CHECK(aclmdlRICaptureEnd(stream, &graph));
  return graph;
}

static inline void Execute(aclmdlRI graph, aclrtStream stream) {
  CHECK(aclmdlRIExecuteAsync(graph, stream));
}

/* The first of the numbers in device memory. */
static inline int32_t FirstOf(const void* device) {
  int32_t first = 0;
  CHECK(aclrtMemcpy(&first, 4, device, 4, ACL_MEMCPY_DEVICE_TO_HOST));
  return first;
}

#endif /* TESTDATA_PROGRAMS_GRAPHS_H_ */
