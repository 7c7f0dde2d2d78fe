// File: host_watch.h
// Host memory of asynchronous copies, from the copy's call to the first host
// synchronisation that covers it (H6, H15): checksums tell that it changed;
// with `pages`, page protection tells who touched it, in the act.
//
// What a host function of the program changes is accepted: its stream orders
// it.
// Destinations of 8 bytes and less may be polled for: they are not watched, and
// when one is written, the host may know of all that its stream did before.
//
// Bounds: the 4096 latest copies are watched; of a range beyond 4 MiB a sample
// of the bytes counts (checksum.h); copies of rows with gaps are left out. With
// `pages` only memory of aclrtMallocHost is protected, by whole pages: the
// first touch beside a watched range in one of its pages frees that page.
//
// Thread safety: BeforeWrite, AfterWrite, NoteFlag are called by the bodies of
// copies, which run side by side; all else under the node's lock.

#ifndef EMULATOR_DEVICE_HOST_WATCH_H_
#define EMULATOR_DEVICE_HOST_WATCH_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "emulator/memory/host_memory.h"

namespace npuemu {

// One watched range.
struct WatchedRange {
  uint64_t task = 0;         // the copy; set when it is submitted
  uint64_t user = 0;         // as the program sees it
  std::byte* bytes = nullptr;  // as the library does
  uint64_t size = 0;
  bool source = false;       // else the destination
  bool watched = true;       // false: its memory may be gone
  bool is_protected = false;
  bool known = true;         // `sum` is what it must be
  bool changed = false;      // it was not, before the copy wrote it
  bool gone = false;         // the program unmapped it
  uint64_t sum = 0;
};

class HostWatch {
 public:
  HostWatch(HostMemory* memory, bool pages) : memory_(memory), pages_(pages) {}
  ~HostWatch();

  // A word that the host may poll for.
  static bool IsFlag(uint64_t size) { return size <= 8; }
  // Watches pinned memory; null where it is none, or a flag.
  std::shared_ptr<WatchedRange> Begin(const void* pointer, uint64_t size,
                                      bool source);
  // The copy that writes the range: before and behind it. Others that overlap
  // are over. `whole`: AfterWrite will be called.
  void BeforeWrite(WatchedRange* range, bool whole);
  void AfterWrite(WatchedRange* range);
  // A copy of the stream wrote a flag.
  void NoteFlag(int stream);
  std::vector<int> TakeFlags();

  // Ends each range whose copy `awaited(task)`; changed(range) is told those
  // whose bytes are not as they must be, or are gone.
  void EndAwaited(const std::function<bool(uint64_t task)>& awaited,
                  const std::function<void(const WatchedRange&)>& changed);
  // A host function ran, which its stream orders: what it changed is right.
  void AcceptChanges();
  // Somebody else may write these bytes, or they go: ends what overlaps.
  void End(const void* pointer, uint64_t size);

  // The program touched protected memory: its range, which is not protected
  // any more; null if none holds the address (its page is freed).
  std::shared_ptr<WatchedRange> OnTouch(uint64_t address);

  bool pages() const { return pages_; }

 private:
  static constexpr size_t kMost = 4096;

  bool Changed(WatchedRange* range) const;
  // Its checksum; nothing where the memory is not there any more.
  void Sum(WatchedRange* range) const;
  void Remove(const std::function<bool(WatchedRange&)>& is_over);
  void Drop(const void* pointer, uint64_t size, const WatchedRange* but);
  void Release(WatchedRange* range);
  void Unprotect(WatchedRange* range);
  void Protect(const WatchedRange& range) const;

  HostMemory* const memory_;
  const bool pages_;
  std::mutex mutex_;  // of what follows
  std::vector<int> flags_;
  std::vector<std::shared_ptr<WatchedRange>> ranges_;  // oldest first
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_HOST_WATCH_H_
