/* H16: aclrtSynchronizeDevice is taken to wait for the whole device; it waits
 * for the streams of the current context (family F4, R46). Fixed: the stream
 * that produced the data is synchronised, which needs no context (R43).
 *
 * An encoder and a decoder share a device, each with a context of its own; the
 * application reads what the encoder made while the decoder's is current. */
#include "../check.h"

enum { kRounds = 3 };

typedef struct {
  aclrtContext context;
  aclrtStream stream;
  void *input, *output;
} Module;

static Module NewModule(int32_t first) {
  Module module = {NULL, NULL, NULL, NULL};
  CHECK(aclrtCreateContext(&module.context, 0));
  module.stream = NewStream();
  module.input = NewNumbers(first, 1);
  module.output = NewNumbers(0, 0);
  return module;
}

static void Launch(aclopHandle* add, const Module* module) {
  CHECK(aclrtSetCurrentContext(module->context));
  Run(add, module->output, module->input, module->output, module->stream);
}

static void EndModule(const Module* module) {
  CHECK(aclrtSetCurrentContext(module->context));
  CHECK(aclrtDestroyStream(module->stream));
  CHECK(aclrtDestroyContext(module->context));
}

static int Wrong(int round, const Module* module, int32_t first) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, module->output, kBytes,
                    ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = (round + 1) * (first + i);
    if (got[i] == expected) continue;
    printf("round %d: [%d] expected %d, got %d\n", round, i, expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  const Module encoder = NewModule(10), decoder = NewModule(20);
  int wrong = 0;
  for (int round = 0; round < kRounds; ++round) {
    Launch(add, &encoder);
    Launch(add, &decoder);
    CHECK(aclrtSynchronizeDevice());
#ifdef FIXED
    CHECK(aclrtSynchronizeStream(encoder.stream));
#endif
    wrong += Wrong(round, &encoder, 10);
    wrong += Wrong(round, &decoder, 20);
  }
  CHECK(aclrtSynchronizeStream(encoder.stream));
  printf("%d of %d outputs are wrong\n", wrong, 2 * kRounds);
  EndModule(&encoder);
  EndModule(&decoder);
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtResetDevice(0));
  Finish();
  return wrong != 0;
}
