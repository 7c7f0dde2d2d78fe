// MaskedSoftmaxWithRelPosBias: y = softmax(x * scale + mask + bias) along the
// last axis of x [B,W,N,S1,S2] or [B*W,N,S1,S2]; the mask is one for each W,
// the bias one for each N. In f32, sums by arithmetic.md 7.8, one cast back. In
// order: docs/attention.md.

#include <algorithm>
#include <string>

#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Inputs x, atten_mask, relative_pos_bias; number scale_value.
void Softmax(Row& r) {
  float* t = r.y(0);
  for (int64_t j = 0; j < r.n; ++j) {
    t[j] = r.x(0)[j] * r.a[0];
    if (r.has(1)) t[j] = t[j] + r.At(1, j);
    t[j] = t[j] + r.At(2, j);
  }
  const float most = Largest(t, r.n);
  for (int64_t j = 0; j < r.n; ++j) t[j] = Exp(t[j] - most);
  const float sum = r.Sum([&](int64_t j) { return t[j]; });
  for (int64_t j = 0; j < r.n; ++j) t[j] = t[j] / sum;
}

OpStatus Lay(const OpCall& call, const Operands*, RowLayout* layout) {
  const Shape& x = call.inputs[0].shape;
  if (x.size() != 4 && x.size() != 5) {
    return OpError(call, "input x shape", ToString(x),
                   "[B,W,N,S1,S2] or [B*W,N,S1,S2]");
  }
  const size_t n = x.size() - 3;
  const Shape places(x.end() - 2, x.end());
  const int64_t plane = ElementCount(places);
  int64_t windows = x.size() == 5 ? x[1] : 1;
  if (x.size() == 4 && HasInput(call, 1) && plane > 0) {
    windows = std::max<int64_t>(call.inputs[1].count() / plane, 1);
  }
  int64_t batch = x[0];
  if (x.size() == 4) {
    if (windows < 1 || x[0] % windows != 0) {
      return OpError(call, "input atten_mask shape",
                     ToString(call.inputs[1].shape),
                     "as many windows as divide " + std::to_string(x[0]));
    }
    batch = x[0] / windows;
  }
  layout->view = {batch, windows, x[n], x[n + 1], x[n + 2]};
  layout->along = {false, false, false, false, true};
  layout->own = {false, true, false, true, true};
  layout->own_shape = {windows, x[n + 1], x[n + 2]};
  layout->other = {false, false, true, true, true};
  layout->other_shape = {x[n], x[n + 1], x[n + 2]};
  layout->row_shape.assign(x.begin(), x.end() - 1);
  return {};
}

OpStatus CheckMode(const OpCall& call, const RowLayout&,
                   std::vector<TensorSpec>*) {
  const auto mode = AttrOf<int64_t>(call, "inner_precision_mode", 0);
  if (mode == 0 || mode == 1) return {};
  return OpError(call, "attribute inner_precision_mode", std::to_string(mode),
                 "0, 1");
}

}  // namespace

ROW_OP(MaskedSoftmaxWithRelPosBias,
       {.inputs = "xgh",
        .outputs = "x",
        .layout = Lay,
        .check = CheckMode,
        .stages = {{"012", "0", Softmax}},
        .numbers = {"scale_value"},
        .steps = {kVmuls, kVadd, kVadd, kVcadd, kVadds, kVexp, kVcadd, kVdiv},
        .exactness = "the sequence of docs/attention.md in f32, one cast back"})

}  // namespace npuemu::kernels
