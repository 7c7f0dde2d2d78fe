#include "emulator/base/tsan.h"

#define NPUEMU_TSAN_FUNCTION \
  extern "C" __attribute__((weak, visibility("default")))

NPUEMU_TSAN_FUNCTION void* __tsan_create_fiber(unsigned flags);
NPUEMU_TSAN_FUNCTION void __tsan_destroy_fiber(void* fiber);
NPUEMU_TSAN_FUNCTION void* __tsan_get_current_fiber();
NPUEMU_TSAN_FUNCTION void __tsan_switch_to_fiber(void* fiber, unsigned flags);
NPUEMU_TSAN_FUNCTION void __tsan_set_fiber_name(void* fiber, const char* name);
NPUEMU_TSAN_FUNCTION void __tsan_acquire(void* object);
NPUEMU_TSAN_FUNCTION void __tsan_release(void* object);
NPUEMU_TSAN_FUNCTION void __tsan_func_entry(void* return_address);
NPUEMU_TSAN_FUNCTION void __tsan_func_exit();
NPUEMU_TSAN_FUNCTION void __tsan_read_range(void* begin, unsigned long bytes);
NPUEMU_TSAN_FUNCTION void __tsan_write_range(void* begin, unsigned long bytes);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreReadsBegin(const char* file, int line);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreReadsEnd(const char* file, int line);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreWritesBegin(const char* file, int line);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreWritesEnd(const char* file, int line);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreSyncBegin(const char* file, int line);
NPUEMU_TSAN_FUNCTION void AnnotateIgnoreSyncEnd(const char* file, int line);

namespace npuemu::tsan {
namespace {

constexpr unsigned kNoSync = 1;

// TSan has room for 8,128 threads, and the program needs some.
constexpr int kMostFibers = 6000;
int fibers = 0;  // live ones; under the node's lock

thread_local int t_ours = 0;

void LookAway() {
  AnnotateIgnoreReadsBegin(__FILE__, __LINE__);
  AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
  AnnotateIgnoreSyncBegin(__FILE__, __LINE__);
}

void LookAgain() {
  AnnotateIgnoreSyncEnd(__FILE__, __LINE__);
  AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
  AnnotateIgnoreReadsEnd(__FILE__, __LINE__);
}

}  // namespace

bool Active() {
  return __tsan_switch_to_fiber != nullptr &&
         AnnotateIgnoreSyncBegin != nullptr;
}

void BeginOurs() {
  if (Active() && t_ours++ == 0) LookAway();
}

void EndOurs() {
  if (Active() && --t_ours == 0) LookAgain();
}

Theirs::Theirs() : depth_(t_ours) {
  if (depth_ == 0) return;
  LookAgain();
  t_ours = 0;
}

Theirs::~Theirs() {
  if (depth_ == 0) return;
  LookAway();
  t_ours = depth_;
}

Fiber MakeFiber(const char* name) {
  if (!Active() || fibers == kMostFibers) return nullptr;
  ++fibers;
  Fiber fiber = __tsan_create_fiber(0);
  __tsan_set_fiber_name(fiber, name);
  return fiber;
}

void DestroyFiber(Fiber fiber) {
  if (fiber == nullptr) return;
  --fibers;
  __tsan_destroy_fiber(fiber);
}

OnFiber::OnFiber(Fiber fiber) : thread_(__tsan_get_current_fiber()) {
  __tsan_switch_to_fiber(fiber, kNoSync);
}

OnFiber::~OnFiber() { __tsan_switch_to_fiber(thread_, kNoSync); }

void Acquire(const void* object) {
  if (Active()) __tsan_acquire(const_cast<void*>(object));
}

void Release(const void* object) {
  if (Active()) __tsan_release(const_cast<void*>(object));
}

void Access(uint64_t begin, uint64_t end, bool write) {
  if (!Active()) return;
  void* const pointer = reinterpret_cast<void*>(begin);
  if (write) {
    __tsan_write_range(pointer, end - begin);
  } else {
    __tsan_read_range(pointer, end - begin);
  }
}

void PushCaller(const void* return_address) {
  if (Active()) __tsan_func_entry(const_cast<void*>(return_address));
}

void PopCaller() {
  if (Active()) __tsan_func_exit();
}

}  // namespace npuemu::tsan
