#include "emulator/device/host_watch.h"

#include <sys/mman.h>

#include <algorithm>
#include <utility>

#include "emulator/task/checksum.h"

namespace npuemu {
namespace {

constexpr uint64_t kPage = 4096;
constexpr uint64_t kWhole = uint64_t{4} << 20;
constexpr uint64_t kPiece = uint64_t{256} << 10;  // what Checksum takes whole

uint64_t SumOf(const WatchedRange& range) {
  if (range.size > kWhole) return Checksum(range.bytes, range.size);
  uint64_t sum = 0;
  for (uint64_t at = 0; at < range.size; at += kPiece) {
    sum = Checksum(range.bytes + at, std::min(kPiece, range.size - at), sum);
  }
  return sum;
}

uint64_t FirstPage(const WatchedRange& range) {
  return range.user / kPage * kPage;
}

uint64_t PagesEnd(const WatchedRange& range) {
  return (range.user + range.size + kPage - 1) / kPage * kPage;
}

void SetAccess(uint64_t begin, uint64_t end, int access) {
  // If the kernel refuses, the range is not protected, no more.
  (void)mprotect(reinterpret_cast<void*>(begin), end - begin, access);
}

}  // namespace

HostWatch::~HostWatch() {
  for (const auto& range : ranges_) Release(range.get());
}

std::shared_ptr<WatchedRange> HostWatch::Begin(const void* pointer,
                                               uint64_t size, bool source) {
  if (size == 0 || !memory_->IsPinned(pointer, size)) return nullptr;
  if (!source && IsFlag(size)) return nullptr;
  const std::lock_guard<std::mutex> guard(mutex_);
  if (ranges_.size() >= kMost) {
    Release(ranges_.front().get());
    ranges_.erase(ranges_.begin());
  }
  auto range = std::make_shared<WatchedRange>();
  range->user = reinterpret_cast<uint64_t>(pointer);
  range->bytes = memory_->View(pointer);
  range->size = size;
  range->source = source;
  Sum(range.get());
  range->is_protected = pages_ && memory_->Find(pointer)->alias != 0;
  if (range->is_protected) Protect(*range);
  ranges_.push_back(range);
  return range;
}

// The kernel tells what is mapped, so that nothing here can fault unless
// another thread unmaps it in this moment.
void HostWatch::Sum(WatchedRange* range) const {
  range->gone =
      range->gone ||
      !memory_->IsMapped(reinterpret_cast<void*>(range->user), range->size);
  if (!range->gone) range->sum = SumOf(*range);
}

bool HostWatch::Changed(WatchedRange* range) const {
  if (!range->watched) return false;
  const uint64_t before = range->sum;
  if (range->known) Sum(range);
  return range->gone || range->changed || range->sum != before;
}

void HostWatch::BeforeWrite(WatchedRange* range, bool whole) {
  const std::lock_guard<std::mutex> guard(mutex_);
  Drop(reinterpret_cast<const void*>(range->user), range->size, range);
  range->changed = Changed(range);
  range->known = whole;
}

void HostWatch::AfterWrite(WatchedRange* range) {
  const std::lock_guard<std::mutex> guard(mutex_);
  if (range->watched) Sum(range);
}

void HostWatch::NoteFlag(int stream) {
  const std::lock_guard<std::mutex> guard(mutex_);
  flags_.push_back(stream);
}

std::vector<int> HostWatch::TakeFlags() {
  const std::lock_guard<std::mutex> guard(mutex_);
  return std::exchange(flags_, {});
}

void HostWatch::EndAwaited(
    const std::function<bool(uint64_t task)>& awaited,
    const std::function<void(const WatchedRange&)>& changed) {
  const std::lock_guard<std::mutex> guard(mutex_);
  Remove([&](WatchedRange& range) {
    if (range.task == 0 || !awaited(range.task)) return false;
    if (Changed(&range)) changed(range);
    return true;
  });
}

void HostWatch::AcceptChanges() {
  const std::lock_guard<std::mutex> guard(mutex_);
  for (const auto& range : ranges_) {
    if (range->known) Sum(range.get());
  }
}

void HostWatch::End(const void* pointer, uint64_t size) {
  const std::lock_guard<std::mutex> guard(mutex_);
  Drop(pointer, size, nullptr);
}

void HostWatch::Drop(const void* pointer, uint64_t size,
                     const WatchedRange* but) {
  const auto begin = reinterpret_cast<uint64_t>(pointer);
  Remove([&](const WatchedRange& range) {
    return &range != but && range.user < begin + size &&
           begin < range.user + range.size;
  });
}

// Release() looks at all that is left, so it comes behind the erasure.
void HostWatch::Remove(const std::function<bool(WatchedRange&)>& is_over) {
  std::vector<std::shared_ptr<WatchedRange>> over;
  size_t kept = 0;
  for (auto& range : ranges_) {
    if (is_over(*range)) {
      over.push_back(std::move(range));
    } else if (over.empty()) {
      ++kept;
    } else {
      ranges_[kept++] = std::move(range);
    }
  }
  ranges_.resize(kept);
  for (const auto& range : over) Release(range.get());
}

std::shared_ptr<WatchedRange> HostWatch::OnTouch(uint64_t address) {
  const std::lock_guard<std::mutex> guard(mutex_);
  std::shared_ptr<WatchedRange> touched;
  for (const auto& range : ranges_) {
    if (range->is_protected && address >= range->user &&
        address < range->user + range->size) {
      touched = range;
    }
  }
  if (touched == nullptr) {
    const uint64_t page = address / kPage * kPage;
    SetAccess(page, page + kPage, PROT_READ | PROT_WRITE);
    return nullptr;
  }
  Release(touched.get());
  std::erase(ranges_, touched);  // told once
  return touched;
}

void HostWatch::Protect(const WatchedRange& range) const {
  SetAccess(FirstPage(range), PagesEnd(range),
            range.source ? PROT_READ : PROT_NONE);
}

void HostWatch::Release(WatchedRange* range) {
  Unprotect(range);
  range->watched = false;
}

// Others may still need pages of it.
void HostWatch::Unprotect(WatchedRange* range) {
  if (!range->is_protected) return;
  range->is_protected = false;
  SetAccess(FirstPage(*range), PagesEnd(*range), PROT_READ | PROT_WRITE);
  for (const auto& other : ranges_) {
    if (other->is_protected && FirstPage(*other) < PagesEnd(*range) &&
        FirstPage(*range) < PagesEnd(*other)) {
      Protect(*other);
    }
  }
}

}  // namespace npuemu
