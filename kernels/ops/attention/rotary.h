// File: rotary.h
// Rotary position embeddings of one row: y = x * cos + turned(x) * sin, where
// turned(x) takes each element's partner, one of the two negated. In order:
// docs/attention.md. Pure.

#ifndef KERNELS_OPS_ATTENTION_ROTARY_H_
#define KERNELS_OPS_ATTENTION_ROTARY_H_

#include <cstdint>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

enum class Turn { kHalf, kInterleave, kQuarter };

struct Partner {
  int64_t at;
  bool negative;  // of what is at `at`, in the place of the element
};

// Pairs lie `distance` apart, in blocks of two times that.
inline Partner PartnerOf(int64_t j, int64_t distance) {
  const bool first = j / distance % 2 == 0;
  return {first ? j + distance : j - distance, first};
}

inline int64_t DistanceOf(Turn turn, int64_t n) {
  if (turn == Turn::kInterleave) return 1;
  return turn == Turn::kHalf ? n / 2 : n / 4;
}

inline float Turned(const float* x, int64_t j, int64_t distance) {
  const Partner p = PartnerOf(j, distance);
  return p.negative ? x[p.at] * -1.0f : x[p.at];
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_ATTENTION_ROTARY_H_
