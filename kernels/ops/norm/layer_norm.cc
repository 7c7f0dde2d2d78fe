// Layer norms: rows along the last axes, gamma and beta of their shape. In f32:
// the sequence of LayerNormV4 (arithmetic.md 7.8), whose sums are a tree for
// each 64 values, added one after the other; one cast back, bf16 of LayerNormV4
// with ties away. Any shape; ND. In order: docs/rows.md.

#include "kernels/op/axes.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/norm/row_norm.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

void WithVariance(Row& r) {
  const Moments m = LayerNormalize(r, r.x(0), r.a[0], r.y(0));
  ScaleByParams(r, 1, 2, r.y(0));
  r.y(1)[0] = m.mean;
  r.y(2)[0] = m.variance;
}

template <size_t kGamma>
void WithRstd(Row& r) {
  const Moments m = LayerNormalize(r, r.x(0), r.a[0], r.y(0));
  ScaleByParams(r, kGamma, kGamma + 1, r.y(0));
  r.y(1)[0] = m.mean;
  r.y(2)[0] = m.rstd;
}

// Inputs x1, x2, gamma, beta, bias; outputs y, mean, rstd, x.
void Added(Row& r) {
  float* x = r.y(3);
  for (int64_t j = 0; j < r.n; ++j) x[j] = r.x(0)[j] + r.x(1)[j];
  if (r.has(4)) {
    for (int64_t j = 0; j < r.n; ++j) x[j] = x[j] + r.At(4, j);
  }
  const Moments m = LayerNormalize(r, x, r.a[0], r.y(0));
  ScaleByParams(r, 2, 3, r.y(0));
  r.y(1)[0] = m.mean;
  r.y(2)[0] = m.rstd;
}

// Inputs x, gx, beta, gamma; outputs mean, rstd, y; numbers alpha, epsilon.
void Deep(Row& r) {
  float* y = r.y(2);
  for (int64_t j = 0; j < r.n; ++j) {
    y[j] = r.x(0)[j] * r.a[0] + r.x(1)[j];
  }
  const Moments m = LayerNormalize(r, y, r.a[1], y);
  ScaleByParams(r, 3, 2, y);
  r.y(0)[0] = m.mean;
  r.y(1)[0] = m.rstd;
}

// begin_norm_axis, begin_params_axis: from which axis on.
OpStatus LayFrom(const OpCall& call, const Operands*, RowLayout* layout) {
  const auto rank = static_cast<int64_t>(call.inputs[0].shape.size());
  int64_t axes[2];
  constexpr const char* kNames[] = {"begin_norm_axis", "begin_params_axis"};
  for (size_t i = 0; i < 2; ++i) {
    const auto given = AttrOr<int64_t>(call.attrs, kNames[i], 0);
    axes[i] = given < 0 ? given + rank : given;
    if (axes[i] < 0 || axes[i] >= std::max<int64_t>(rank, 1)) {
      return OpError(call, std::string("attribute ") + kNames[i],
                     std::to_string(given),
                     "an axis of " + ToString(call.inputs[0].shape));
    }
  }
  const auto count = static_cast<size_t>(rank - std::min(axes[0], rank));
  if (OpStatus s = LayLast(call, count, layout); !s.ok()) return s;
  layout->own.assign(static_cast<size_t>(rank), false);
  layout->own_shape.clear();
  for (int64_t d = axes[1]; d < rank; ++d) {
    layout->own[static_cast<size_t>(d)] = true;
    layout->own_shape.push_back(layout->view[static_cast<size_t>(d)]);
  }
  return {};
}

// Input 1 holds the extents of the last axes, which x tells, too.
OpStatus LayNormalizedShape(const OpCall& call, const Operands* operands,
                            RowLayout* layout) {
  const TensorSpec& shape = call.inputs[1];
  const auto count = static_cast<size_t>(shape.count());
  if (OpStatus s = LayLast(call, count, layout); !s.ok()) return s;
  if (operands == nullptr && !IsConst(call, 1)) return {};
  std::vector<int64_t> values;
  if (OpStatus s = ReadInts(call, 1, operands, &values); !s.ok()) return s;
  if (values == layout->column_shape) return {};
  return OpError(call, "input normalized_shape", ToString(values),
                 ToString(layout->column_shape));
}

const std::vector<Instruction> kSteps = {kVmuls, kVcadd, kVadds, kVmul, kVmuls,
                                         kVcadd, kVmuls, kVmul,  kVadd};

}  // namespace

ROW_OP(LayerNorm, {.inputs = "xgg",
                   .outputs = "xrr",
                   .layout = LayFrom,
                   .stages = {{"012", "012", WithVariance}},
                   .numbers = {"epsilon"},
                   .steps = kSteps})
ROW_OP(LayerNormV3, {.inputs = "xgg",
                     .outputs = "xrr",
                     .layout = LayFrom,
                     .stages = {{"012", "012", WithRstd<1>}},
                     .numbers = {"epsilon"},
                     .steps = kSteps})
ROW_OP(LayerNormV4, {.inputs = "x-cc",
                     .outputs = "xrr",
                     .layout = LayNormalizedShape,
                     .stages = {{"023", "012", WithRstd<2>}},
                     .numbers = {"epsilon"},
                     .steps = kSteps,
                     .away = true})
ROW_OP(AddLayerNorm, {.inputs = "xxccb",
                      .outputs = "xrrx",
                      .layout = LayAsInput<2>,
                      .stages = {{"01234", "0123", Added}},
                      .numbers = {"epsilon"},
                      .steps = kSteps})
ROW_OP(DeepNorm, {.inputs = "xxcc",
                  .outputs = "rrx",
                  .layout = LayAsInput<3>,
                  .stages = {{"0123", "012", Deep}},
                  .numbers = {"alpha", "epsilon"},
                  .steps = kSteps})

}  // namespace npuemu::kernels
