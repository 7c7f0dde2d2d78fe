// File: quant.h
// What quantising operators by rows share: f32 to int8, the scale of a row, the
// axis that scales lie along, groups of rows. In order: docs/quantisation.md.
// Pure.

#ifndef KERNELS_OPS_QUANT_QUANT_H_
#define KERNELS_OPS_QUANT_QUANT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/op/lanes.h"
#include "kernels/op/rows.h"

namespace npuemu::kernels {

inline constexpr float kMostInt8 = 127.0f;

// Clamped; NaN is 0 (7.1).
inline int64_t ToInt8(float x) {
  return Cast<int8_t>(x, {.mode = Rounding::kRint});
}

// The scale of a row is its largest magnitude over 127; y is t over it.
inline float QuantiseRow(const float* t, int64_t n, int64_t* y) {
  std::vector<float> magnitudes(t, t + n);
  for (float& m : magnitudes) m = Abs(m);
  const float scale = Largest(magnitudes.data(), n) / kMostInt8;
  for (int64_t j = 0; j < n; ++j) y[j] = ToInt8(Rint(t[j] / scale));
  return scale;
}

// The attribute dst_type: int8 is the only one that kernels/ has.
OpStatus CheckInt8(const OpCall& call);

// One of the words, as its number.
OpStatus WordOfAttr(const OpCall& call, const char* name,
                    const std::vector<std::string>& words, int* number);

// Rows along the last axis; role g: one value, or one for each place of `axis`.
// `scale` is the input that tells which.
OpStatus LayScaled(const OpCall& call, size_t scale, int64_t axis,
                   RowLayout* layout);

// The rows along the last axis.
int64_t RowsOfInput(const OpCall& call);

// Input `sets` (smoothing factors, scales) is [n], or [groups, n] beside input
// `ends`.
OpStatus CheckSets(const OpCall& call, size_t sets, size_t ends, int64_t n);

// Reads the ends of groups of rows from input `index` into layout->ints when
// operands are given: ascending, the last one `rows`.
OpStatus ReadGroupEnds(const OpCall& call, const Operands* operands,
                       size_t index, int64_t rows, RowLayout* layout);

// Elements [offset, offset + n) of a float input as f32.
inline void LoadInput(const Row& r, size_t index, int64_t offset, int64_t n,
                      float* lanes) {
  LoadLanes(r.call->inputs[index].dtype, Lane::kFloat,
            r.operands->inputs[index].data, offset, n, 1, lanes);
}

// The group of row r.row by the ends in the layout.
int64_t GroupOf(const Row& r);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_QUANT_QUANT_H_
