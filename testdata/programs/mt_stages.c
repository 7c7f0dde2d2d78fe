/* A pipeline of three threads, each a stage with its own stream: a bounded
 * queue hands over a block and the event that says when it is ready (R58). */
#include "threads.h"

enum { kBlocks = 6 };

typedef struct {
  pthread_mutex_t lock;
  pthread_cond_t changed;
  int filled;
  aclrtEvent ready[kBlocks];
} Link;

static Link links[2];
static void* blocks[kBlocks];
static const char* const kTypes[3] = {"Add", "Mul", "Sub"};
static aclopHandle* handles[3];

static void* Stage(void* argument) {
  const int me = *(int*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  void* operand = NewNumbers(me + 2, 0);
  for (int i = 0; i < kBlocks; ++i) {
    if (me > 0) {
      Link* from = &links[me - 1];
      PTHREAD(pthread_mutex_lock(&from->lock));
      while (from->filled <= i) {
        PTHREAD(pthread_cond_wait(&from->changed, &from->lock));
      }
      PTHREAD(pthread_mutex_unlock(&from->lock));
      CHECK(aclrtStreamWaitEvent(stream, from->ready[i]));
    }
    Run(handles[me], blocks[i], operand, blocks[i], stream);
    if (me == 2) continue;
    Link* to = &links[me];
    CHECK(aclrtRecordEvent(to->ready[i], stream));
    PTHREAD(pthread_mutex_lock(&to->lock));
    to->filled = i + 1;
    PTHREAD(pthread_cond_signal(&to->changed));
    PTHREAD(pthread_mutex_unlock(&to->lock));
  }
  CHECK(aclrtSynchronizeStream(stream));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  int stages[3] = {0, 1, 2};
  for (int i = 0; i < 3; ++i) handles[i] = NewBinary(kTypes[i]);
  for (int i = 0; i < kBlocks; ++i) {
    blocks[i] = NewNumbers(i, i + 1);
    for (int k = 0; k < 2; ++k) links[k].ready[i] = NewEvent();
  }
  for (int k = 0; k < 2; ++k) {
    PTHREAD(pthread_mutex_init(&links[k].lock, NULL));
    PTHREAD(pthread_cond_init(&links[k].changed, NULL));
  }
  RunThreads(3, Stage, stages, sizeof(int));
  for (int i = 0; i < kBlocks; ++i) ShowDevice("block", blocks[i], kBytes);
  return Finish();
}
