/* For the programs with several threads: starting and joining them. */
#ifndef TESTDATA_PROGRAMS_THREADS_H_
#define TESTDATA_PROGRAMS_THREADS_H_

#include <pthread.h>
#include <sched.h>

#include "check.h"

#define PTHREAD(call) REQUIRE((call) == 0)

/* Runs body(&arguments[i * size]) in `count` threads and joins them all. */
static inline void RunThreads(int count, void* (*body)(void*),
                              void* arguments, size_t size) {
  pthread_t threads[16];
  REQUIRE(count <= 16);
  for (int i = 0; i < count; ++i) {
    PTHREAD(pthread_create(&threads[i], NULL, body,
                           (char*)arguments + (size_t)i * size));
  }
  for (int i = 0; i < count; ++i) PTHREAD(pthread_join(threads[i], NULL));
}

#endif /* TESTDATA_PROGRAMS_THREADS_H_ */
