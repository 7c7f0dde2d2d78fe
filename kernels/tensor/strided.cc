#include "kernels/tensor/strided.h"

#include <cstring>

namespace npuemu::kernels {
namespace {

// Calls visit(src, dst) with the places of the first element of each row of
// the walk's innermost axis.
template <typename Visit>
void ForEachRow(const StridedWalk& walk, Visit visit) {
  const size_t outer = walk.shape.size() - 1;
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

template <typename Word>
void CopyRow(const std::byte* src, int64_t src_step, std::byte* dst,
             int64_t dst_step, int64_t count) {
  for (int64_t i = 0; i < count; ++i) {
    std::memcpy(dst + i * dst_step * static_cast<int64_t>(sizeof(Word)),
                src + i * src_step * static_cast<int64_t>(sizeof(Word)),
                sizeof(Word));
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
  const StridedWalk walk = WalkOf(shape, src_strides, dst_strides);
  const int64_t count = walk.shape.back();
  const int64_t from = walk.from.back();
  const int64_t to = walk.to.back();
  const auto bytes = static_cast<int64_t>(width);
  ForEachRow(walk, [&](int64_t s, int64_t d) {
    const std::byte* x = src + s * bytes;
    std::byte* y = dst + d * bytes;
    if (from == 1 && to == 1) {
      std::memcpy(y, x, static_cast<size_t>(count * bytes));
      return;
    }
    switch (width) {
      case 1:
        return CopyRow<uint8_t>(x, from, y, to, count);
      case 2:
        return CopyRow<uint16_t>(x, from, y, to, count);
      case 4:
        return CopyRow<uint32_t>(x, from, y, to, count);
      case 8:
        return CopyRow<uint64_t>(x, from, y, to, count);
      default:
        return CopyRow<Sixteen>(x, from, y, to, count);
    }
  });
}

void UnpackNibbles(const Shape& shape, const std::byte* src, int64_t src_at,
                   const Shape& src_strides, std::byte* dst) {
  if (ElementCount(shape) == 0) return;
  const StridedWalk walk = WalkOf(shape, src_strides, DenseStrides(shape));
  ForEachRow(walk, [&](int64_t s, int64_t d) {
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
  ForEachRow(walk, [&](int64_t s, int64_t d) {
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
