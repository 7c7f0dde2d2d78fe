#include "emulator/memory/address_space.h"

#include <linux/falloc.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <string>

#include "absl/strings/str_format.h"
#include "emulator/base/check.h"
#include "emulator/base/status.h"

// Present in a process that runs under ThreadSanitizer, whatever built it.
extern "C" __attribute__((weak, visibility("default"))) void __tsan_init();

namespace npuemu {
namespace {

// The first two rows are free in plain processes and under ASan, TSan and
// memcheck on x86-64 Linux: they lie in TSan's gap 0x34.. to 0x55.., with
// their data where its shadow is no heap's, stack's or module's. The last row
// is TSan's own shadow, and serves the others. Rows below the first are for a
// process, or a second DeviceMemory in it, where the first is taken. The bases
// of a row are no closer than kMaxDevices devices and kVirtualBytes.
constexpr AddressSpace kSpaces[] = {
    {0x410000000000, 0x4a0000000000},
    {0x440000000000, 0x520000000000},
    {0x140000000000, 0x120000000000},
};

// Rows in use by this process: since devices are mapped lazily, and since
// under TSan our own reservations look like its gaps, the maps cannot tell.
std::atomic<bool> g_claimed[std::size(kSpaces)];

// The raw calls: TSan's interceptors refuse addresses outside of its own
// notion of application memory.
void* RawMap(uint64_t address, uint64_t bytes, int extra_flags) {
  const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | extra_flags;
  const long result =
      syscall(SYS_mmap, address, bytes, PROT_NONE, flags, -1, 0L);
  return reinterpret_cast<void*>(result);
}

// True when nothing in the range can be accessed: such are the gaps that TSan
// protects (with holes where we were before), and only there MAP_FIXED may
// replace a mapping.
bool IsInaccessible(uint64_t address, uint64_t bytes) {
  FILE* maps = std::fopen("/proc/self/maps", "r");
  if (maps == nullptr) return false;
  bool inaccessible = true;
  char line[512];
  while (inaccessible && std::fgets(line, sizeof(line), maps) != nullptr) {
    uint64_t begin = 0;
    uint64_t end = 0;
    char access[5] = {};
    if (std::sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &begin, &end,
                    access) != 3) {
      continue;  // the tail of a long line
    }
    const bool overlaps = begin < address + bytes && address < end;
    if (overlaps && std::strcmp(access, "---p") != 0) inaccessible = false;
  }
  std::fclose(maps);
  return inaccessible;
}

// True when [address, address + bytes) is ours now; errno says why not.
bool TryReserve(uint64_t address, uint64_t bytes) {
  void* const wanted = reinterpret_cast<void*>(address);
  void* got = RawMap(address, bytes, MAP_FIXED_NOREPLACE);
  if (got == wanted) return true;
  if (got != MAP_FAILED) {  // a kernel before 4.17 takes it as a hint
    syscall(SYS_munmap, got, bytes);
    errno = EEXIST;
    return false;
  }
  if (errno != EEXIST || __tsan_init == nullptr) return false;
  if (!IsInaccessible(address, bytes)) {
    errno = EEXIST;
    return false;
  }
  return RawMap(address, bytes, MAP_FIXED) == wanted;
}

std::string ReadLine(const char* path) {
  char text[64] = "unknown";
  if (FILE* file = std::fopen(path, "r")) {
    if (std::fgets(text, sizeof(text), file) == nullptr) text[0] = '\0';
    std::fclose(file);
  }
  text[std::strcspn(text, "\n")] = '\0';
  return text;
}

// The limits that make mmap fail, and what to do about them.
std::string LimitsText(int error) {
  rlimit limit = {};
  std::string address_space = "unlimited";
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    address_space = absl::StrFormat("%d bytes", limit.rlim_cur);
  }
  const std::string overcommit = ReadLine("/proc/sys/vm/overcommit_memory");
  std::string next = "raise the limit with \"ulimit -v unlimited\"";
  if (error == EEXIST) {
    next =
        "something else lies there; start the program without it, or "
        "without address-space tricks of its own";
  } else if (address_space == "unlimited") {
    next =
        "lower --devices or --host-memory, or set "
        "vm.overcommit_memory to 0 or 1, or raise vm.max_map_count";
  }
  return absl::StrFormat(
      "%s (address space limit %s, vm.overcommit_memory %s); %s",
      std::strerror(error), address_space, overcommit, next);
}

bool IsFree(const AddressSpace& space, int devices) {
  for (const uint64_t base : {space.device_base, space.data_base}) {
    for (int d = -1; d < devices; ++d) {
      // One page of each device and of the reservable addresses: the whole
      // range could pass a ulimit -v that is enough for what is used.
      const uint64_t address =
          d < 0 ? base - kVirtualBytes : base + d * kDeviceStride;
      if (!TryReserve(address, 4096)) return false;
      ReleaseRange(address, 4096);
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<AddressSpace> ClaimAddressSpace(int devices) {
  NPUEMU_CHECK(devices >= 1 && devices <= kMaxDevices);
  int error = EEXIST;
  for (size_t row = 0; row < std::size(kSpaces); ++row) {
    if (g_claimed[row].exchange(true)) continue;
    if (IsFree(kSpaces[row], devices)) return kSpaces[row];
    error = errno;
    g_claimed[row] = false;
  }
  std::string tried;
  for (const AddressSpace& space : kSpaces) {
    absl::StrAppendFormat(&tried, " 0x%x", space.device_base);
  }
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("no free address range for the memory of %d devices, "
                      "tried%s: %s",
                      devices, tried, LimitsText(error)));
}

void ReleaseAddressSpace(const AddressSpace& space) {
  for (size_t row = 0; row < std::size(kSpaces); ++row) {
    if (kSpaces[row].device_base == space.device_base) g_claimed[row] = false;
  }
}

absl::Status ReserveRange(uint64_t address, uint64_t bytes,
                          std::string_view what) {
  if (TryReserve(address, bytes)) return absl::OkStatus();
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("cannot reserve %d bytes of address space at 0x%x for "
                      "%s: %s",
                      bytes, address, std::string(what), LimitsText(errno)));
}

void ReleaseRange(uint64_t address, uint64_t bytes) {
  NPUEMU_CHECK(syscall(SYS_munmap, address, bytes) == 0);
}

absl::Status CommitRange(uint64_t address, uint64_t bytes, bool huge) {
  if (syscall(SYS_mprotect, address, bytes, PROT_READ | PROT_WRITE) != 0) {
    return FaultError(
        Fault::kRtMemoryAllocation,
        absl::StrFormat("cannot commit %d bytes of this machine's memory for "
                        "device memory: %s",
                        bytes, LimitsText(errno)));
  }
  // A hint only: kernels without huge pages refuse it.
  if (huge) syscall(SYS_madvise, address, bytes, MADV_HUGEPAGE);
  return absl::OkStatus();
}

absl::StatusOr<int> CreateExtents(uint64_t bytes) {
  const long file =
      syscall(SYS_memfd_create, "npuemu-physical", unsigned{MFD_CLOEXEC});
  if (file >= 0 && syscall(SYS_ftruncate, file, bytes) == 0) {
    return static_cast<int>(file);
  }
  const int error = errno;
  if (file >= 0) syscall(SYS_close, file);
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("cannot make a memory file of %d bytes for physical "
                      "memory: %s; raise \"ulimit -n\" or \"ulimit -f\"",
                      bytes, std::strerror(error)));
}

absl::Status MapExtent(uint64_t address, uint64_t bytes, int file,
                       uint64_t offset) {
  constexpr int kFlags = MAP_SHARED | MAP_FIXED | MAP_NORESERVE;
  const long got = syscall(SYS_mmap, address, bytes, PROT_READ | PROT_WRITE,
                           kFlags, file, offset);
  if (got == static_cast<long>(address)) return absl::OkStatus();
  return FaultError(
      Fault::kRtMemoryAllocation,
      absl::StrFormat("cannot map %d bytes of physical memory at 0x%x: %s",
                      bytes, address, LimitsText(errno)));
}

void UnmapExtent(uint64_t address, uint64_t bytes) {
  NPUEMU_CHECK(RawMap(address, bytes, MAP_FIXED) ==
               reinterpret_cast<void*>(address));
}

void DiscardExtent(int file, uint64_t offset, uint64_t bytes) {
  NPUEMU_CHECK(syscall(SYS_fallocate, file,
                       FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
                       bytes) == 0);
}

}  // namespace npuemu
