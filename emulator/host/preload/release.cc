// Memory that the program gives back: whoever has work pending on it is told
// before. A program's own allocator comes first where it is linked in: what it
// frees is not seen, but what it unmaps.
//
// realloc is left alone: the dynamic linker grows its thread-local tables with
// it, where nothing of ours may run.

#include <dlfcn.h>
#include <malloc.h>
#include <sys/mman.h>

#include <cstdlib>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

using Free = void (*)(void*);

// Before ResolveReal() constructors of libraries behind this one may free
// already. dlsym itself does, the text of the last error: that stays.
Free RealFree() {
  if (real.free != nullptr) return real.free;
  static bool looking = false;  // no other thread exists
  if (looking) return [](void*) {};
  looking = true;
  const auto found = reinterpret_cast<Free>(dlsym(RTLD_NEXT, "free"));
  looking = false;
  return found;
}

void Tell(const char* function, const void* begin, uint64_t bytes,
          const void* caller) {
  const ReleaseCallback told = ReleaseListener();
  if (told == nullptr || local.depth > 0) return;
  const int error = errno;
  ++local.depth;
  told(function, begin, bytes, caller);
  --local.depth;
  errno = error;
}

}  // namespace

NPUEMU_EXPORT void free(void* pointer) noexcept {
  if (ReleaseListener() != nullptr && pointer != nullptr) {
    Tell("free", pointer, malloc_usable_size(pointer), NPUEMU_CALLER);
  }
  RealFree()(pointer);
}

NPUEMU_EXPORT int munmap(void* address, size_t bytes) noexcept {
  EnsureStarted();
  Tell("munmap", address, bytes, NPUEMU_CALLER);
  return real.munmap(address, bytes);
}

}  // namespace npuemu::preload
