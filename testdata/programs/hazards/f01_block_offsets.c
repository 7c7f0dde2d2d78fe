/* H6: one pinned table of block offsets is rewritten at each call, while the
 * copy of the last call may still be queued (family F1). Fixed: a table for
 * each call of a step, reused only after the step has been synchronised.
 *
 * A paged attention is called for several groups of requests in a step; each
 * call uploads the offsets of its blocks and launches on the same stream. */
#include "../check.h"

enum { kSteps = 3, kGroups = 4 };

typedef struct {
  aclopHandle* add;
  aclrtStream stream;
  int32_t* host_offsets;  /* pinned, kGroups tables */
  void *offsets, *pool;
} Attention;

static int32_t FirstBlock(int step, int group) {
  return 10000 * step + 1000 * group;
}

static void Attend(Attention* self, int step, int group, void* out) {
#ifdef FIXED
  int32_t* table = self->host_offsets + group * kCount;
#else
  int32_t* table = self->host_offsets;
#endif
  for (int i = 0; i < kCount; ++i) table[i] = FirstBlock(step, group) + 2 * i;
  CHECK(aclrtMemcpyAsync(self->offsets, kBytes, table, kBytes,
                         ACL_MEMCPY_HOST_TO_DEVICE, self->stream));
  Run(self->add, self->offsets, self->pool, out, self->stream);
}

static int Wrong(int step, int group, const void* device) {
  int32_t got[kCount];
  CHECK(aclrtMemcpy(got, kBytes, device, kBytes, ACL_MEMCPY_DEVICE_TO_HOST));
  for (int i = 0; i < kCount; ++i) {
    const int32_t expected = FirstBlock(step, group) + 2 * i + 7;
    if (got[i] == expected) continue;
    printf("step %d, group %d: [%d] expected %d, got %d\n", step, group, i,
           expected, got[i]);
    return 1;
  }
  return 0;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  Attention attention = {NewBinary("Add"), NewStream(),
                         (int32_t*)NewPinned(kGroups * kBytes),
                         NewDevice(kBytes), NewNumbers(7, 0)};
  void* out[kGroups];
  for (int group = 0; group < kGroups; ++group) out[group] = NewDevice(kBytes);
  int wrong = 0;
  for (int step = 0; step < kSteps; ++step) {
    for (int group = 0; group < kGroups; ++group) {
      Attend(&attention, step, group, out[group]);
    }
    CHECK(aclrtSynchronizeStream(attention.stream));
    for (int group = 0; group < kGroups; ++group) {
      wrong += Wrong(step, group, out[group]);
    }
  }
  printf("%d of %d calls are wrong\n", wrong, kSteps * kGroups);
  Finish();
  return wrong != 0;
}
