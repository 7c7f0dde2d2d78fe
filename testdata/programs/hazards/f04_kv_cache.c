/* H5: a layer's attention reads its KV cache while the load stream may still
 * write it (family F4, read after write). Fixed: the compute stream waits for
 * the event behind the load of that layer.
 *
 * Prefix caching: the KV of a known prefix is loaded layer by layer on a stream
 * of its own while the layers before are computed. */
#include "../check.h"

enum { kLayers = 4, kPrompts = 3 };

static aclrtStream load, compute;
static aclrtEvent loaded[kLayers];
static void* cache[kLayers];
static int32_t* prefixes[kPrompts];  /* pinned, filled once */

static void StartLoad(int prompt) {
  for (int layer = 0; layer < kLayers; ++layer) {
    CHECK(aclrtMemcpyAsync(cache[layer], kBytes,
                           prefixes[prompt] + layer * kCount, kBytes,
                           ACL_MEMCPY_HOST_TO_DEVICE, load));
    CHECK(aclrtRecordEvent(loaded[layer], load));
  }
}

static void WaitForLayer(int layer) {
#ifdef FIXED
  CHECK(aclrtStreamWaitEvent(compute, loaded[layer]));
#else
  (void)layer; /* "The load has been issued." */
#endif
}

static int Wrong(int prompt, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    /* The sum of prompt * 100 + layer + i over the layers. */
    const int32_t expected = 400 * prompt + 6 + 4 * i;
    if (got[i] == expected) continue;
    printf("prompt %d: [%d] expected %d, got %d\n", prompt, i, expected,
           got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  aclopHandle* add = NewBinary("Add");
  load = NewStream();
  compute = NewStream();
  for (int layer = 0; layer < kLayers; ++layer) {
    loaded[layer] = NewEvent();
    cache[layer] = NewNumbers(0, 0);
  }
  for (int prompt = 0; prompt < kPrompts; ++prompt) {
    prefixes[prompt] = (int32_t*)NewPinned(kLayers * kBytes);
    for (int i = 0; i < kLayers * kCount; ++i) {
      prefixes[prompt][i] = 100 * prompt + i / kCount + i % kCount;
    }
  }
  int wrong = 0;
  for (int prompt = 0; prompt < kPrompts; ++prompt) {
    void* hidden = NewNumbers(0, 0);
    StartLoad(prompt);
    for (int layer = 0; layer < kLayers; ++layer) {
      WaitForLayer(layer);
      Run(add, hidden, cache[layer], hidden, compute);
    }
    CHECK(aclrtSynchronizeStream(compute));
    wrong += Wrong(prompt, hidden);
  }
  CHECK(aclrtSynchronizeStream(load));
  printf("%d of %d prompts are wrong\n", wrong, kPrompts);
  Finish();
  return wrong != 0;
}
