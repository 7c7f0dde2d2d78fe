// Reading and writing files and sockets. The kernel touches the buffer, so page
// protection only makes the call fail with EFAULT: whoever protects memory is
// told before.

// glibc defines these inline where it checks buffers.
#undef _FORTIFY_SOURCE

#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "emulator/host/preload/runtime.h"

namespace npuemu::preload {
namespace {

void Touch(const void* buffer, size_t bytes, bool write, const void* caller) {
  EnsureStarted();
  const auto told = TouchListener();
  if (told == nullptr || local.depth > 0 || bytes == 0) return;
  ++local.depth;
  told(buffer, bytes, write, caller);
  --local.depth;
}

}  // namespace

NPUEMU_EXPORT ssize_t read(int fd, void* buffer, size_t bytes) {
  Touch(buffer, bytes, /*write=*/true, NPUEMU_CALLER);
  return real.read(fd, buffer, bytes);
}

NPUEMU_EXPORT ssize_t write(int fd, const void* buffer, size_t bytes) {
  Touch(buffer, bytes, /*write=*/false, NPUEMU_CALLER);
  return real.write(fd, buffer, bytes);
}

NPUEMU_EXPORT ssize_t pread(int fd, void* buffer, size_t bytes, off_t at) {
  Touch(buffer, bytes, /*write=*/true, NPUEMU_CALLER);
  return real.pread(fd, buffer, bytes, at);
}

NPUEMU_EXPORT ssize_t pwrite(int fd, const void* buffer, size_t bytes,
                             off_t at) {
  Touch(buffer, bytes, /*write=*/false, NPUEMU_CALLER);
  return real.pwrite(fd, buffer, bytes, at);
}

NPUEMU_EXPORT ssize_t pread64(int, void*, size_t, off64_t)
    __attribute__((alias("pread")));
NPUEMU_EXPORT ssize_t pwrite64(int, const void*, size_t, off64_t)
    __attribute__((alias("pwrite")));

NPUEMU_EXPORT ssize_t recv(int fd, void* buffer, size_t bytes, int flags) {
  Touch(buffer, bytes, /*write=*/true, NPUEMU_CALLER);
  return real.recv(fd, buffer, bytes, flags);
}

NPUEMU_EXPORT ssize_t send(int fd, const void* buffer, size_t bytes,
                           int flags) {
  Touch(buffer, bytes, /*write=*/false, NPUEMU_CALLER);
  return real.send(fd, buffer, bytes, flags);
}

}  // namespace npuemu::preload
