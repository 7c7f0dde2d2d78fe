// Gated units: one half of the input, through an activation, times the other.
// In f32, one cast back (f16 NONE, bf16 RINT, arithmetic.md 5.3). Any shape;
// ND. In order: docs/quantisation.md.

#include "kernels/op/activations.h"
#include "kernels/ops/gated/halves.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

float SwiGlu(float a, float b) { return a / (Exp(a * -1.0f) + 1.0f) * b; }

void Glu(Row& r) {
  ForHalves(r, [](float a, float b) { return a * Sigmoid(b); });
}

void Swi(Row& r) { ForHalves(r, SwiGlu); }

// Mode 1: the tanh form.
float GeluOf(float x, int mode) { return mode == 1 ? Gelu(x) : GeluErf(x); }
float SlopeOf(float x, int mode) {
  return mode == 1 ? GeluSlope(x) : GeluErfSlope(x);
}

void GeluTimes(Row& r) {
  ForHalves(r, [&](float a, float b) { return GeluOf(a, r.mode) * b; });
}

void FatreluTimes(Row& r) {
  const float threshold = r.x(1)[0];
  ForHalves(r,
            [&](float a, float b) { return (a > threshold ? a : 0.0f) * b; });
}

// Number activate_left; outputs y, gelu.
void GeGlu(Row& r) {
  const int64_t half = r.n / 2;
  const float* active = r.x(0) + (r.a[0] != 0 ? 0 : half);
  const float* other = r.x(0) + (r.a[0] != 0 ? half : 0);
  for (int64_t j = 0; j < half; ++j) {
    const float g = GeluOf(active[j], r.mode);
    r.y(1)[j] = r.y(1)[half + j] = g;
    r.y(0)[j] = r.y(0)[half + j] = other[j] * g;
  }
}

// Inputs y_grad, x.
void GluGrad(Row& r) {
  const int64_t half = r.n / 2;
  for (int64_t j = 0; j < half; ++j) {
    const float g = r.x(0)[j];
    const float s = Sigmoid(r.x(1)[half + j]);
    r.y(0)[j] = g * s;
    r.y(0)[half + j] = (g * r.x(1)[j]) * (s * (1.0f - s));
  }
}

void SwiGrad(Row& r) {
  const int64_t half = r.n / 2;
  for (int64_t j = 0; j < half; ++j) {
    const float g = r.x(0)[j];
    const float a = r.x(1)[j];
    const float s = Sigmoid(a);
    r.y(0)[j] = (g * r.x(1)[half + j]) * (s * (a * (1.0f - s) + 1.0f));
    r.y(0)[half + j] = g * (a * s);
  }
}

// Inputs dy, x, gelu; number activate_left.
void GeGluGrad(Row& r) {
  const int64_t half = r.n / 2;
  const int64_t active = r.a[0] != 0 ? 0 : half;
  const int64_t other = half - active;
  for (int64_t j = 0; j < half; ++j) {
    const float g = r.x(0)[j];
    r.y(0)[other + j] = g * r.x(2)[j];
    r.y(0)[active + j] =
        (g * r.x(1)[other + j]) * SlopeOf(r.x(1)[active + j], r.mode);
  }
}

template <size_t kWhole>
OpStatus LayGeGlu(const OpCall& call, const Operands*, RowLayout* layout) {
  const auto form = AttrOf<int64_t>(call, "approximate", 1);
  if (form != 0 && form != 1) {
    return OpError(call, "attribute approximate", std::to_string(form), "0, 1");
  }
  layout->mode = static_cast<int>(form);
  return LayHalves(call, kWhole, layout);
}

OpStatus LayGeluMul(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s =
          WordOfAttr(call, "approximate", {"none", "tanh"}, &layout->mode);
      !s.ok()) {
    return s;
  }
  return LayHalves(call, 0, layout);
}

// Inputs x, smooth_scales, offsets, group_index; outputs y, scale; number
// activate_left.
void SwiQuantised(Row& r) {
  const int64_t half = r.n / 2;
  const int64_t active = r.a[0] != 0 ? 0 : half;
  std::vector<float> t(static_cast<size_t>(half));
  std::vector<float> set(t.size());
  for (int64_t j = 0; j < half; ++j) {
    t[static_cast<size_t>(j)] =
        SwiGlu(r.x(0)[active + j], r.x(0)[half - active + j]);
  }
  const int64_t at = HasInput(*r.call, 3) ? GroupOf(r) * half : 0;
  if (HasInput(*r.call, 1)) {
    LoadInput(r, 1, at, half, set.data());
    for (size_t j = 0; j < t.size(); ++j) t[j] = t[j] * set[j];
  }
  r.y(1)[0] = 0;
  if (r.mode == 0) {
    r.y(1)[0] = QuantiseRow(t.data(), half, r.iy(0));
  } else {
    if (HasInput(*r.call, 2)) {
      LoadInput(r, 2, at, half, set.data());
      for (size_t j = 0; j < t.size(); ++j) t[j] = t[j] + set[j];
    }
    for (int64_t j = 0; j < half; ++j) {
      r.iy(0)[j] = ToInt8(Rint(t[static_cast<size_t>(j)]));
    }
  }
  std::copy_n(r.iy(0), half, r.iy(0) + half);
}

OpStatus LaySwiGluQuant(const OpCall& call, const Operands* operands,
                        RowLayout* layout) {
  if (OpStatus s = LayHalves(call, 0, layout); !s.ok()) return s;
  if (OpStatus s =
          WordOfAttr(call, "quant_mode", {"dynamic", "static"}, &layout->mode);
      !s.ok()) {
    return s;
  }
  if (layout->mode == 1 && !HasInput(call, 1)) {
    return OpError(call, "input smooth_scales", "none",
                   "a tensor beside quant_mode static");
  }
  for (size_t sets : {size_t{1}, size_t{2}}) {
    if (!HasInput(call, sets)) continue;
    const int64_t n = layout->column_shape[0];
    if (OpStatus s = CheckSets(call, sets, 3, n); !s.ok()) return s;
  }
  if (!HasInput(call, 3)) return {};
  return ReadGroupEnds(call, operands, 3, RowsOfInput(call), layout);
}

const std::vector<Instruction> kSteps = {kVmuls, kVexp, kVadds, kVdiv, kVmul};

RowRule Unit(RowStage stage, const char* inputs = "h") {
  RowRule rule{.inputs = inputs, .outputs = "g"};
  rule.layout = LayHalvesOf<0>;
  rule.stages = {stage};
  rule.steps = kSteps;
  return rule;
}

RowRule UnitGrad(RowStage stage) {
  RowRule rule = Unit(stage, "gh");
  rule.outputs = "h";
  rule.layout = LayHalvesOf<1>;
  return rule;
}

RowRule With(RowRule rule,
             OpStatus (*layout)(const OpCall&, const Operands*, RowLayout*),
             const char* inputs, const char* outputs) {
  rule.layout = layout;
  rule.inputs = inputs;
  rule.outputs = outputs;
  rule.numbers = {"activate_left"};
  return rule;
}

}  // namespace

ROW_OP(GLU, Unit({"0", "0", Glu}))
ROW_OP(SwiGlu, Unit({"0", "0", Swi}))
ROW_OP(FatreluMul, Unit({"01", "0", FatreluTimes}, "h1"))
ROW_OP(GeluMul, With(Unit({"0", "0", GeluTimes}), LayGeluMul, "h", "g"))
ROW_OP(GeGluV2, With(Unit({"0", "01", GeGlu}), LayGeGlu<0>, "h", "gg"))
ROW_OP(GLUGrad, UnitGrad({"01", "0", GluGrad}))
ROW_OP(SwiGluGrad, UnitGrad({"01", "0", SwiGrad}))
ROW_OP(GeGluGradV2,
       With(Unit({"012", "0", GeGluGrad}), LayGeGlu<1>, "ghg", "h"))
ROW_OP(SwiGluQuant,
       With(Unit({"0", "01", SwiQuantised}), LaySwiGluQuant, "h---", "gr"))

}  // namespace npuemu::kernels
