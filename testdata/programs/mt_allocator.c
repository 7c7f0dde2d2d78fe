/* A pool allocator under a mutex: blocks go from thread to thread, each user
 * synchronises before giving one back (R80, R81, H10). */
#include "threads.h"

enum { kPieces = 2, kPiece = kBytes + 64 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t returned = PTHREAD_COND_INITIALIZER;
static void* pieces[kPieces];
static int free_pieces;

static void* Take(void) {
  PTHREAD(pthread_mutex_lock(&lock));
  while (free_pieces == 0) PTHREAD(pthread_cond_wait(&returned, &lock));
  void* piece = pieces[--free_pieces];
  PTHREAD(pthread_mutex_unlock(&lock));
  return piece;
}

static void GiveBack(void* piece) {
  PTHREAD(pthread_mutex_lock(&lock));
  pieces[free_pieces++] = piece;
  PTHREAD(pthread_cond_signal(&returned));
  PTHREAD(pthread_mutex_unlock(&lock));
}

typedef struct {
  aclopHandle* mul;
  void* value;
} Job;

static void* Work(void* argument) {
  Job* job = (Job*)argument;
  CHECK(aclrtSetDevice(0));
  aclrtStream stream = NewStream();
  for (int i = 0; i < 4; ++i) {
    void* scratch = Take();
    Run(job->mul, job->value, job->value, scratch, stream);
    Run(job->mul, scratch, job->value, job->value, stream);
    CHECK(aclrtSynchronizeStream(stream));
    GiveBack(scratch);
  }
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  char* block = (char*)NewDevice(kPieces * kPiece);
  for (int i = 0; i < kPieces; ++i) pieces[i] = block + i * kPiece;
  free_pieces = kPieces;
  aclopHandle* mul = NewBinary("Mul");
  Job jobs[3];
  for (int i = 0; i < 3; ++i) jobs[i] = (Job){mul, NewNumbers(2 * i + 3, 2)};
  RunThreads(3, Work, jobs, sizeof(Job));
  for (int i = 0; i < 3; ++i) ShowDevice("x^81", jobs[i].value, kBytes);
  return Finish();
}
