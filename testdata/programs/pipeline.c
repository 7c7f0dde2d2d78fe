/* A small real pipeline: classify Fisher's irises on a simulated NPU.
 *
 *   stream a:  measurements H2D -> MatMulV2 -> record event
 *   stream b:  wait event -> Add -> Relu -> SoftmaxV2 -> probabilities D2H
 *
 * usage: pipeline MODEL_DIR IRIS_DIR [--no-event]
 * With --no-event stream b does not wait: a race. Exit code 0 if every output
 * bit is as expected, 1 if not, 2 if a call failed. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/acl.h"

enum { kRows = 150, kFeatures = 4, kClasses = 3, kOutputs = kRows * kClasses };

#define CHECK(call)                                                       \
  do {                                                                    \
    aclError error_ = (call);                                             \
    if (error_ != ACL_SUCCESS) {                                          \
      const char* text_ = aclGetRecentErrMsg();                           \
      fprintf(stderr, "%s returned %d\n%s", #call, error_,                \
              text_ == NULL ? "" : text_);                                \
      exit(2);                                                            \
    }                                                                     \
  } while (0)

static FILE* OpenInput(const char* folder, const char* name) {
  char path[512];
  snprintf(path, sizeof(path), "%s/%s", folder, name);
  FILE* file = fopen(path, "rb");
  if (file == NULL) {
    fprintf(stderr, "cannot open %s\n", path);
    exit(2);
  }
  return file;
}

/* Reads rows of `columns` numbers after a header line; as float16. */
static void ReadTable(const char* folder, const char* name, int rows,
                      int columns, int skip, aclFloat16* values, int* last) {
  FILE* file = OpenInput(folder, name);
  char line[256];
  if (fgets(line, sizeof(line), file) == NULL) exit(2);
  for (int row = 0; row < rows; ++row) {
    if (fgets(line, sizeof(line), file) == NULL) exit(2);
    char* at = line;
    for (int column = 0; column < columns; ++column) {
      values[row * columns + column] = aclFloatToFloat16(strtof(at, &at));
      ++at;
    }
    if (skip) last[row] = (int)strtol(at, NULL, 10);
  }
  fclose(file);
}

typedef struct {
  void* device;
  aclDataBuffer* buffer;
} Tensor;

static Tensor MakeTensor(size_t elements) {
  Tensor tensor;
  const size_t bytes = elements * sizeof(aclFloat16);
  CHECK(aclrtMalloc(&tensor.device, bytes, ACL_MEM_MALLOC_HUGE_FIRST));
  tensor.buffer = aclCreateDataBuffer(tensor.device, bytes);
  return tensor;
}

static aclTensorDesc* Desc(int rows, int columns) {
  const int64_t dims[2] = {rows, columns};
  return rows > 0 ? aclCreateTensorDesc(ACL_FLOAT16, 2, dims, ACL_FORMAT_ND)
                  : aclCreateTensorDesc(ACL_FLOAT16, 1, dims + 1,
                                        ACL_FORMAT_ND);
}

static aclopHandle* MakeHandle(const char* type, aclTensorDesc* x,
                               aclTensorDesc* y, aclTensorDesc* out,
                               aclopAttr* attr) {
  const aclTensorDesc* inputs[2] = {x, y};
  const aclTensorDesc* outputs[1] = {out};
  aclopHandle* handle = NULL;
  CHECK(aclopCreateHandle(type, y == NULL ? 1 : 2, inputs, 1, outputs, attr,
                          &handle));
  aclDestroyTensorDesc(x);
  if (y != NULL) aclDestroyTensorDesc(y);
  aclDestroyTensorDesc(out);
  aclopDestroyAttr(attr);
  return handle;
}

static void Launch(aclopHandle* handle, Tensor x, const Tensor* y, Tensor out,
                   aclrtStream stream) {
  const aclDataBuffer* inputs[2] = {x.buffer, y == NULL ? NULL : y->buffer};
  aclDataBuffer* outputs[1] = {out.buffer};
  CHECK(aclopExecWithHandle(handle, y == NULL ? 1 : 2, inputs, 1, outputs,
                            stream));
}

static int Report(const aclFloat16* got, const aclFloat16* expected,
                  const int* species) {
  int right = 0, equal = 0;
  uint64_t hash = 0xcbf29ce484222325u;
  for (int row = 0; row < kRows; ++row) {
    int best = 0;
    for (int c = 0; c < kClasses; ++c) {
      const int i = row * kClasses + c;
      if (aclFloat16ToFloat(got[i]) >
          aclFloat16ToFloat(got[row * kClasses + best])) {
        best = c;
      }
      equal += got[i] == expected[i];
      hash = (hash ^ got[i]) * 0x100000001b3u;
    }
    right += best == species[row];
  }
  printf("flowers classified right: %d of %d\n", right, kRows);
  printf("output values as expected: %d of %d, hash %016llx\n", equal,
         kOutputs, (unsigned long long)hash);
  return equal == kOutputs ? 0 : 1;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s MODEL_DIR IRIS_DIR [--no-event]\n", argv[0]);
    return 2;
  }
  const int with_event = argc < 4 || strcmp(argv[3], "--no-event") != 0;
  CHECK(aclInit(NULL));
  CHECK(aclrtSetDevice(0));
  CHECK(aclopSetModelDir(argv[1]));

  aclFloat16 *host_in, *host_out;
  CHECK(aclrtMallocHost((void**)&host_in, kRows * kFeatures * 2));
  CHECK(aclrtMallocHost((void**)&host_out, kOutputs * 2));
  memset(host_out, 0, kOutputs * 2);
  int species[kRows];
  ReadTable(argv[2], "iris.csv", kRows, kFeatures, 1, host_in, species);
  aclFloat16 weights[(kFeatures + 1) * kClasses];
  ReadTable(argv[2], "weights.csv", kFeatures + 1, kClasses, 0, weights, NULL);

  Tensor x = MakeTensor(kRows * kFeatures);
  Tensor w = MakeTensor(kFeatures * kClasses);
  Tensor bias = MakeTensor(kClasses), product = MakeTensor(kOutputs);
  Tensor logits = MakeTensor(kOutputs), probabilities = MakeTensor(kOutputs);
  CHECK(aclrtMemcpy(w.device, kFeatures * kClasses * 2, weights,
                    kFeatures * kClasses * 2, ACL_MEMCPY_HOST_TO_DEVICE));
  CHECK(aclrtMemcpy(bias.device, kClasses * 2, weights + kFeatures * kClasses,
                    kClasses * 2, ACL_MEMCPY_HOST_TO_DEVICE));

  aclopAttr* transposed = aclopCreateAttr();
  CHECK(aclopSetAttrBool(transposed, "transpose_x1", 0));
  CHECK(aclopSetAttrBool(transposed, "transpose_x2", 0));
  aclopAttr* axes = aclopCreateAttr();
  const int64_t last_axis = -1;
  CHECK(aclopSetAttrListInt(axes, "axes", 1, &last_axis));
  aclopHandle* matmul =
      MakeHandle("MatMulV2", Desc(kRows, kFeatures), Desc(kFeatures, kClasses),
                 Desc(kRows, kClasses), transposed);
  aclopHandle* add =
      MakeHandle("Add", Desc(kRows, kClasses), Desc(0, kClasses),
                 Desc(kRows, kClasses), aclopCreateAttr());
  aclopHandle* relu = MakeHandle("Relu", Desc(kRows, kClasses), NULL,
                                 Desc(kRows, kClasses), aclopCreateAttr());
  aclopHandle* softmax = MakeHandle("SoftmaxV2", Desc(kRows, kClasses), NULL,
                                    Desc(kRows, kClasses), axes);

  aclrtStream a, b;
  aclrtEvent ready;
  CHECK(aclrtCreateStream(&a));
  CHECK(aclrtCreateStream(&b));
  CHECK(aclrtCreateEvent(&ready));

  CHECK(aclrtMemcpyAsync(x.device, kRows * kFeatures * 2, host_in,
                         kRows * kFeatures * 2, ACL_MEMCPY_HOST_TO_DEVICE, a));
  Launch(matmul, x, &w, product, a);
  CHECK(aclrtRecordEvent(ready, a));
  if (with_event) CHECK(aclrtStreamWaitEvent(b, ready));
  Launch(add, product, &bias, logits, b);
  Launch(relu, logits, NULL, logits, b);
  Launch(softmax, logits, NULL, probabilities, b);
  CHECK(aclrtMemcpyAsync(host_out, kOutputs * 2, probabilities.device,
                         kOutputs * 2, ACL_MEMCPY_DEVICE_TO_HOST, b));
  CHECK(aclrtSynchronizeStream(b));

  aclFloat16 expected[kOutputs];
  FILE* file = OpenInput(argv[2], "probabilities.f16");
  if (fread(expected, 2, kOutputs, file) != kOutputs) return 2;
  fclose(file);
  const int result = Report(host_out, expected, species);

  CHECK(aclrtSynchronizeStream(a));
  aclopDestroyHandle(matmul);
  aclopDestroyHandle(add);
  aclopDestroyHandle(relu);
  aclopDestroyHandle(softmax);
  CHECK(aclrtDestroyEvent(ready));
  CHECK(aclrtDestroyStream(a));
  CHECK(aclrtDestroyStream(b));
  Tensor* tensors[] = {&x, &w, &bias, &product, &logits, &probabilities};
  for (int i = 0; i < 6; ++i) {
    CHECK(aclDestroyDataBuffer(tensors[i]->buffer));
    CHECK(aclrtFree(tensors[i]->device));
  }
  CHECK(aclrtFreeHost(host_in));
  CHECK(aclrtFreeHost(host_out));
  CHECK(aclrtResetDevice(0));
  CHECK(aclFinalize());
  return result;
}
