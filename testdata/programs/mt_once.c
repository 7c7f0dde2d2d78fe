/* Streams and handles that are made by whoever comes first (pthread_once) and
 * kept for each thread as thread-specific data; results do not tell who was
 * first (R24). The streams end with the process: one that ended earlier could
 * give its address to the next, which the handle would take for it (I11). */
#include "threads.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t own_stream;
static aclopHandle* sub;

static void Initialise(void) {
  sub = NewBinary("Sub");
  PTHREAD(pthread_key_create(&own_stream, NULL));
}

static aclrtStream OwnStream(void) {
  aclrtStream stream = pthread_getspecific(own_stream);
  if (stream != NULL) return stream;
  stream = NewStream();
  PTHREAD(pthread_setspecific(own_stream, stream));
  return stream;
}

static void* Work(void* value) {
  CHECK(aclrtSetDevice(0));
  PTHREAD(pthread_once(&once, Initialise));
  void* x = *(void**)value;
  void* step = NewNumbers(3, 1);
  for (int i = 0; i < 6; ++i) Run(sub, x, step, x, OwnStream());
  CHECK(aclrtSynchronizeStream(OwnStream()));
  CHECK(aclrtResetDevice(0));
  return NULL;
}

int main(int argc, char** argv) {
  Start(argc, argv);
  void* values[3];
  for (int i = 0; i < 3; ++i) values[i] = NewNumbers(i * 100, 7);
  RunThreads(3, Work, values, sizeof(void*));
  for (int i = 0; i < 3; ++i) ShowDevice("thread", values[i], kBytes);
  return Finish();
}
