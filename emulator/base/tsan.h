// File: tsan.h
// The runtime of ThreadSanitizer, where the program is compiled with it (GCC or
// clang). This library is not: what it does under its lock would look like
// races and would order the program's threads, so TSan is told to look away.
//
// Thread safety: each function is about the calling thread.

#ifndef EMULATOR_BASE_TSAN_H_
#define EMULATOR_BASE_TSAN_H_

#include <cstdint>

namespace npuemu::tsan {

// Whether the program has it. Without it the functions below do nothing.
bool Active();

// What the thread does in between is ours: no access of it counts, and nothing
// in it orders threads. Calls nest.
void BeginOurs();
void EndOurs();

class Ours {
 public:
  Ours() { BeginOurs(); }
  ~Ours() { EndOurs(); }
  Ours(const Ours&) = delete;
  Ours& operator=(const Ours&) = delete;
};

// The program's code, called from within: counts as ever.
class Theirs {
 public:
  Theirs();
  ~Theirs();
  Theirs(const Theirs&) = delete;
  Theirs& operator=(const Theirs&) = delete;

 private:
  const int depth_;  // of ours around it
};

// An actor beside the host's threads: a stream. Null if there are too many.
using Fiber = void*;
Fiber MakeFiber(const char* name);
void DestroyFiber(Fiber fiber);

// What the calling thread does while it lives is done by the fiber; nothing is
// ordered by the change. REQUIRES: the fiber is not null; no lock is taken and
// no memory is allocated meanwhile.
class OnFiber {
 public:
  explicit OnFiber(Fiber fiber);
  ~OnFiber();
  OnFiber(const OnFiber&) = delete;
  OnFiber& operator=(const OnFiber&) = delete;

 private:
  const Fiber thread_;  // the thread's own
};

// REQUIRES: an OnFiber or Theirs lives: they say who acts. What is before a
// release of an object is before what is after a later acquire of it.
void Acquire(const void* object);
void Release(const void* object);
void Access(uint64_t begin, uint64_t end, bool write);
// Callers that a report shows, the outermost first.
void PushCaller(const void* return_address);
void PopCaller();

}  // namespace npuemu::tsan

#endif  // EMULATOR_BASE_TSAN_H_
