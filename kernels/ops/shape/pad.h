// File: pad.h
// What Pad and its gradient share: modes, paddings, the padded shape.

#ifndef KERNELS_OPS_SHAPE_PAD_H_
#define KERNELS_OPS_SHAPE_PAD_H_

#include <string>
#include <utility>
#include <vector>

#include "kernels/op/move.h"

namespace npuemu::kernels {

enum class PadMode { kConstant, kEdge, kReflect, kSymmetric, kCircular };

using Padding = std::pair<int64_t, int64_t>;  // before, after

// Attribute mode.
OpStatus ModeOf(const OpCall& call, const char* fallback, PadMode* mode);

// Attribute paddings_contiguous: both numbers of an axis together, or first
// all before, then all after.
bool Contiguous(const OpCall& call);

// One pair for each axis of input 0.
OpStatus PairsOf(const OpCall& call, const std::string& argument,
                 const IntList& numbers, bool contiguous,
                 std::vector<Padding>* pads);

// x with its paddings, if the mode can give them: none is negative, unless
// `may_crop` lets constant padding take places away.
OpStatus PaddedShape(const OpCall& call, const std::string& argument,
                     PadMode mode, const std::vector<Padding>& pads,
                     bool may_crop, const Shape& x, Shape* y);

// The padded places of an axis of n, `stride` elements apart.
AxisRuns PadRuns(PadMode mode, int64_t n, Padding pad, int64_t stride);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_SHAPE_PAD_H_
