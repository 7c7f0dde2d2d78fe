// libFuzzer entry for the trace reader: any bytes are read to their end without
// a crash. Run by tools/test.sh fuzz.

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "emulator/trace/trace_stream.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const int fd = memfd_create("trace", MFD_CLOEXEC);
  if (fd < 0 || write(fd, data, size) != static_cast<ssize_t>(size)) return 0;
  auto reader =
      npuemu::TraceReader::Open("/proc/self/fd/" + std::to_string(fd));
  if (reader.ok()) {
    while (const auto event = (*reader)->Next()) npuemu::ToText(*event);
  }
  close(fd);
  return 0;
}
