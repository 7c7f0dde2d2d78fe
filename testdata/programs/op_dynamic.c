/* Models with free extents: aclopExecuteV2 with the shape of each call, a
 * handle for one of the shapes, and shapes outside the range (R125, R127,
 * R131). */
#include "check.h"

enum { kColumns = 16, kMaxRows = 96 };

static aclError Difference(int64_t rows, void* x, void* y, void* out,
                           aclrtStream stream) {
  aclTensorDesc* desc[3];
  aclDataBuffer* buffer[3];
  void* memory[3] = {x, y, out};
  for (int i = 0; i < 3; ++i) {
    desc[i] = NewMatrix(ACL_FLOAT, rows, kColumns);
    buffer[i] = aclCreateDataBuffer(
        memory[i], rows < 0 ? 64 : (size_t)rows * kColumns * 4);
  }
  const aclError code = aclopExecuteV2("Sub", 2, desc, buffer, 1, desc + 2,
                                       buffer + 2, NULL, stream);
  for (int i = 0; i < 3; ++i) {
    aclDestroyTensorDesc(desc[i]);
    aclDestroyDataBuffer(buffer[i]);
  }
  return code;
}

static void* NewFloats(float first) {
  static float values[kMaxRows * kColumns];
  for (int i = 0; i < kMaxRows * kColumns; ++i) {
    values[i] = first + (float)i * 0.375f;
  }
  void* device = NewDevice(sizeof(values));
  CHECK(aclrtMemcpy(device, sizeof(values), values, sizeof(values),
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  void *x = NewFloats(3.25f), *y = NewFloats(0.001f), *out = NewFloats(0);
  for (int64_t rows = 1; rows <= kMaxRows; rows = rows * 3 - 1) {
    if (rows == 1) rows = 2;
    CHECK(Difference(rows, x, y, out, stream));
    Run(NewHandle("Sub", 2, NewMatrix(ACL_FLOAT, rows, kColumns), NULL), out,
        y, out, stream);
    CHECK(aclrtSynchronizeStream(stream));
    ShowDevice("x - 2 y", out, (size_t)rows * kColumns * 4);
  }
  Show("unknown extent", Difference(-1, x, y, out, stream));
  Show("no rows", Difference(0, x, y, out, stream));
  aclTensorDesc* desc = NewVector(ACL_FLOAT16, 4097);
  const aclTensorDesc* tensors[1] = {desc};
  aclopHandle* handle = NULL;
  Show("beyond the range", aclopCreateHandle("Relu", 1, tensors, 1, tensors,
                                             NULL, &handle));
  return Finish();
}
