/* H4: one handle is used on the default stream of two contexts; the workspace
 * of the first one serves both, so two kernels that run side by side share it
 * (family F6, section 9, I8). Fixed: an explicit stream in each context.
 *
 * One thread serves two models, each in a context of its own, and switches
 * between them. Both compute a softmax over equal scores: 1/64 everywhere. */
#include "../check.h"

enum { kModels = 2, kRounds = 6, kSide = 64, kMatrix = kSide * kSide * 2 };

static const aclFloat16 kResult = 0x2400; /* 1/64 */

typedef struct {
  aclrtContext context;
  aclrtStream stream;
  void *scores, *out[kRounds];
} Model;

static void* NewHalves(aclFloat16 value) {
  aclFloat16 values[kSide * kSide];
  for (int i = 0; i < kSide * kSide; ++i) values[i] = value;
  void* device = NewDevice(kMatrix);
  CHECK(aclrtMemcpy(device, kMatrix, values, kMatrix,
                    ACL_MEMCPY_HOST_TO_DEVICE));
  return device;
}

static aclopHandle* NewSoftmax(void) {
  aclopAttr* attr = aclopCreateAttr();
  const int64_t last = -1;
  CHECK(aclopSetAttrListInt(attr, "axes", 1, &last));
  return NewHandle("SoftmaxV2", 1, NewMatrix(ACL_FLOAT16, kSide, kSide), attr);
}

static Model NewModel(aclFloat16 score) {
  Model model = {NULL, NULL, NULL, {NULL}};
  CHECK(aclrtCreateContext(&model.context, 0));
#ifdef FIXED
  model.stream = NewStream();
#endif
  model.scores = NewHalves(score);
  for (int i = 0; i < kRounds; ++i) model.out[i] = NewHalves(0);
  return model;
}

static int Wrong(int number, const Model* model) {
  for (int i = 0; i < kRounds; ++i) {
    aclFloat16 got[kSide * kSide];
    CHECK(aclrtMemcpy(got, kMatrix, model->out[i], kMatrix,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    for (int k = 0; k < kSide * kSide; ++k) {
      if (got[k] == kResult) continue;
      printf("model %d, round %d: [%d] expected 0x%04x, got 0x%04x\n", number,
             i, k, kResult, got[k]);
      return 1;
    }
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* softmax = NewSoftmax();
  const Model models[kModels] = {NewModel(0), NewModel(0x5640 /* 100 */)};
  for (int i = 0; i < kRounds; ++i) {
    for (int m = 0; m < kModels; ++m) {
      CHECK(aclrtSetCurrentContext(models[m].context));
      CHECK(TryRun(softmax, models[m].scores, NULL, models[m].out[i], kMatrix,
                   models[m].stream));
    }
  }
  int wrong = 0;
  for (int m = 0; m < kModels; ++m) {
    CHECK(aclrtSetCurrentContext(models[m].context));
    CHECK(aclrtSynchronizeStream(models[m].stream));
  }
  for (int m = 0; m < kModels; ++m) wrong += Wrong(m, &models[m]);
  printf("%d of %d models are wrong\n", wrong, kModels);
  for (int m = 0; m < kModels; ++m) {
    CHECK(aclrtSetCurrentContext(models[m].context));
#ifdef FIXED
    CHECK(aclrtDestroyStream(models[m].stream));
#endif
    CHECK(aclrtDestroyContext(models[m].context));
  }
  CHECK(aclrtSetDevice(0));
  CHECK(aclrtResetDevice(0));
  Finish();
  return wrong != 0;
}
