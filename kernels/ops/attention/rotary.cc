// RotaryMul, RotaryPositionEmbedding and their gradients: rows along the last
// axis; cos and sin broadcast. In f32, each operation rounded, one cast back;
// the gradients of cos and sin are row sums (arithmetic.md 7.8) over the axes
// along which they are repeated. In order: docs/attention.md.

#include "kernels/ops/attention/rotary.h"

#include <algorithm>
#include <string>

#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

int64_t DistanceOf(const Row& r) {
  return DistanceOf(static_cast<Turn>(r.mode), r.n);
}

// Inputs x, cos, sin.
void Rotate(Row& r) {
  const int64_t distance = DistanceOf(r);
  const float* x = r.x(0);
  for (int64_t j = 0; j < r.n; ++j) {
    r.y(0)[j] = x[j] * r.At(1, j) + Turned(x, j, distance) * r.At(2, j);
  }
}

// The gradient of x, and turned(x) for those of cos and sin.
template <size_t kDy, size_t kX, size_t kCos>
void OfX(Row& r) {
  const int64_t distance = DistanceOf(r);
  const float* dy = r.x(kDy);
  float* turned = r.y(kTemps);
  for (int64_t j = 0; j < r.n; ++j) {
    const Partner p = PartnerOf(j, distance);
    const float back = dy[p.at] * r.At(kCos + 1, p.at);
    const float here = dy[j] * r.At(kCos, j);
    r.y(0)[j] = p.negative ? here + back : here - back;
    turned[j] = r.has(kX) ? Turned(r.x(kX), j, distance) : 0.0f;
  }
}

// All that one value of cos and sin stands beside; a[0] is need_backward, 1 if
// there is no such attribute.
template <size_t kDy, size_t kX, bool kAsks>
void OfAngles(Row& r) {
  r.y(1)[0] = r.y(2)[0] = 0;
  if (!r.has(kX) || (kAsks && r.a[0] == 0)) return;
  const float* dy = r.x(kDy);
  const float* x = r.x(kX);
  const float* turned = r.x(kTemps);
  r.y(1)[0] = r.Sum([&](int64_t j) { return dy[j] * x[j]; }, 0);
  r.y(2)[0] = r.Sum([&](int64_t j) { return dy[j] * turned[j]; }, 1);
}

// cos is input kCos, sin the next one, of the same shape.
template <size_t kCos>
OpStatus LayRotary(const OpCall& call, const Operands*, RowLayout* layout) {
  const Shape& x = call.inputs[0].shape;
  const auto mode = AttrOf<int64_t>(call, "mode", 0);
  if (mode < 0 || mode > 2) {
    return OpError(call, "attribute mode", std::to_string(mode),
                   "0 (half), 1 (interleave), 2 (quarter)");
  }
  const int64_t unit = mode == 2 ? 4 : 2;
  if (x.empty() || x.back() < 0 || x.back() % unit != 0) {
    return OpError(
        call, std::string("input ") + call.op->inputs[0].name + " shape",
        ToString(x), "a last extent that " + std::to_string(unit) + " divides");
  }
  if (OpStatus s = LayLast(call, 1, layout); !s.ok()) return s;
  layout->mode = static_cast<int>(mode);
  const Shape& cos = call.inputs[kCos].shape;
  layout->own.assign(x.size(), false);
  layout->own_shape = cos;
  bool fits = cos.size() <= x.size() && call.inputs[kCos + 1].shape == cos;
  for (size_t d = 0; d < cos.size() && fits; ++d) {
    const size_t at = x.size() - cos.size() + d;
    layout->own[at] = cos[d] == x[at];
    fits = cos[d] == x[at] || cos[d] == 1;
  }
  if (fits) return {};
  return OpError(call,
                 std::string("input ") + call.op->inputs[kCos].name + " shape",
                 ToString(cos),
                 "the shape of " + std::string(call.op->inputs[kCos + 1].name) +
                     ", which broadcasts to " + ToString(x));
}

const std::vector<Instruction> kSteps = {kVmul, kVmuls, kVmul, kVadd};

RowRule Forward() {
  RowRule rule{.inputs = "xgg", .outputs = "x"};
  rule.layout = LayRotary<1>;
  rule.stages = {{"012", "0", Rotate}};
  rule.steps = kSteps;
  rule.exactness = "the sequence of docs/attention.md in f32, one cast back";
  return rule;
}

RowRule Backward(const char* inputs, RowStage first, RowStage second,
                 OpStatus (*layout)(const OpCall&, const Operands*,
                                    RowLayout*)) {
  RowRule rule = Forward();
  rule.inputs = inputs;
  rule.outputs = "xgg";
  rule.temps = "x";
  rule.layout = layout;
  second.span = Span::kOwn;
  rule.stages = {first, second};
  rule.numbers = {"need_backward"};
  rule.steps = {kVmul, kVmul, kVadd, kVmul, kVcadd, kVmul, kVcadd};
  return rule;
}

}  // namespace

ROW_OP(RotaryMul, Forward())
ROW_OP(RotaryPositionEmbedding, Forward())
ROW_OP(RotaryMulGrad,
       Backward("xggx", {"0123", "0t", OfX<3, 0, 1>},
                {"03t", "12", OfAngles<3, 0, true>}, LayRotary<1>))
ROW_OP(RotaryPositionEmbeddingGrad,
       Backward("xggx", {"0123", "0t", OfX<0, 3, 1>},
                {"03t", "12", OfAngles<0, 3, false>}, LayRotary<1>))

}  // namespace npuemu::kernels
