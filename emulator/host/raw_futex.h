// File: raw_futex.h
// A futex and a lock made of it, by raw system calls: the library that replaces
// pthread functions and syscall() must not call them.
//
// x86-64 Linux only, as the toolkit.

#ifndef EMULATOR_HOST_RAW_FUTEX_H_
#define EMULATOR_HOST_RAW_FUTEX_H_

#include <linux/futex.h>
#include <sys/syscall.h>

#include <atomic>
#include <climits>
#include <cstdint>
#include <ctime>

namespace npuemu {

// The kernel's answer: a negative errno, never the variable errno.
inline long RawSyscall(long number, long a = 0, long b = 0, long c = 0,
                       long d = 0, long e = 0, long f = 0) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8),
                 "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

// Returns at a wake, a signal, or if *word is not `expected`; after
// `milliseconds` of wall-clock time unless that is 0.
inline void FutexWait(std::atomic<uint32_t>* word, uint32_t expected,
                      long milliseconds = 0) {
  const timespec limit = {milliseconds / 1000,
                          milliseconds % 1000 * 1000000};
  RawSyscall(SYS_futex, reinterpret_cast<long>(word), FUTEX_WAIT_PRIVATE,
             static_cast<long>(expected),
             milliseconds == 0 ? 0 : reinterpret_cast<long>(&limit));
}

inline void FutexWake(std::atomic<uint32_t>* word, int count) {
  RawSyscall(SYS_futex, reinterpret_cast<long>(word), FUTEX_WAKE_PRIVATE,
             count);
}

// Drepper's three states ("Futexes are tricky"): free, held, held with waiters.
// Never spins. A BasicLockable.
class FutexLock {
 public:
  void lock() {
    uint32_t seen = 0;
    if (word_.compare_exchange_strong(seen, 1, std::memory_order_acquire)) {
      return;
    }
    if (seen != 2) seen = word_.exchange(2, std::memory_order_acquire);
    while (seen != 0) {
      FutexWait(&word_, 2);
      seen = word_.exchange(2, std::memory_order_acquire);
    }
  }
  void unlock() {
    if (word_.exchange(0, std::memory_order_release) == 2) {
      FutexWake(&word_, 1);
    }
  }

 private:
  std::atomic<uint32_t> word_{0};
};

}  // namespace npuemu

#endif  // EMULATOR_HOST_RAW_FUTEX_H_
