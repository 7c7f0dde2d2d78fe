#include "kernels/op/row_lanes.h"

#include <algorithm>
#include <cstring>

namespace npuemu::kernels {
namespace {

// Elements that lie `step` apart, side by side.
template <typename Word>
void GatherWords(const std::byte* from, int64_t step, int64_t n,
                 std::byte* to) {
  const auto* x = reinterpret_cast<const Word*>(from);
  auto* y = reinterpret_cast<Word*>(to);
  for (int64_t i = 0; i < n; ++i) y[i] = x[i * step];
}

template <typename Word>
void ScatterWords(const std::byte* from, int64_t step, int64_t n,
                  std::byte* to) {
  const auto* x = reinterpret_cast<const Word*>(from);
  auto* y = reinterpret_cast<Word*>(to);
  for (int64_t i = 0; i < n; ++i) y[i * step] = x[i];
}

// fn.operator()<Word>() for an element of that size.
template <typename Fn>
void BySize(DataType type, Fn&& fn) {
  switch (BitsOf(type)) {
    case 8:
      return fn.template operator()<uint8_t>();
    case 16:
      return fn.template operator()<uint16_t>();
    case 32:
      return fn.template operator()<uint32_t>();
    default:
      return fn.template operator()<uint64_t>();
  }
}

// The transpose of a matrix of some rows and columns, in squares that a cache
// holds.
void Turn(const float* from, int64_t rows, int64_t columns, float* to) {
  constexpr int64_t kSide = 16;
  for (int64_t r = 0; r < rows; r += kSide) {
    const int64_t last_row = std::min(rows, r + kSide);
    for (int64_t c = 0; c < columns; c += kSide) {
      const int64_t last_column = std::min(columns, c + kSide);
      for (int64_t j = c; j < last_column; ++j) {
        for (int64_t i = r; i < last_row; ++i) {
          to[j * rows + i] = from[i * columns + j];
        }
      }
    }
  }
}

size_t Bytes(DataType type, int64_t n) {
  return static_cast<size_t>(BitsOf(type)) / 8 * static_cast<size_t>(n);
}

}  // namespace

RowOperand::RowOperand(DataType type, std::byte* data, const Shape& view,
                       const std::vector<bool>& mask,
                       const std::vector<bool>& along, bool floats)
    : type_(type),
      lane_(LaneOf(type)),
      data_(data),
      single_(true),
      floats_(floats && LaneOf(type) != Lane::kFloat) {
  std::vector<int64_t> strides(view.size(), 0);
  bool empty = false;
  for (size_t d = 0; d < view.size(); ++d) {
    if (mask[d] && along[d]) single_ = false;
    if (mask[d] && view[d] == 0) empty = true;
  }
  // Without elements there is nowhere to go, however large other extents are.
  int64_t stride = 1;
  for (size_t d = view.size(); d-- > 0 && !empty;) {
    if (!mask[d]) continue;
    strides[d] = stride;
    stride *= view[d];
  }
  for (size_t d = 0; d < view.size(); ++d) {
    if (along[d] && single_) continue;
    (along[d] ? along_ : kept_).Push(view[d], strides[d]);
    if (along[d]) length_ *= view[d];
  }
}

template <typename Fn>
void RowOperand::ForEachRun(int64_t row, int64_t first, int64_t n,
                            Fn&& fn) const {
  const int64_t start = kept_.Offset(row);
  const bool lone = along_.extents.empty();
  const int64_t width = lone ? 1 : along_.extents.back();
  const int64_t step = lone ? 1 : along_.strides.back();
  for (int64_t done = 0; done < n;) {
    const int64_t at = first + done;
    const int64_t length = std::min(n - done, width - at % width);
    fn(done, start + along_.Offset(at), length, step);
    done += length;
  }
}

void RowOperand::ToInt64(const std::byte* elements, int64_t offset,
                         int64_t count, int64_t step, int64_t* out) {
  if (LaneBytes(lane_) == 8) {
    LoadLanes(type_, lane_, elements, offset, count, step, out);
    return;
  }
  narrow_.resize(static_cast<size_t>(count) * 4);
  LoadLanes(type_, lane_, elements, offset, count, step, narrow_.data());
  if (lane_ == Lane::kBool) {
    for (int64_t i = 0; i < count; ++i) {
      out[i] = narrow_[static_cast<size_t>(i)] != std::byte{0} ? 1 : 0;
    }
    return;
  }
  const auto* words = reinterpret_cast<const int32_t*>(narrow_.data());
  for (int64_t i = 0; i < count; ++i) out[i] = words[i];
}

bool RowOperand::is_apart() const {
  const bool beside = !kept_.strides.empty() && kept_.strides.back() == 1;
  const bool apart = !along_.strides.empty() && along_.strides.back() > 1;
  return lane_ == Lane::kFloat && !single_ && beside && apart;
}

int64_t RowOperand::TileRows(int64_t row, int64_t n) const {
  constexpr int64_t kRows = 16;
  if (!is_apart() || n != length_ || n > kMostOfTile) return 1;
  const int64_t width = kept_.extents.back();
  return std::min(kRows, width - row % width);
}

template <typename Fn>
void RowOperand::ForEachPlace(Fn&& fn) const {
  const size_t bytes = Bytes(type_, tile_.count);
  size_t at = 0;
  ForEachRun(tile_.row, tile_.first, tile_.n,
             [&](int64_t, int64_t offset, int64_t length, int64_t step) {
               for (int64_t k = 0; k < length; ++k, at += bytes) {
                 fn(Bytes(type_, offset + k * step), at, bytes);
               }
             });
}

const float* RowOperand::LoadTile(int64_t row, int64_t first, int64_t n,
                                  int64_t rows) {
  Tile& t = tile_;
  const bool held =
      row >= t.row && row < t.row + t.count && first == t.first && n == t.n;
  if (!held) {
    t.row = row;
    t.count = rows;
    t.first = first;
    t.n = n;
    const int64_t total = rows * n;
    gathered_.resize(std::max(gathered_.size(), Bytes(type_, total)));
    t.across.resize(static_cast<size_t>(total));
    t.lanes.resize(static_cast<size_t>(total));
    ForEachPlace([&](size_t offset, size_t at, size_t bytes) {
      std::memcpy(gathered_.data() + at, data_ + offset, bytes);
    });
    LoadLanes(type_, lane_, gathered_.data(), 0, total, 1, t.across.data());
    Turn(t.across.data(), n, rows, t.lanes.data());
  }
  return t.lanes.data() + (row - t.row) * n;
}

void RowOperand::Flush(bool saturate) {
  Tile& t = tile_;
  if (t.count == 0) return;
  const int64_t total = t.count * t.n;
  t.across.resize(static_cast<size_t>(total));
  Turn(t.lanes.data(), t.count, t.n, t.across.data());
  gathered_.resize(std::max(gathered_.size(), Bytes(type_, total)));
  StoreLanes(lane_, type_, t.across.data(), total, saturate, gathered_.data(),
             0);
  ForEachPlace([&](size_t offset, size_t at, size_t bytes) {
    std::memcpy(data_ + offset, gathered_.data() + at, bytes);
  });
  t.count = 0;
}

const void* RowOperand::Load(int64_t row, int64_t first, int64_t n,
                             std::vector<std::byte>* buffer) {
  if (single_) {
    first = 0;
    n = 1;
  }
  const bool contiguous = along_.extents.size() <= 1 &&
                          (along_.strides.empty() || along_.strides[0] == 1);
  if (contiguous && IsDirect(type_, Lane::kFloat)) {
    return data_ + Bytes(type_, kept_.Offset(row) +
                                    (along_.extents.empty() ? 0 : first));
  }
  buffer->resize(
      std::max(buffer->size(), static_cast<size_t>(n) * lane_bytes()));
  ForEachRun(
      row, first, n,
      [&](int64_t done, int64_t offset, int64_t length, int64_t step) {
        const std::byte* from = data_;
        if (step > 1) {
          gathered_.resize(std::max(gathered_.size(), Bytes(type_, length)));
          BySize(type_, [&]<typename Word>() {
            GatherWords<Word>(data_ + Bytes(type_, offset), step, length,
                              gathered_.data());
          });
          from = gathered_.data();
          offset = 0;
          step = 1;
        }
        std::byte* to =
            buffer->data() + static_cast<size_t>(done) * lane_bytes();
        if (lane_ == Lane::kFloat) {
          LoadLanes(type_, lane_, from, offset, length, step, to);
        } else {
          ToInt64(from, offset, length, step, reinterpret_cast<int64_t*>(to));
        }
      });
  if (!floats_) return buffer->data();
  wide_.resize(std::max(wide_.size(), static_cast<size_t>(n) * 4));
  const auto* ints = reinterpret_cast<const int64_t*>(buffer->data());
  auto* floats = reinterpret_cast<float*>(wide_.data());
  for (int64_t i = 0; i < n; ++i) floats[i] = static_cast<float>(ints[i]);
  return wide_.data();
}

void RowOperand::Store(int64_t row, int64_t first, int64_t n, bool saturate,
                       void* lanes) {
  if (single_) {
    first = 0;
    n = 1;
  }
  const int64_t rows = TileRows(row, n);
  Tile& t = tile_;
  const bool next =
      t.count > 0 && row == t.row + t.count && first == t.first && n == t.n;
  if (!next) Flush(saturate);
  if (next || rows > 1) {
    if (!next) {
      t.row = row;
      t.first = first;
      t.n = n;
      t.lanes.resize(static_cast<size_t>(rows * n));
    }
    const auto* from = static_cast<const float*>(lanes);
    std::copy_n(from, n, t.lanes.data() + t.count * n);
    ++t.count;
    if (t.count * n == static_cast<int64_t>(t.lanes.size())) Flush(saturate);
    return;
  }
  const void* from = lanes;
  if (lane_ != Lane::kFloat && LaneBytes(lane_) < 8) {
    narrow_.resize(static_cast<size_t>(n) * 4);
    const auto* wide = static_cast<const int64_t*>(lanes);
    for (int64_t i = 0; i < n; ++i) {
      if (lane_ == Lane::kBool) {
        narrow_[static_cast<size_t>(i)] = std::byte{wide[i] != 0};
      } else {
        const auto word = static_cast<int32_t>(wide[i]);
        std::memcpy(narrow_.data() + i * 4, &word, 4);
      }
    }
    from = narrow_.data();
  }
  const size_t width = LaneBytes(lane_);
  ForEachRun(
      row, first, n,
      [&](int64_t done, int64_t offset, int64_t length, int64_t step) {
        const auto* x = static_cast<const std::byte*>(from) +
                        static_cast<size_t>(done) * width;
        if (step == 1 || length == 1) {
          StoreLanes(lane_, type_, x, length, saturate, data_, offset);
          return;
        }
        gathered_.resize(std::max(gathered_.size(), Bytes(type_, length)));
        StoreLanes(lane_, type_, x, length, saturate, gathered_.data(), 0);
        BySize(type_, [&]<typename Word>() {
          ScatterWords<Word>(gathered_.data(), step, length,
                             data_ + Bytes(type_, offset));
        });
      });
}

}  // namespace npuemu::kernels
