/* H26?: two threads queue their collectives on all ranks, from the root on,
 * each rank under a lock of its own; two ranks may get them in different
 * orders, and each waits for the other (family F10). Fixed: one lock over
 * all ranks.
 *
 * A rank is a stream here. A collective tells the other rank that it has
 * come, waits for the other to come, and adds up the numbers of both; it
 * has two pairs of notifies, since a rank may be one round ahead (R74). */
#include "../threads.h"

enum { kRanks = 2, kCollectives = 2, kRounds = 3 };

static pthread_mutex_t locks[kRanks] = {PTHREAD_MUTEX_INITIALIZER,
                                        PTHREAD_MUTEX_INITIALIZER};
#ifdef FIXED
static pthread_mutex_t all_ranks = PTHREAD_MUTEX_INITIALIZER;
#endif
static aclrtStream ranks[kRanks];
static aclopHandle* add;

typedef struct {
  int root;
  aclrtNotify arrived[2][kRanks];
  void *part[kRanks], *sum[kRanks];
} Collective;

static void Queue(Collective* collective, int round, int rank) {
  aclrtNotify* arrived = collective->arrived[round % 2];
  PTHREAD(pthread_mutex_lock(&locks[rank]));
  CHECK(aclrtRecordNotify(arrived[1 - rank], ranks[rank]));
  CHECK(aclrtWaitAndResetNotify(arrived[rank], ranks[rank], 0));
  for (int i = 0; i < kRanks; ++i) {
    Run(add, collective->sum[rank], collective->part[i],
        collective->sum[rank], ranks[rank]);
  }
  PTHREAD(pthread_mutex_unlock(&locks[rank]));
}

static void* Work(void* argument) {
  Collective* self = (Collective*)argument;
  CHECK(aclrtSetDevice(0));
  for (int round = 0; round < kRounds; ++round) {
#ifdef FIXED
    PTHREAD(pthread_mutex_lock(&all_ranks));
#endif
    for (int i = 0; i < kRanks; ++i) {
      Queue(self, round, (self->root + i) % kRanks);
    }
#ifdef FIXED
    PTHREAD(pthread_mutex_unlock(&all_ranks));
#endif
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  add = NewBinary("Add");
  Collective collectives[kCollectives];
  for (int c = 0; c < kCollectives; ++c) {
    collectives[c].root = c;
    ranks[c] = NewStream();
    for (int rank = 0; rank < kRanks; ++rank) {
      for (int i = 0; i < 2; ++i) {
        CHECK(aclrtCreateNotify(&collectives[c].arrived[i][rank], 0));
      }
      collectives[c].part[rank] = NewNumbers(10 * c + rank, 0);
      collectives[c].sum[rank] = NewNumbers(0, 0);
    }
  }
  RunThreads(kCollectives, Work, collectives, sizeof(Collective));

  int wrong = 0;
  for (int rank = 0; rank < kRanks; ++rank) {
    const aclError code = aclrtSynchronizeStreamWithTimeout(ranks[rank], 1000);
    if (code == ACL_SUCCESS) continue;
    printf("rank %d: expected 0, got %d\n", rank, code);
    ++wrong;
  }
  for (int i = 0; i < kRanks && wrong; ++i) CHECK(aclrtStreamAbort(ranks[i]));
  for (int i = 0; i < kCollectives * kRanks; ++i) {
    const int c = i / kRanks, rank = i % kRanks;
    int32_t got[kCount];
    CHECK(aclrtMemcpy(got, kBytes, collectives[c].sum[rank], kBytes,
                      ACL_MEMCPY_DEVICE_TO_HOST));
    const int32_t expected = kRounds * (20 * c + 1);
    if (got[kCount - 1] == expected) continue;
    printf("collective %d, rank %d: expected %d, got %d\n", c, rank, expected,
           got[kCount - 1]);
    ++wrong;
  }
  printf("%s\n", wrong ? "wrong" : "right");
  Finish();
  return wrong != 0;
}
