// File: row_lanes.h
// The elements of one operand along rows, as lanes: f32 for floats, int64 for
// integers and bool. What lies apart is gathered by element size first, so that
// conversions run over contiguous elements. Thread-safe (pure).

#ifndef KERNELS_OP_ROW_LANES_H_
#define KERNELS_OP_ROW_LANES_H_

#include <cstdint>
#include <vector>

#include "kernels/op/axes.h"
#include "kernels/op/lanes.h"

namespace npuemu::kernels {

// Longer rows are not moved in tiles.
inline constexpr int64_t kMostOfTile = 1 << 16;

class RowOperand {
 public:
  RowOperand() = default;
  // An operand with the marked axes of a view; rows lie along `along`. Integers
  // become f32 if `floats`.
  RowOperand(DataType type, std::byte* data, const Shape& view,
             const std::vector<bool>& mask, const std::vector<bool>& along,
             bool floats = false);

  // One value for a whole row.
  bool single() const { return single_; }
  // Elements that lie apart along a row, but beside those of the next row.
  bool is_apart() const;
  // The same values in every row.
  bool fixed() const { return kept_.extents.empty(); }

  // Elements [first, first + n) of a row; the pointer is to `buffer` or to the
  // operand itself.
  const void* Load(int64_t row, int64_t first, int64_t n,
                   std::vector<std::byte>* buffer);
  void Store(int64_t row, int64_t first, int64_t n, bool saturate, void* lanes);
  // Stores what is left of neighbouring rows.
  void Flush(bool saturate);
  size_t lane_bytes() const { return lane_ == Lane::kFloat ? 4 : 8; }
  DataType type() const { return type_; }

 private:
  // Rows whose elements lie far apart but beside those of the next rows: tiles
  // of some rows are moved at once.
  struct Tile {
    int64_t row = 0;    // the first one
    int64_t count = 0;  // of rows
    int64_t first = 0;
    int64_t n = 0;
    std::vector<float> lanes;  // row by row
    std::vector<float> across;
  };
  // How many rows from `row` on can be a tile; 1 if it is not worth it.
  int64_t TileRows(int64_t row, int64_t n) const;
  const float* LoadTile(int64_t row, int64_t first, int64_t n, int64_t rows);
  // Calls fn(offset, elements) for what is one place of all rows of the tile.
  template <typename Fn>
  void ForEachPlace(Fn&& fn) const;

  // fn(done, offset, length, step) for the runs of the elements.
  template <typename Fn>
  void ForEachRun(int64_t row, int64_t first, int64_t n, Fn&& fn) const;
  void ToInt64(const std::byte* elements, int64_t offset, int64_t count,
               int64_t step, int64_t* out);

  DataType type_ = DataType::kFloat;
  Lane lane_ = Lane::kFloat;
  std::byte* data_ = nullptr;
  bool single_ = false;
  int64_t length_ = 1;
  bool floats_ = false;
  Digits kept_;
  Digits along_;
  Tile tile_;
  std::vector<std::byte> gathered_;
  std::vector<std::byte> narrow_;
  std::vector<std::byte> wide_;
};

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROW_LANES_H_
