/* Runs the operators of sample_ops.c as any others: compiled and executed, by a
 * handle on a model of atc's; then what they refuse. Every byte is compared. */
#include "acl/acl_op_compiler.h"
#include "check.h"

enum { kLong = 5000, kBlock = 1024 };

static aclopAttr* Attr(const char* name, float value) {
  aclopAttr* attr = aclopCreateAttr();
  CHECK(aclopSetAttrFloat(attr, name, value));
  return attr;
}

static aclDataBuffer* Upload(const void* data, size_t bytes) {
  void* device = NewDevice(bytes);
  CHECK(aclrtMemcpy(device, bytes, data, bytes, ACL_MEMCPY_HOST_TO_DEVICE));
  return aclCreateDataBuffer(device, bytes);
}

static void Compare(const char* what, const aclDataBuffer* buffer,
                    const void* expected, size_t bytes) {
  void* host = malloc(bytes);
  CHECK(aclrtMemcpy(host, bytes, aclGetDataBufferAddr(buffer), bytes,
                    ACL_MEMCPY_DEVICE_TO_HOST));
  REQUIRE(memcmp(host, expected, bytes) == 0);
  ShowBytes(what, host, bytes);
  free(host);
}

/* aclopCompileAndExecute on float. */
static void CompileAndExecute(aclrtStream stream) {
  float x[kCount], expected[kCount];
  for (int i = 0; i < kCount; ++i) {
    x[i] = (float)(i - 500);
    expected[i] = 0.5f * x[i] + 3.0f;
  }
  aclopAttr* attr = Attr("scale", 0.5f);
  CHECK(aclopSetAttrFloat(attr, "shift", 3.0f));
  aclTensorDesc* desc = NewVector(ACL_FLOAT, kCount);
  aclDataBuffer* in = Upload(x, sizeof(x));
  aclDataBuffer* out = Upload(x, sizeof(x));
  const aclTensorDesc* descs[] = {desc};
  const aclDataBuffer* ins[] = {in};
  aclDataBuffer* outs[] = {out};
  CHECK(aclopCompileAndExecute("ScaleShift", 1, descs, ins, 1, descs, outs,
                               attr, ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL,
                               stream));
  CHECK(aclrtSynchronizeStream(stream));
  Compare("compiled, float", out, expected, sizeof(expected));
  /* In place: the same bytes are input and output. */
  outs[0] = in;
  CHECK(aclopCompileAndExecute("ScaleShift", 1, descs, ins, 1, descs, outs,
                               attr, ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL,
                               stream));
  CHECK(aclrtSynchronizeStream(stream));
  Compare("in place", in, expected, sizeof(expected));
}

/* Halves of ties, subnormals, the largest, infinity, NaN, -0. */
static const uint16_t kHalves[] = {0x3c00, 0xc000, 0x0001, 0x0003, 0x8002,
                                   0x0401, 0x7bff, 0x7c00, 0xfe00, 0x8000};

/* aclopExecuteV2 on float16; the shift is its default. Compiled, or by the
 * model for all extents that atc made. */
static void ExecuteV2(const char* what, float scale, int compile,
                      const uint16_t* expected, aclrtStream stream) {
  aclopAttr* attr = Attr("scale", scale);
  aclTensorDesc* desc = NewVector(ACL_FLOAT16, 10);
  aclTensorDesc* descs[] = {desc};
  const aclTensorDesc* constant[] = {desc};
  aclDataBuffer* ins[] = {Upload(kHalves, sizeof(kHalves))};
  aclDataBuffer* outs[] = {Upload(kHalves, sizeof(kHalves))};
  if (compile) {
    CHECK(aclopCompile("ScaleShift", 1, constant, 1, constant, attr,
                       ACL_ENGINE_SYS, ACL_COMPILE_SYS, NULL));
  }
  CHECK(aclopExecuteV2("ScaleShift", 1, descs, ins, 1, descs, outs, attr,
                       stream));
  CHECK(aclrtSynchronizeStream(stream));
  Compare(what, outs[0], expected, sizeof(kHalves));
}

static void ExecuteHalves(aclrtStream stream) {
  const uint16_t half[] = {0x3800, 0xbc00, 0x0000, 0x0002, 0x8001,
                           0x0200, 0x77ff, 0x7c00, 0x7e00, 0x0000};
  const uint16_t twice[] = {0x4000, 0xc400, 0x0002, 0x0006, 0x8004,
                            0x0801, 0x7c00, 0x7c00, 0x7e00, 0x0000};
  ExecuteV2("executed, float16", 0.5f, 1, half, stream);
  ExecuteV2("by a dynamic model", 2.0f, 0, twice, stream);
}

/* A handle on the model that atc made of sample_ops.json. */
static void ExecWithHandle(aclrtStream stream) {
  static float x[kLong], expected[kLong];
  double mean = 0;
  for (int begin = 0; begin < kLong; begin += kBlock) {
    double sum = 0;
    for (int i = begin; i < begin + kBlock && i < kLong; ++i) {
      x[i] = (float)(i % 97) * 0.37f;
      sum += x[i];
    }
    mean += sum;
  }
  mean /= kLong;
  for (int i = 0; i < kLong; ++i) expected[i] = (float)(x[i] - mean);
  const aclTensorDesc* descs[] = {NewVector(ACL_FLOAT, kLong)};
  aclopHandle* handle = NULL;
  CHECK(aclopCreateHandle("SubtractMean", 1, descs, 1, descs, NULL, &handle));
  const aclDataBuffer* ins[] = {Upload(x, sizeof(x))};
  aclDataBuffer* outs[] = {Upload(x, sizeof(x))};
  for (int i = 0; i < 3; ++i) {
    CHECK(aclopExecWithHandle(handle, 1, ins, 1, outs, stream));
  }
  CHECK(aclrtSynchronizeStream(stream));
  Compare("handle, two phases", outs[0], expected, sizeof(expected));
  aclopDestroyHandle(handle);
}

/* A code, and the sentence behind the operator's name. */
static void Refused(const char* what, const char* type, aclTensorDesc* desc,
                    const aclopAttr* attr) {
  const aclTensorDesc* descs[] = {desc};
  Show(what, aclopCompile(type, 1, descs, 1, descs, attr, ACL_ENGINE_SYS,
                          ACL_COMPILE_SYS, NULL));
  const char* text = aclGetRecentErrMsg();
  const char* sentence = text == NULL ? NULL : strstr(text, type);
  REQUIRE(sentence != NULL);
  printf("  %.*s\n", (int)strcspn(sentence, "\n"), sentence);
}

static void Refusals(void) {
  Refused("a type it lacks", "ScaleShift", NewVector(ACL_INT32, 4),
          Attr("scale", 1.0f));
  Refused("no scale", "ScaleShift", NewVector(ACL_FLOAT, 4), NULL);
  Refused("another attribute", "ScaleShift", NewVector(ACL_FLOAT, 4),
          Attr("slope", 1.0f));
  Refused("no elements", "SubtractMean", NewVector(ACL_FLOAT, 0), NULL);
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclrtStream stream = NewStream();
  CompileAndExecute(stream);
  ExecuteHalves(stream);
  ExecWithHandle(stream);
  Refusals();
  return Finish();
}
