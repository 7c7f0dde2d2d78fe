// File: real.h
// The functions that this library stands in front of.

#ifndef EMULATOR_HOST_PRELOAD_REAL_H_
#define EMULATOR_HOST_PRELOAD_REAL_H_

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace npuemu::preload {

// REAL(member, symbol, version): version "" is the default one. Condition
// variables have an old layout (GLIBC_2.2.5) beside the new one.
#define NPUEMU_REAL_FUNCTIONS(REAL)                                     \
  REAL(create, pthread_create, "")                                      \
  REAL(join, pthread_join, "")                                          \
  REAL(tryjoin, pthread_tryjoin_np, "")                                 \
  REAL(timedjoin, pthread_timedjoin_np, "")                             \
  REAL(detach, pthread_detach, "")                                      \
  REAL(cancel, pthread_cancel, "")                                      \
  REAL(mutex_lock, pthread_mutex_lock, "")                              \
  REAL(mutex_trylock, pthread_mutex_trylock, "")                        \
  REAL(mutex_timedlock, pthread_mutex_timedlock, "")                    \
  REAL(mutex_clocklock, pthread_mutex_clocklock, "")                    \
  REAL(mutex_unlock, pthread_mutex_unlock, "")                          \
  REAL(cond_wait, pthread_cond_wait, "GLIBC_2.3.2")                     \
  REAL(cond_timedwait, pthread_cond_timedwait, "GLIBC_2.3.2")           \
  REAL(cond_clockwait, pthread_cond_clockwait, "")                      \
  REAL(cond_signal, pthread_cond_signal, "GLIBC_2.3.2")                 \
  REAL(cond_broadcast, pthread_cond_broadcast, "GLIBC_2.3.2")           \
  REAL(old_cond_wait, pthread_cond_wait, "GLIBC_2.2.5")                 \
  REAL(old_cond_timedwait, pthread_cond_timedwait, "GLIBC_2.2.5")       \
  REAL(old_cond_signal, pthread_cond_signal, "GLIBC_2.2.5")             \
  REAL(old_cond_broadcast, pthread_cond_broadcast, "GLIBC_2.2.5")       \
  REAL(rwlock_rdlock, pthread_rwlock_rdlock, "")                        \
  REAL(rwlock_tryrdlock, pthread_rwlock_tryrdlock, "")                  \
  REAL(rwlock_timedrdlock, pthread_rwlock_timedrdlock, "")              \
  REAL(rwlock_wrlock, pthread_rwlock_wrlock, "")                        \
  REAL(rwlock_trywrlock, pthread_rwlock_trywrlock, "")                  \
  REAL(rwlock_timedwrlock, pthread_rwlock_timedwrlock, "")              \
  REAL(rwlock_unlock, pthread_rwlock_unlock, "")                        \
  REAL(spin_lock, pthread_spin_lock, "")                                \
  REAL(spin_trylock, pthread_spin_trylock, "")                          \
  REAL(spin_unlock, pthread_spin_unlock, "")                            \
  REAL(barrier_init, pthread_barrier_init, "")                          \
  REAL(barrier_destroy, pthread_barrier_destroy, "")                    \
  REAL(barrier_wait, pthread_barrier_wait, "")                          \
  REAL(once, pthread_once, "")                                          \
  REAL(sem_wait, sem_wait, "")                                          \
  REAL(sem_trywait, sem_trywait, "")                                    \
  REAL(sem_timedwait, sem_timedwait, "")                                \
  REAL(sem_clockwait, sem_clockwait, "")                                \
  REAL(sem_post, sem_post, "")                                          \
  REAL(yield, sched_yield, "")                                          \
  REAL(getaffinity, sched_getaffinity, "")                              \
  REAL(setaffinity, sched_setaffinity, "")                              \
  REAL(sleep_s, sleep, "")                                              \
  REAL(sleep_us, usleep, "")                                            \
  REAL(sleep_ns, nanosleep, "")                                         \
  REAL(sleep_clock, clock_nanosleep, "")                                \
  REAL(gettime, clock_gettime, "")                                      \
  REAL(read, read, "")                                                  \
  REAL(write, write, "")                                                \
  REAL(pread, pread, "")                                                \
  REAL(pwrite, pwrite, "")                                              \
  REAL(recv, recv, "")                                                  \
  REAL(send, send, "")                                                  \
  REAL(munmap, munmap, "")                                              \
  REAL(free, free, "")

struct RealFunctions {
#define REAL(member, symbol, version) decltype(&::symbol) member;
  NPUEMU_REAL_FUNCTIONS(REAL)
#undef REAL
  decltype(&::gettimeofday) timeofday;
  long (*raw_syscall)(long number, ...);
};

// Before ResolveReal() has finished only mutexes and once are there: dlsym and
// malloc may use them.
extern RealFunctions real;
void ResolveReal();

}  // namespace npuemu::preload

#endif  // EMULATOR_HOST_PRELOAD_REAL_H_
