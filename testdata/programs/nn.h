/* Shared by the programs that call aclnn: float vectors of kCount elements in
 * device memory, and what their first phases need. */
#ifndef TESTDATA_PROGRAMS_NN_H_
#define TESTDATA_PROGRAMS_NN_H_

#include "aclnn/acl_meta.h"
#include "check.h"

/* kCount floats, all `value`. */
static inline void* NewFloats(float value) {
  float numbers[kCount];
  for (int i = 0; i < kCount; ++i) numbers[i] = value;
  void* device = NewDevice(kBytes);
  CHECK(
      aclrtMemcpy(device, kBytes, numbers, kBytes, ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

/* A view of them as rows x columns. */
static inline aclTensor* NewView(void* floats, int64_t rows, int64_t columns) {
  const int64_t shape[] = {rows, columns};
  const int64_t strides[] = {columns, 1};
  aclTensor* tensor = aclCreateTensor(shape, 2, ACL_FLOAT, strides, 0,
                                      ACL_FORMAT_ND, shape, 2, floats);
  REQUIRE(tensor != NULL);
  return tensor;
}

/* 1 and a line if a float is another than expected. */
static inline int IsWrong(const char* what, const void* floats,
                          float expected) {
  float got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, floats, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    if (got[i] == expected) continue;
    printf("%s: [%d] expected %g, got %g\n", what, i, expected, got[i]);
    return 1;
  }
  return 0;
}

#endif /* TESTDATA_PROGRAMS_NN_H_ */
