/* Shared by the programs of this folder: checked calls, device memory with
 * known numbers, int32 operators of kCount elements, canonical output. What is
 * printed never holds an address or a time of the wall clock. */
#ifndef TESTDATA_PROGRAMS_CHECK_H_
#define TESTDATA_PROGRAMS_CHECK_H_

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

enum { kCount = 1024, kBytes = kCount * 4 };

#define CHECK(call)                                                   \
  do {                                                                \
    const aclError check_error_ = (call);                             \
    if (check_error_ != ACL_SUCCESS) {                                \
      const char* check_text_ = aclGetRecentErrMsg();                 \
      fprintf(stderr, "%s:%d: %s returned %d\n%s\n", __FILE__,        \
              __LINE__, #call, check_error_,                          \
              check_text_ == NULL ? "" : check_text_);                \
      exit(2);                                                        \
    }                                                                 \
  } while (0)

/* What must hold in every legal order; not for results of a race. */
#define REQUIRE(condition)                                            \
  do {                                                                \
    if (!(condition)) {                                               \
      fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__,          \
              __LINE__, #condition);                                  \
      exit(3);                                                        \
    }                                                                 \
  } while (0)

/* One line for one call's error code. */
static inline void Show(const char* what, aclError code) {
  printf("%s: %d\n", what, code);
}

static inline uint64_t Hash(const void* data, size_t bytes) {
  const unsigned char* byte = (const unsigned char*)data;
  uint64_t hash = 0xcbf29ce484222325u;
  for (size_t i = 0; i < bytes; ++i) hash = (hash ^ byte[i]) * 0x100000001b3u;
  return hash;
}

/* One line for bytes the host can read: their hash and the first number. */
static inline void ShowBytes(const char* what, const void* host,
                             size_t bytes) {
  uint32_t first = 0;
  memcpy(&first, host, bytes < 4 ? bytes : 4);
  printf("%s: %016llx, first %08x\n", what,
         (unsigned long long)Hash(host, bytes), (unsigned)first);
}

/* The same for device bytes, by a synchronous copy: no stream is waited for. */
static inline void ShowDevice(const char* what, const void* device,
                              size_t bytes) {
  void* host = malloc(bytes);
  CHECK(aclrtMemcpy(host, bytes, device, bytes, ACL_MEMCPY_DEVICE_TO_HOST));
  ShowBytes(what, host, bytes);
  free(host);
}

/* Device 0, and the models of the folder argv[1] where it is given. */
static inline void Start(int argc, char** argv) {
  CHECK(aclInit(NULL));
  CHECK(aclrtSetDevice(0));
  if (argc > 1) CHECK(aclopSetModelDir(argv[1]));
}

/* What still exists on the device goes with it (R14). */
static inline int Finish(void) {
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
  return 0;
}

static inline void* NewDevice(size_t bytes) {
  void* device = NULL;
  CHECK(aclrtMalloc(&device, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
  return device;
}

static inline void* NewPinned(size_t bytes) {
  void* host = NULL;
  CHECK(aclrtMallocHost(&host, bytes));
  memset(host, 0, bytes);
  return host;
}

/* kCount numbers first, first + step, ... in device memory. */
static inline void* NewNumbers(int32_t first, int32_t step) {
  int32_t numbers[kCount];
  for (int i = 0; i < kCount; ++i) numbers[i] = first + i * step;
  void* device = NewDevice(kBytes);
  CHECK(aclrtMemcpy(device, kBytes, numbers, kBytes,
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

static inline aclrtStream NewStream(void) {
  aclrtStream stream = NULL;
  CHECK(aclrtCreateStream(&stream));
  return stream;
}

/* A new-mode event (family N of R57). */
static inline aclrtEvent NewEvent(void) {
  aclrtEvent event = NULL;
  CHECK(aclrtCreateEventExWithFlag(&event, ACL_EVENT_SYNC));
  return event;
}

static inline aclTensorDesc* NewVector(aclDataType type, int64_t count) {
  return aclCreateTensorDesc(type, 1, &count, ACL_FORMAT_ND);
}

static inline aclTensorDesc* NewMatrix(aclDataType type, int64_t rows,
                                       int64_t columns) {
  const int64_t dims[2] = {rows, columns};
  return aclCreateTensorDesc(type, 2, dims, ACL_FORMAT_ND);
}

/* A handle of `inputs` (1 or 2) tensors and one output, each a copy of desc,
 * which is destroyed; so are the attributes. */
static inline aclopHandle* NewHandle(const char* type, int inputs,
                                     aclTensorDesc* desc, aclopAttr* attr) {
  const aclTensorDesc* in[2] = {desc, desc};
  const aclTensorDesc* out[1] = {desc};
  aclopHandle* handle = NULL;
  CHECK(aclopCreateHandle(type, inputs, in, 1, out, attr, &handle));
  aclDestroyTensorDesc(desc);
  if (attr != NULL) aclopDestroyAttr(attr);
  return handle;
}

/* Add, Sub, Mul or Maximum on int32[kCount]. */
static inline aclopHandle* NewBinary(const char* type) {
  return NewHandle(type, 2, NewVector(ACL_INT32, kCount), NULL);
}

/* out = handle(x, y), each of `bytes`; y may be NULL. Buffers end with the
 * call (R138). */
static inline aclError TryRun(aclopHandle* handle, const void* x,
                              const void* y, void* out, size_t bytes,
                              aclrtStream stream) {
  aclDataBuffer* buffers[3] = {aclCreateDataBuffer((void*)x, bytes),
                               aclCreateDataBuffer((void*)y, bytes),
                               aclCreateDataBuffer(out, bytes)};
  const aclDataBuffer* in[2] = {buffers[0], buffers[1]};
  const aclError code = aclopExecWithHandle(handle, y == NULL ? 1 : 2, in, 1,
                                            buffers + 2, stream);
  for (int i = 0; i < 3; ++i) aclDestroyDataBuffer(buffers[i]);
  return code;
}

static inline void Run(aclopHandle* handle, const void* x, const void* y,
                       void* out, aclrtStream stream) {
  CHECK(TryRun(handle, x, y, out, kBytes, stream));
}

#endif /* TESTDATA_PROGRAMS_CHECK_H_ */
