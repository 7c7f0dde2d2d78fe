// File: halves.h
// Operators whose input is two halves along an axis, and their gradients: a row
// is both halves at one place of the axes before, one after the other. Role g
// has the shape of a half, role h that of the whole. Pure.

#ifndef KERNELS_OPS_GATED_HALVES_H_
#define KERNELS_OPS_GATED_HALVES_H_

#include <cstdint>

#include "kernels/op/rows.h"

namespace npuemu::kernels {

// `whole` is the input that has both halves; the attribute dim is the axis, the
// last one if there is none.
OpStatus LayHalves(const OpCall& call, size_t whole, RowLayout* layout);

template <size_t kWhole>
OpStatus LayHalvesOf(const OpCall& call, const Operands*, RowLayout* layout) {
  return LayHalves(call, kWhole, layout);
}

// Results of a half are written at both: they lie at one place.
template <typename Fn>
void ForHalves(Row& r, Fn&& fn) {
  const int64_t half = r.n / 2;
  const float* x = r.x(0);
  for (int64_t j = 0; j < half; ++j) {
    r.y(0)[j] = r.y(0)[half + j] = fn(x[j], x[half + j]);
  }
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_GATED_HALVES_H_
