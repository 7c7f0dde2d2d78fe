// The products of attention, tile by tile, and what is done to scores.

#include <algorithm>
#include <limits>

#include "kernels/op/lanes.h"
#include "kernels/ops/attention/attention.h"

namespace npuemu::kernels {
namespace {

int64_t Whole(int64_t extent) { return PanelCount(extent) * kPanelRows; }

std::vector<std::byte> Packed(const Attention& a, bool saturate,
                              const CubeSide& side, int64_t k) {
  std::vector<std::byte> packed(PackedBytes(a.kind, side.rows, k));
  PackPanels(a.kind, {saturate, 0},
             {side.data, side.rows, k, side.row_stride, side.k_stride}, 0,
             PanelCount(side.rows), packed.data());
  return packed;
}

void Mask(const Attention& a, const std::byte* mask, int64_t b, int64_t i,
          int64_t j0, int64_t j1, float* row) {
  constexpr float kNever = -std::numeric_limits<float>::infinity();
  const int64_t length = a.lengths.empty() ? a.k.length
                         : a.lengths.size() == 1
                             ? a.lengths[0]
                             : a.lengths[static_cast<size_t>(b)];
  for (int64_t j = j0; j < j1; ++j) {
    const bool beyond = j >= length;
    const bool out = a.band && (j - i > a.after || i - j > a.before);
    const bool masked =
        mask != nullptr && mask[(j - j0) * a.mask.stride[3]] != std::byte{0};
    if (beyond || out || masked) row[j - j0] = kNever;
  }
}

}  // namespace

void Matrix::Clear(int64_t row_count, int64_t column_count) {
  rows = row_count;
  columns = column_count;
  stride = Whole(column_count);
  values.assign(static_cast<size_t>(Whole(row_count) * stride), 0.0f);
}

void MultiplyInto(const Attention& a, bool saturate, CubeSide x, CubeSide w,
                  int64_t k, Matrix* y) {
  if (k == 0 || y->rows == 0 || y->columns == 0) return;
  const std::vector<std::byte> left = Packed(a, saturate, x, k);
  const std::vector<std::byte> right = Packed(a, saturate, w, k);
  const MmadProblem problem{a.kind, saturate, k, left.data(), right.data()};
  for (int64_t i = 0; i < y->rows; i += kMmadTile) {
    for (int64_t j = 0; j < y->columns; j += kMmadTile) {
      const MmadTile area{i, std::min(y->rows, i + kMmadTile), j,
                          std::min(y->columns, j + kMmadTile)};
      MmadFloat(problem, area, y->Row(i) + j, y->stride);
    }
  }
}

void Scores(const Attention& a, const Operands& operands, int64_t b, int64_t n,
            int64_t i0, int64_t i1, int64_t j0, int64_t j1, DataType shift_type,
            Matrix* scores) {
  const int64_t bytes = BitsOf(a.type) / 8;
  scores->Clear(i1 - i0, j1 - j0);
  const CubeSide q{
      HeadOf(a, operands, 0, a.q, b, n) + i0 * a.q.s_stride * bytes, i1 - i0,
      a.q.s_stride, 1};
  const CubeSide k{
      HeadOf(a, operands, 1, a.k, b, n / a.group()) + j0 * a.k.s_stride * bytes,
      j1 - j0, a.k.s_stride, 1};
  MultiplyInto(a, operands.saturate, q, k, a.q.depth, scores);
  std::vector<float> shift(static_cast<size_t>(j1 - j0), 0.0f);
  for (int64_t i = i0; i < i1; ++i) {
    float* row = scores->Row(i - i0);
    if (a.shift.given) {
      LoadLanes(shift_type, Lane::kFloat, operands.inputs[a.shift_input].data,
                a.shift.At(b, n, i) + j0 * a.shift.stride[3], j1 - j0,
                a.shift.stride[3], shift.data());
    }
    for (int64_t j = 0; j < j1 - j0; ++j) {
      const float by = shift[static_cast<size_t>(j)];
      if (!a.shift.given) {
        row[j] = row[j] * a.scale;
      } else if (a.shift_first) {
        row[j] = (row[j] + by) * a.scale;
      } else {
        row[j] = row[j] * a.scale + by;
      }
    }
    const std::byte* mask = nullptr;
    if (a.mask.given) {
      mask = operands.inputs[a.mask_input].data + a.mask.At(b, n, i) +
             j0 * a.mask.stride[3];
    }
    Mask(a, mask, b, i, j0, j1, row);
  }
}

std::vector<std::byte> Narrowed(const Attention& a, bool saturate, Matrix* m) {
  std::vector<std::byte> elements(
      static_cast<size_t>(m->rows * m->columns * (BitsOf(a.type) / 8)));
  for (int64_t i = 0; i < m->rows; ++i) {
    float* row = m->Row(i);
    for (int64_t j = 0; j < m->columns; ++j) row[j] = CanonicalNan(row[j]);
    StoreLanes(Lane::kFloat, a.type, row, m->columns, saturate, elements.data(),
               i * m->columns);
  }
  return elements;
}

}  // namespace npuemu::kernels
