// Gradients of fake quantisation by variables: of x where it lies on the grid,
// of min and max the sums of gradients below and above it (TensorFlow's
// definition). f32, sums by arithmetic.md 7.8. In order: docs/quantisation.md.

#include "kernels/ops/nn/fake_quant.h"
#include "kernels/ops/quant/quant.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Inputs gradients, x, min, max; numbers num_bits, narrow_range.
void Gradients(Row& r) {
  const Grid grid = GridOf(r.x(2)[0], r.x(3)[0], r.a[0], r.a[1] != 0);
  const float* g = r.x(0);
  const float* x = r.x(1);
  float* dx = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) {
    dx[j] = x[j] >= grid.low && x[j] <= grid.high ? g[j] : 0.0f;
  }
  const float low =
      r.Sum([&](int64_t j) { return x[j] < grid.low ? g[j] : 0.0f; }, 0);
  const float high =
      r.Sum([&](int64_t j) { return x[j] > grid.high ? g[j] : 0.0f; }, 1);
  r.y(1)[0] = low;
  r.y(2)[0] = high;
}

OpStatus LayAll(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = CheckBits(call); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  layout->along.assign(layout->view.size(), true);
  layout->row_shape = call.inputs[2].shape;  // a number
  if (call.inputs[2].count() == 1) return {};
  return OpError(call, "input min shape", ToString(layout->row_shape),
                 "one element");
}

// Channels are the last axis.
OpStatus LayChannel(const OpCall& call, const Operands*, RowLayout* layout) {
  if (OpStatus s = CheckBits(call); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  if (layout->view.empty()) {
    return OpError(call, "input gradients shape", "[]", "one extent or more");
  }
  layout->along.assign(layout->view.size(), true);
  layout->along.back() = false;
  layout->row_shape = {layout->view.back()};
  return {};
}

RowRule Rule(OpStatus (*layout)(const OpCall&, const Operands*, RowLayout*)) {
  RowRule rule{.inputs = "xxrr", .outputs = "xrr"};
  rule.layout = layout;
  rule.stages = {{"0123", "012", Gradients, nullptr, true}};
  rule.numbers = {"num_bits", "narrow_range"};
  rule.steps = {kVcmp, kVcmp, kVsel, kVcadd, kVcadd};
  return rule;
}

}  // namespace

ROW_OP(FakeQuantWithMinMaxVarsGradient, Rule(LayAll))
ROW_OP(FakeQuantWithMinMaxVarsPerChannelGradient, Rule(LayChannel))

}  // namespace npuemu::kernels
