// File: fake_quant.h
// The grid of fake quantisation (TensorFlow's definition): docs/sequences.md
// has the same functions. Pure.

#ifndef KERNELS_OPS_NN_FAKE_QUANT_H_
#define KERNELS_OPS_NN_FAKE_QUANT_H_

#include <string>

#include "kernels/op/op_def.h"
#include "kernels/op/primitives.h"

namespace npuemu::kernels {

// The grid whose zero is one of its points.
struct Grid {
  float scale;
  float low;
  float high;
};

inline Grid GridOf(float low, float high, float bits, bool narrow) {
  float levels = 1;
  for (float k = 0; k < bits && k < 24; ++k) levels = levels * 2.0f;
  const float first = narrow ? 1.0f : 0.0f;
  const float last = levels - 1.0f;
  const float scale = (high - low) / (last - first);
  const float zero = Min(Max(Rint(first - low / scale), first), last);
  return {scale, (first - zero) * scale, (last - zero) * scale};
}

inline float OnGrid(float x, const Grid& grid) {
  const float c = Min(Max(x, grid.low), grid.high) - grid.low;
  return Floor(c / grid.scale + 0.5f) * grid.scale + grid.low;
}

// num_bits must be 2 to 16.
inline OpStatus CheckBits(const OpCall& call) {
  const auto bits = AttrOr<int64_t>(call.attrs, "num_bits", 8);
  if (bits >= 2 && bits <= 16) return {};
  return OpError(call, "attribute num_bits", std::to_string(bits), "2 to 16");
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_NN_FAKE_QUANT_H_
