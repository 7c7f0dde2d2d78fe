#include "kernels/op/axis_map.h"

#include <algorithm>
#include <cstring>

namespace npuemu::kernels {
namespace {

// Rows and columns of a tile of SideBySide.
constexpr int64_t kTogether = 16;

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

// `rows` rows of `count` elements each, of which the first elements lie side by
// side in x: cache lines of both are used whole.
template <typename U>
void SideBySide(const std::byte* x, int64_t offset, int64_t step, int64_t count,
                int64_t rows, std::byte* to) {
  const U* from = reinterpret_cast<const U*>(x) + offset;
  U* y = reinterpret_cast<U*>(to);
  if (count < kTogether) {  // the rows are a piece of memory
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t i = 0; i < count; ++i) *y++ = from[i * step + r];
    }
    return;
  }
  U tile[kTogether][kTogether];
  for (int64_t i = 0; i < count; i += kTogether) {
    const int64_t here = std::min(kTogether, count - i);
    for (int64_t k = 0; k < here; ++k) {
      for (int64_t r = 0; r < rows; ++r) tile[r][k] = from[(i + k) * step + r];
    }
    for (int64_t r = 0; r < rows; ++r) {
      std::memcpy(y + r * count + i, tile[r],
                  static_cast<size_t>(here) * sizeof(U));
    }
  }
}

struct Moves {
  void (*strided)(const std::byte*, int64_t, int64_t, int64_t, std::byte*);
  void (*side_by_side)(const std::byte*, int64_t, int64_t, int64_t, int64_t,
                       std::byte*);
};

Moves MovesOf(size_t width) {
  if (width == 1) return {Strided<uint8_t>, SideBySide<uint8_t>};
  if (width == 2) return {Strided<uint16_t>, SideBySide<uint16_t>};
  if (width == 4) return {Strided<uint32_t>, SideBySide<uint32_t>};
  return {Strided<uint64_t>, SideBySide<uint64_t>};
}

// Whether rows may be for SideBySide: one run whose places lie far apart.
bool LiesApart(const AxisRuns& runs) {
  return runs.size() == 1 && !runs[0].fill &&
         (runs[0].step >= kTogether || runs[0].step <= -kTogether);
}

// How many rows, at the start of one, SideBySide may copy; 0 if none.
int64_t RowsTogether(const Cursor& row, int64_t columns, int64_t count) {
  if (row.fill() || row.run().step != 1) return 0;
  return std::min({kTogether, row.left(), count / columns});
}

}  // namespace

void CopyMapped(const AxisMap& given, size_t width, const std::byte* x,
                const std::byte* fill, int64_t begin, int64_t count,
                std::byte* y) {
  if (count <= 0) return;
  const AxisMap map = Merged(given);
  const Moves moves = MovesOf(width);
  const size_t inner = map.axes.size() - 1;
  std::vector<Cursor> cursors(map.axes.size(), Cursor(&map.axes[0], 0));
  const int64_t row_size = Extent(map.axes[inner]);
  const bool apart = inner > 0 && LiesApart(map.axes[inner]);
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
    // Only the first row may begin in its middle.
    int64_t together = 0;
    if (apart && !filled && column.left() == row_size) {
      together = RowsTogether(cursors[inner - 1], row_size, count);
    }
    if (together > 1) {
      moves.side_by_side(x, offset + column.offset(), column.run().step,
                         row_size, together, y);
      y += static_cast<size_t>(together * row_size) * width;
      count -= together * row_size;
    }
    for (bool more = together <= 1; more && count > 0;) {
      const int64_t here = std::min(column.left(), count);
      const bool take = !filled && !column.fill();
      const int64_t from = offset + column.offset();
      const int64_t step = column.run().step;
      const auto bytes = static_cast<size_t>(here) * width;
      if (!take) {
        if (fill != nullptr) moves.strided(fill, 0, 0, here, y);
      } else if (step == 1) {
        std::memcpy(y, x + static_cast<size_t>(from) * width, bytes);
      } else {
        moves.strided(x, from, step, here, y);
      }
      y += bytes;
      count -= here;
      more = column.Advance(here);
    }
    int64_t rows = std::max<int64_t>(together, 1);
    for (size_t d = inner; d-- > 0; rows = 1) {
      if (cursors[d].Advance(rows)) break;
    }
  }
}

}  // namespace npuemu::kernels
