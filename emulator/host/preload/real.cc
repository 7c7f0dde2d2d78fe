#include "emulator/host/preload/real.h"

#include <dlfcn.h>

extern "C" {
// glibc exports these under one version only, for old programs.
int npuemu_early_lock(pthread_mutex_t*) noexcept;
int npuemu_early_trylock(pthread_mutex_t*) noexcept;
int npuemu_early_unlock(pthread_mutex_t*) noexcept;
int npuemu_early_once(pthread_once_t*, void (*)());
}
asm(".symver npuemu_early_lock, __pthread_mutex_lock@GLIBC_2.2.5");
asm(".symver npuemu_early_trylock, __pthread_mutex_trylock@GLIBC_2.2.5");
asm(".symver npuemu_early_unlock, __pthread_mutex_unlock@GLIBC_2.2.5");
asm(".symver npuemu_early_once, __pthread_once@GLIBC_2.2.5");

namespace npuemu::preload {
namespace {

constexpr RealFunctions Early() {
  RealFunctions early = {};
  early.mutex_lock = npuemu_early_lock;
  early.mutex_trylock = npuemu_early_trylock;
  early.mutex_unlock = npuemu_early_unlock;
  early.once = npuemu_early_once;
  return early;
}

template <typename F>
void Resolve(F* function, const char* symbol, const char* version) {
  void* found = version[0] == '\0' ? dlsym(RTLD_NEXT, symbol)
                                   : dlvsym(RTLD_NEXT, symbol, version);
  if (found != nullptr) *function = reinterpret_cast<F>(found);
}

}  // namespace

constinit RealFunctions real = Early();

void ResolveReal() {
#define REAL(member, symbol, version) Resolve(&real.member, #symbol, version);
  NPUEMU_REAL_FUNCTIONS(REAL)
#undef REAL
  Resolve(&real.timeofday, "gettimeofday", "");
  Resolve(&real.raw_syscall, "syscall", "");
}

}  // namespace npuemu::preload
