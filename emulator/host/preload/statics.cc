// Statics of functions: who initialises one comes before all who see that it is
// done, which they do without a call.

#include <dlfcn.h>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

using Release = void (*)(void* guard);

// Constant-initialised: this library has such statics too.
std::atomic<Release> real_release{nullptr};

Release RealRelease() {
  Release release = real_release.load(std::memory_order_relaxed);
  if (release == nullptr) {
    release = reinterpret_cast<Release>(
        dlsym(RTLD_NEXT, "__cxa_guard_release"));
    real_release.store(release, std::memory_order_relaxed);
  }
  return release;
}

}  // namespace

NPUEMU_EXPORT void __cxa_guard_release(void* guard) {
  const Scope scope(NPUEMU_CALLER);
  scope.ReleasedToAll();
  RealRelease()(guard);
}

}  // namespace npuemu::preload
