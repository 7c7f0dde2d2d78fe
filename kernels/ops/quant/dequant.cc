// DequantBias: int32 sums of a product back to floats, by factors of columns
// and rows; TensorFlow's Dequantize. Rows along the last axis, in f32, each
// operation rounded, one cast back. In order: docs/quantisation.md.

#include <cmath>
#include <limits>

#include "kernels/op/integer.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Inputs x, weight_scale, activate_scale, bias: an int32 bias comes first.
void WithBias(Row& r) {
  const bool ints = r.has(3) && r.call->inputs[3].dtype == DataType::kInt32;
  for (int64_t j = 0; j < r.n; ++j) {
    auto x = static_cast<int32_t>(r.ix(0)[j]);
    if (ints) x = WrapAdd(x, static_cast<int32_t>(r.ix(3)[r.one[3] ? 0 : j]));
    float y = static_cast<float>(x) * r.At(1, j);
    if (r.has(2)) y = y * r.x(2)[0];
    r.y(0)[j] = r.has(3) && !ints ? y + r.At(3, j) : y;
  }
}

OpStatus LayMatrix(const OpCall& call, const Operands*, RowLayout* layout) {
  if (call.inputs[0].shape.size() != 2) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "two extents");
  }
  return LayLast(call, 1, layout);
}

OpStatus CheckOutput(const OpCall& call, const RowLayout&,
                     std::vector<TensorSpec>* outputs) {
  const auto given = AttrOr<int64_t>(call.attrs, "output_dtype", 0);
  for (DataType type : {DataType::kFloat16, DataType::kBf16}) {
    if (given != static_cast<int64_t>(type)) continue;
    (*outputs)[0].dtype = type;
    return {};
  }
  return OpError(call, "attribute output_dtype", std::to_string(given),
                 "1 (float16), 27 (bfloat16)");
}

struct Bounds {
  float low;
  float high;
};

Bounds BoundsOf(DataType type) {
  if (type == DataType::kUint8) return {0, 255};
  if (type == DataType::kInt8) return {-128, 127};
  return {-0x1p+31f, 0x1p+31f};
}

// Modes MIN_COMBINED, MIN_FIRST, SCALED.
void Dequantised(Row& r) {
  const Bounds b = BoundsOf(r.call->inputs[0].dtype);
  const float least = r.x(1)[0];
  const float most = r.x(2)[0];
  const float span = b.high - b.low;
  const float half = b.low < 0 ? (span + 1.0f) * 0.5f : 0.0f;
  const float combined = (most - least) / span;
  const float levels = span + 1.0f;
  const float first = ((most - least) * (levels / span)) / levels;
  const float top = most / b.high;
  const float scaled = b.low < 0 ? Max(least / b.low, top) : top;
  for (int64_t j = 0; j < r.n; ++j) {
    const float x = r.x(0)[j];
    float& y = r.y(0)[j];
    if (r.mode == 0) y = (x + half) * combined + least;
    if (r.mode == 1) y = (x - b.low) * first + least;
    if (r.mode == 2) y = x * scaled;
  }
}

OpStatus LayDequantize(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = LayScaled(call, 1, -1, layout); !s.ok()) return s;
  return WordOfAttr(call, "mode", {"MIN_COMBINED", "MIN_FIRST", "SCALED"},
                    &layout->mode);
}

constexpr const char* kSays =
    "the sequence of docs/quantisation.md in f32, one cast back";

}  // namespace

ROW_OP(DequantBias, {.inputs = "xcrc",
                     .outputs = "x",
                     .layout = LayMatrix,
                     .check = CheckOutput,
                     .stages = {{"0123", "0", WithBias}},
                     .steps = {kVconv, kVmul, kVmul, kVadd, kVconv},
                     .exactness = kSays})
ROW_OP(Dequantize, {.inputs = "x11",
                    .outputs = "x",
                    .layout = LayDequantize,
                    .stages = {{"012", "0", Dequantised}},
                    .steps = {kVconv, kVadds, kVmuls, kVadds},
                    .floats = true,
                    .exactness = kSays})

}  // namespace npuemu::kernels
