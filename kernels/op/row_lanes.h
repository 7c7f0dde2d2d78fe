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
  // The same values in every row.
  bool fixed() const { return kept_.extents.empty(); }

  // Elements [first, first + n) of a row; the pointer is to `buffer` or to the
  // operand itself.
  const void* Load(int64_t row, int64_t first, int64_t n,
                   std::vector<std::byte>* buffer);
  void Store(int64_t row, int64_t first, int64_t n, bool saturate, void* lanes);
  size_t lane_bytes() const { return lane_ == Lane::kFloat ? 4 : 8; }
  DataType type() const { return type_; }

 private:
  // fn(done, offset, length, step) for the runs of the elements.
  template <typename Fn>
  void ForEachRun(int64_t row, int64_t first, int64_t n, Fn&& fn) const;
  void ToInt64(const std::byte* elements, int64_t offset, int64_t count,
               int64_t step, int64_t* out);

  DataType type_ = DataType::kFloat;
  Lane lane_ = Lane::kFloat;
  std::byte* data_ = nullptr;
  bool single_ = false;
  bool floats_ = false;
  Digits kept_;
  Digits along_;
  std::vector<std::byte> gathered_;
  std::vector<std::byte> narrow_;
  std::vector<std::byte> wide_;
};

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROW_LANES_H_
