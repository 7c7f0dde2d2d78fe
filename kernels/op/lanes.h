// File: lanes.h
// Elements in the form that the vector rules compute in: a block of *lanes*.
// Floats are widened to f32, integers to 32 or 64 bits, bool is one byte 0 or
// 1; storing applies OUT_T (arithmetic.md 7.0), integers keep their low bits
// (7.2). Raw lanes carry the bits of an element unchanged, for what only moves
// or selects. Thread-safe (pure).

#ifndef KERNELS_OP_LANES_H_
#define KERNELS_OP_LANES_H_

#include <cstddef>
#include <cstdint>

#include "kernels/numeric/element.h"

namespace npuemu::kernels {

enum class Lane : uint8_t { kFloat, kInt32, kInt64, kUint64, kBool };
inline constexpr size_t kLaneKinds = 5;

// f16, bf16, f32: kFloat; integers that fit in int32: kInt32; uint32, int64:
// kInt64; uint64; bool.
Lane LaneOf(DataType type);
// kInt32 for elements of up to 4 bytes, else kInt64.
Lane RawLaneOf(DataType type);
size_t LaneBytes(Lane lane);

template <typename C>
constexpr Lane LaneOfType() {
  if constexpr (std::is_same_v<C, float>) return Lane::kFloat;
  if constexpr (std::is_same_v<C, int64_t>) return Lane::kInt64;
  if constexpr (std::is_same_v<C, uint64_t>) return Lane::kUint64;
  if constexpr (std::is_same_v<C, bool>) return Lane::kBool;
  return Lane::kInt32;
}

// Whether lanes of `lane` and elements of `type` are the same bytes.
bool IsDirect(DataType type, Lane lane);

// `count` elements of `type` from element `offset` on, each `step` (0 or 1)
// after the one before, as lanes; raw if `lane` is not LaneOf(type).
void LoadLanes(DataType type, Lane lane, const std::byte* elements,
               int64_t offset, int64_t count, int64_t step, void* lanes);

// The inverse, for lanes that hold results.
void StoreLanes(Lane lane, DataType type, const void* lanes, int64_t count,
                bool saturate, std::byte* elements, int64_t offset);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_LANES_H_
