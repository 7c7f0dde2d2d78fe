#include "kernels/op/axis_map.h"

#include <algorithm>
#include <cstring>

namespace npuemu::kernels {
namespace {

int64_t Extent(const AxisRuns& runs) {
  int64_t extent = 0;
  for (const Run& run : runs) extent += run.count;
  return extent;
}

// One place along an axis.
class Cursor {
 public:
  Cursor(const AxisRuns* runs, int64_t place) : runs_(runs) { Seek(place); }

  bool fill() const { return run().fill; }
  int64_t offset() const { return run().start + within_ * run().step; }
  const Run& run() const { return (*runs_)[at_]; }
  int64_t left() const { return run().count - within_; }

  // False if it came back to the first place.
  bool Advance(int64_t places) {
    within_ += places;
    while (within_ == run().count) {
      within_ = 0;
      if (++at_ < runs_->size()) continue;
      at_ = 0;
      Seek(0);
      return false;
    }
    return true;
  }

 private:
  void Seek(int64_t place) {
    while (place >= run().count) place -= (*runs_)[at_++].count;
    within_ = place;
  }

  const AxisRuns* runs_;
  size_t at_ = 0;
  int64_t within_ = 0;
};

// Without axes of one place, neighbours that go on alike as one.
AxisMap Merged(const AxisMap& map) {
  AxisMap merged;
  merged.base = map.base;
  for (const AxisRuns& runs : map.axes) {
    const bool plain = runs.size() == 1 && !runs[0].fill;
    if (plain && runs[0].count == 1) {
      merged.base += runs[0].start;
      continue;
    }
    if (plain && !merged.axes.empty()) {
      AxisRuns& outer = merged.axes.back();
      if (outer.size() == 1 && !outer[0].fill &&
          outer[0].step == runs[0].step * runs[0].count) {
        outer[0] = {outer[0].count * runs[0].count,
                    outer[0].start + runs[0].start, runs[0].step};
        continue;
      }
    }
    merged.axes.push_back(runs);
  }
  if (merged.axes.empty()) merged.axes.push_back({Run{1}});
  return merged;
}

// U is an unsigned integer as wide as an element.
template <typename U>
void Strided(const std::byte* x, int64_t offset, int64_t step, int64_t count,
             std::byte* to) {
  const U* from = reinterpret_cast<const U*>(x) + offset;
  U* y = reinterpret_cast<U*>(to);
  for (int64_t i = 0; i < count; ++i) y[i] = from[i * step];
}

using StridedFn = void (*)(const std::byte*, int64_t, int64_t, int64_t,
                           std::byte*);

StridedFn StridedFor(size_t width) {
  if (width == 1) return Strided<uint8_t>;
  if (width == 2) return Strided<uint16_t>;
  if (width == 4) return Strided<uint32_t>;
  return Strided<uint64_t>;
}

}  // namespace

void CopyMapped(const AxisMap& given, size_t width, const std::byte* x,
                const std::byte* fill, int64_t begin, int64_t count,
                std::byte* y) {
  if (count <= 0) return;
  const AxisMap map = Merged(given);
  const StridedFn strided = StridedFor(width);
  const size_t inner = map.axes.size() - 1;
  std::vector<Cursor> cursors(map.axes.size(), Cursor(&map.axes[0], 0));
  int64_t rest = begin;
  for (size_t d = inner + 1; d-- > 0;) {
    const int64_t extent = Extent(map.axes[d]);
    cursors[d] = Cursor(&map.axes[d], rest % extent);
    rest /= extent;
  }
  while (count > 0) {
    int64_t offset = map.base;
    bool filled = false;
    for (size_t d = 0; d < inner; ++d) {
      offset += cursors[d].offset();
      filled |= cursors[d].fill();
    }
    Cursor& column = cursors[inner];
    for (bool more = true; more && count > 0;) {
      const int64_t here = std::min(column.left(), count);
      const bool take = !filled && !column.fill();
      const int64_t from = offset + column.offset();
      const int64_t step = column.run().step;
      const auto bytes = static_cast<size_t>(here) * width;
      if (!take) {
        strided(fill, 0, 0, here, y);
      } else if (step == 1) {
        std::memcpy(y, x + static_cast<size_t>(from) * width, bytes);
      } else {
        strided(x, from, step, here, y);
      }
      y += bytes;
      count -= here;
      more = column.Advance(here);
    }
    for (size_t d = inner; d-- > 0;) {
      if (cursors[d].Advance(1)) break;
    }
  }
}

}  // namespace npuemu::kernels
