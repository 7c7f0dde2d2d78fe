#include "kernels/tensor/strided.h"

#include <algorithm>
#include <cstring>

namespace npuemu::kernels {
namespace {

// Calls visit(src, dst) with the places of the first element of each part that
// is the walk's `inner` last axes.
template <typename Visit>
void ForEachPart(const StridedWalk& walk, size_t inner, Visit visit) {
  const size_t outer = walk.shape.size() - inner;
  Shape index(outer, 0);
  int64_t src = 0;
  int64_t dst = 0;
  while (true) {
    visit(src, dst);
    size_t axis = outer;
    while (true) {
      if (axis-- == 0) return;
      src += walk.from[axis];
      dst += walk.to[axis];
      if (++index[axis] < walk.shape[axis]) break;
      src -= index[axis] * walk.from[axis];
      dst -= index[axis] * walk.to[axis];
      index[axis] = 0;
    }
  }
}

void Insert(size_t place, int64_t extent, int64_t from, int64_t to,
            StridedWalk* walk) {
  const auto at = static_cast<std::ptrdiff_t>(place);
  walk->shape.insert(walk->shape.begin() + at, extent);
  walk->from.insert(walk->from.begin() + at, from);
  walk->to.insert(walk->to.begin() + at, to);
}

// The same elements in the order of the destination, so that its cache lines
// are filled at once.
StridedWalk ByDestination(const StridedWalk& walk) {
  StridedWalk sorted;
  for (size_t i = 0; i < walk.shape.size(); ++i) {
    size_t place = sorted.to.size();
    while (place > 0 && sorted.to[place - 1] < walk.to[i]) --place;
    Insert(place, walk.shape[i], walk.from[i], walk.to[i], &sorted);
  }
  return WalkOf(sorted.shape, sorted.from, sorted.to);
}

// Whether each element has a place of its own. REQUIRES: by destination.
bool AreDistinct(const StridedWalk& walk) {
  int64_t needed = 1;
  for (size_t i = walk.shape.size(); i-- > 0;) {
    if (walk.to[i] < needed) return false;
    needed = walk.shape[i] * walk.to[i];
  }
  return true;
}

// If the source's elements of a row lie apart, the axis along which they are
// closest becomes the last but one; where one of these two is short, the other
// is the row, as one row is where there is one axis alone.
StridedWalk InPlanes(StridedWalk walk) {
  constexpr int64_t kShort = 8;
  const size_t last = walk.shape.size() - 1;
  size_t near = last;
  for (size_t i = 0; i < last && walk.from[last] > 1; ++i) {
    if (walk.from[i] < walk.from[near]) near = i;
  }
  const auto move_to = [&](std::ptrdiff_t from_end) {
    for (Shape* part : {&walk.shape, &walk.from, &walk.to}) {
      const auto at = part->begin() + static_cast<std::ptrdiff_t>(near);
      std::rotate(at, at + 1, part->end() - from_end);
    }
  };
  const bool plane =
      near != last && std::min(walk.shape[near], walk.shape[last]) >= kShort;
  if (plane) {
    move_to(1);
  } else {
    if (walk.shape[near] > walk.shape[last]) move_to(0);
    Insert(last, 1, 0, 0, &walk);
  }
  return walk;
}

// How to copy: in the order given where two elements have one place, of which
// the last stays.
StridedWalk CopyWalkOf(const StridedWalk& given) {
  const StridedWalk walk = ByDestination(given);
  if (AreDistinct(walk)) return InPlanes(walk);
  StridedWalk rows = given;
  Insert(rows.shape.size() - 1, 1, 0, 0, &rows);
  return rows;
}

template <typename Word>
void CopyRow(const std::byte* src, int64_t src_step, std::byte* dst,
             int64_t dst_step, int64_t count) {
  constexpr auto kWidth = static_cast<int64_t>(sizeof(Word));
  if (src_step == 1 && dst_step == 1) {
    std::memcpy(dst, src, static_cast<size_t>(count * kWidth));
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(dst + i * dst_step * kWidth, src + i * src_step * kWidth,
                sizeof(Word));
  }
}

// The last two axes: a row, or tiles that are turned on the stack, so that a
// cache line of either side is used up at once, however the sides' lines
// collide in the cache.
template <typename Word>
void CopyPlane(const StridedWalk& walk, const std::byte* src, std::byte* dst) {
  constexpr auto kWidth = static_cast<int64_t>(sizeof(Word));
  constexpr int64_t kTile = std::min<int64_t>(64, 256 / kWidth);
  const size_t y = walk.shape.size() - 2;
  const size_t x = y + 1;
  if (walk.shape[y] == 1) {
    return CopyRow<Word>(src, walk.from[x], dst, walk.to[x], walk.shape[x]);
  }
  std::byte tile[kTile * kTile * kWidth];
  for (int64_t top = 0; top < walk.shape[y]; top += kTile) {
    const int64_t rows = std::min(kTile, walk.shape[y] - top);
    for (int64_t left = 0; left < walk.shape[x]; left += kTile) {
      const int64_t columns = std::min(kTile, walk.shape[x] - left);
      const std::byte* from =
          src + (top * walk.from[y] + left * walk.from[x]) * kWidth;
      for (int64_t j = 0; j < columns; ++j) {
        CopyRow<Word>(from + j * walk.from[x] * kWidth, walk.from[y],
                      tile + j * kWidth, kTile, rows);
      }
      std::byte* to = dst + (top * walk.to[y] + left * walk.to[x]) * kWidth;
      for (int64_t i = 0; i < rows; ++i) {
        CopyRow<Word>(tile + i * kTile * kWidth, 1,
                      to + i * walk.to[y] * kWidth, walk.to[x], columns);
      }
    }
  }
}

struct Sixteen {
  uint64_t low;
  uint64_t high;
};

}  // namespace

Shape DenseStrides(const Shape& shape) {
  Shape strides(shape.size());
  int64_t step = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    strides[i] = step;
    step *= shape[i];
  }
  return strides;
}

StridedWalk WalkOf(const Shape& shape, const Shape& from, const Shape& to) {
  StridedWalk walk;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    if (!walk.shape.empty() && walk.from.back() == shape[i] * from[i] &&
        walk.to.back() == shape[i] * to[i]) {
      walk.shape.back() *= shape[i];
      walk.from.back() = from[i];
      walk.to.back() = to[i];
      continue;
    }
    walk.shape.push_back(shape[i]);
    walk.from.push_back(from[i]);
    walk.to.push_back(to[i]);
  }
  if (walk.shape.empty()) return {{1}, {1}, {1}};
  return walk;
}

void CopyStrided(const Shape& shape, size_t width, const std::byte* src,
                 const Shape& src_strides, std::byte* dst,
                 const Shape& dst_strides) {
  if (ElementCount(shape) == 0) return;
  const StridedWalk walk = CopyWalkOf(WalkOf(shape, src_strides, dst_strides));
  const auto bytes = static_cast<int64_t>(width);
  ForEachPart(walk, 2, [&](int64_t s, int64_t d) {
    const std::byte* x = src + s * bytes;
    std::byte* y = dst + d * bytes;
    switch (width) {
      case 1:
        return CopyPlane<uint8_t>(walk, x, y);
      case 2:
        return CopyPlane<uint16_t>(walk, x, y);
      case 4:
        return CopyPlane<uint32_t>(walk, x, y);
      case 8:
        return CopyPlane<uint64_t>(walk, x, y);
      default:
        return CopyPlane<Sixteen>(walk, x, y);
    }
  });
}

void UnpackNibbles(const Shape& shape, const std::byte* src, int64_t src_at,
                   const Shape& src_strides, std::byte* dst) {
  if (ElementCount(shape) == 0) return;
  const StridedWalk walk = WalkOf(shape, src_strides, DenseStrides(shape));
  ForEachPart(walk, 1, [&](int64_t s, int64_t d) {
    for (int64_t i = 0; i < walk.shape.back(); ++i) {
      const int64_t x = src_at + s + i * walk.from.back();
      const auto byte = static_cast<int>(src[x / 2]);
      const int nibble = x % 2 == 0 ? byte & 15 : byte >> 4;
      dst[d + i * walk.to.back()] =
          static_cast<std::byte>(nibble < 8 ? nibble : nibble - 16);
    }
  });
}

void CopyStridedNibbles(const Shape& shape, const std::byte* src,
                        int64_t src_at, const Shape& src_strides,
                        std::byte* dst, int64_t dst_at,
                        const Shape& dst_strides) {
  if (ElementCount(shape) == 0) return;
  const StridedWalk walk = WalkOf(shape, src_strides, dst_strides);
  ForEachPart(walk, 1, [&](int64_t s, int64_t d) {
    for (int64_t i = 0; i < walk.shape.back(); ++i) {
      const int64_t x = src_at + s + i * walk.from.back();
      const int64_t y = dst_at + d + i * walk.to.back();
      const auto byte = static_cast<unsigned>(src[x / 2]);
      const unsigned nibble = x % 2 == 0 ? byte & 15 : byte >> 4;
      const auto old = static_cast<unsigned>(dst[y / 2]);
      dst[y / 2] = static_cast<std::byte>(
          y % 2 == 0 ? (old & 0xf0) | nibble : (old & 0x0f) | nibble << 4);
    }
  });
}

}  // namespace npuemu::kernels
