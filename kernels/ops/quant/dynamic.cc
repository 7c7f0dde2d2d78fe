// Quantisation by scales that come from the rows themselves, and by those of
// groups of rows: rows along the last axis, in f32, each operation rounded.
// In order: docs/quantisation.md.

#include "kernels/op/activations.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Input 1 holds factors for each place of the row, with input 2 a set for each
// group of rows; r.scratch becomes the smoothed row.
float* Smoothed(Row& r) {
  const size_t n = static_cast<size_t>(r.n);
  r.scratch.resize(2 * n);
  float* t = r.scratch.data();
  float* factors = t + n;
  std::copy_n(r.x(0), r.n, t);
  if (!HasInput(*r.call, 1)) return t;
  LoadInput(r, 1, HasInput(*r.call, 2) ? GroupOf(r) * r.n : 0, r.n, factors);
  for (size_t j = 0; j < n; ++j) t[j] = t[j] * factors[j];
  return t;
}

void Dynamic(Row& r) {
  const float* t = Smoothed(r);
  r.y(1)[0] = QuantiseRow(t, r.n, r.iy(0));
}

// Outputs y, scale, offset: from the smallest to the largest of the row.
void DynamicWithOffset(Row& r) {
  const float* t = Smoothed(r);
  const float high = Largest(t, r.n);
  const float low = Largest<true>(t, r.n);
  const float scale = (high - low) / 255.0f;
  const float offset = kMostInt8 - high / scale;
  for (int64_t j = 0; j < r.n; ++j) {
    r.iy(0)[j] = ToInt8(Rint(t[j] / scale + offset));
  }
  r.y(1)[0] = scale;
  r.y(2)[0] = offset;
}

OpStatus LayDynamic(const OpCall& call, const Operands* operands,
                    RowLayout* layout) {
  if (OpStatus s = CheckInt8(call); !s.ok()) return s;
  if (OpStatus s = LayScaled(call, 0, -1, layout); !s.ok()) return s;
  layout->row_shape.pop_back();
  if (HasInput(call, 1)) {
    if (OpStatus s = CheckSets(call, 1, 2, call.inputs[0].shape.back());
        !s.ok())
      return s;
  } else if (HasInput(call, 2)) {
    return OpError(call, "input group_index", "a tensor",
                   "none without smooth_scales");
  }
  if (!HasInput(call, 2)) return {};
  return ReadGroupEnds(call, operands, 2, RowsOfInput(call), layout);
}

// Inputs x, scale, group_index, offset (one number).
void GroupScaled(Row& r) {
  r.scratch.resize(static_cast<size_t>(r.n));
  float* scale = r.scratch.data();
  LoadInput(r, 1, GroupOf(r) * r.n, r.n, scale);
  for (int64_t j = 0; j < r.n; ++j) {
    float s = r.x(0)[j] * scale[j];
    if (r.has(3)) s = s + r.x(3)[0];
    r.iy(0)[j] = ToInt8(Rint(s));
  }
}

OpStatus LayGroupQuant(const OpCall& call, const Operands* operands,
                       RowLayout* layout) {
  if (OpStatus s = CheckInt8(call); !s.ok()) return s;
  if (call.inputs[0].shape.size() != 2) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "two extents");
  }
  if (OpStatus s = LayLast(call, 1, layout); !s.ok()) return s;
  if (OpStatus s = CheckSets(call, 1, 2, call.inputs[0].shape.back()); !s.ok())
    return s;
  return ReadGroupEnds(call, operands, 2, RowsOfInput(call), layout);
}

// Inputs x, input_scale, input_offset; outputs y, out_scale. The mode has the
// approximation in its lowest bit and static in the next.
void GeluQuantised(Row& r) {
  r.scratch.resize(static_cast<size_t>(r.n));
  float* t = r.scratch.data();
  const bool tanh_form = r.mode % 2 != 0;
  for (int64_t j = 0; j < r.n; ++j) {
    const float x = r.x(0)[j];
    t[j] = tanh_form ? Gelu(x) : GeluErf(x);
    if (r.has(1)) t[j] = t[j] * r.At(1, j);
    if (r.has(2) && r.mode >= 2) t[j] = t[j] + r.At(2, j);
  }
  if (r.mode < 2) {
    r.y(1)[0] = QuantiseRow(t, r.n, r.iy(0));
    return;
  }
  for (int64_t j = 0; j < r.n; ++j) r.iy(0)[j] = ToInt8(Rint(t[j]));
  r.y(1)[0] = 0;
}

OpStatus LayGeluQuant(const OpCall& call, const Operands*, RowLayout* layout) {
  int form = 0;
  int mode = 0;
  if (OpStatus s = WordOfAttr(call, "approximate", {"none", "tanh"}, &form);
      !s.ok()) {
    return s;
  }
  if (OpStatus s = WordOfAttr(call, "quant_mode", {"dynamic", "static"}, &mode);
      !s.ok()) {
    return s;
  }
  if (mode == 1 && !HasInput(call, 1)) {
    return OpError(call, "input input_scale", "none",
                   "a tensor beside quant_mode static");
  }
  const size_t scale = HasInput(call, 1) ? 1 : 0;
  if (OpStatus s = LayScaled(call, scale, -1, layout); !s.ok()) return s;
  layout->row_shape.pop_back();
  layout->mode = mode * 2 + form;
  return {};
}

constexpr const char* kSays =
    "the sequence of docs/quantisation.md in f32, then rounded and clamped to "
    "int8";

RowRule Dynamically(RowStage stage, const char* outputs) {
  RowRule rule{.inputs = "x--", .outputs = outputs};
  rule.layout = LayDynamic;
  rule.stages = {stage};
  rule.steps = {kVmul, kVabs, kVcadd, kVdiv, kVconv};
  rule.exactness = kSays;
  return rule;
}

}  // namespace

ROW_OP(DynamicQuant, Dynamically({"0", "01", Dynamic}, "xr"))
ROW_OP(DynamicQuantV2, Dynamically({"0", "012", DynamicWithOffset}, "xrr"))
ROW_OP(GroupQuant, {.inputs = "x--1",
                    .outputs = "x",
                    .layout = LayGroupQuant,
                    .stages = {{"03", "0", GroupScaled}},
                    .steps = {kVmul, kVadd, kVconv},
                    .exactness = kSays})
ROW_OP(GeluQuant, {.inputs = "xgg",
                   .outputs = "xr",
                   .layout = LayGeluQuant,
                   .stages = {{"012", "01", GeluQuantised}},
                   .steps = {kVmul, kVexp, kVdiv, kVmul, kVcadd, kVconv},
                   .exactness = kSays})

}  // namespace npuemu::kernels
