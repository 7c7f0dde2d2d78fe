// Rows that are scaled by a norm of theirs, or freed of their mean:
// L2Normalize, MVN, Renorm, Centralization, LRN. In f32 with one cast back;
// sums by arithmetic.md 7.8. In order: docs/rows.md.

#include "kernels/ops/norm/channel_norm.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/reduce/p_norm.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

float SquareSum(Row& r) {
  const float* x = r.x(0);
  return r.Sum([&](int64_t j) { return x[j] * x[j]; });
}

void L2(Row& r) {
  const float norm = Sqrt(Max(SquareSum(r), r.a[0]));
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = r.x(0)[j] / norm;
}

// Inputs x, y, dy.
void L2Gradient(Row& r) {
  const float* y = r.x(1);
  const float* dy = r.x(2);
  const float norm = Sqrt(Max(SquareSum(r), r.a[0]));
  const float sum = r.Sum([&](int64_t j) { return y[j] * dy[j]; });
  for (int64_t j = 0; j < r.n; ++j) {
    r.y(0)[j] = (dy[j] - y[j] * sum) / norm;
  }
}

// Numbers: eps, normalize_variance.
void MeanVariance(Row& r) {
  const Statistics s = StatisticsOf(r);
  const float deviation = Sqrt(s.squares / static_cast<float>(r.n)) + r.a[0];
  for (int64_t j = 0; j < r.n; ++j) {
    const float d = r.x(0)[j] - s.mean;
    r.y(0)[j] = r.a[1] != 0 ? d / deviation : d;
  }
}

void MeanVarianceV2(Row& r) {
  r.a[1] = 1.0f;
  MeanVariance(r);
}

// Numbers: p, maxnorm.
void Limit(Row& r) {
  const float norm = PNorm(r, r.x(0), r.a[0]);
  const float factor = norm > r.a[1] ? r.a[1] / (norm + 1e-7f) : 1.0f;
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = r.x(0)[j] * factor;
}

void Centre(Row& r) {
  const float* x = r.x(0);
  const float mean =
      r.Sum([&](int64_t j) { return x[j]; }) / static_cast<float>(r.n);
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = x[j] - mean;
}

// Numbers: bias, alpha, beta. The window sums are naive: each ascending.
void LocalResponse(Row& r) {
  const float* x = r.x(0);
  const int64_t radius =
      std::min(AttrOr<int64_t>(r.call->attrs, "depth_radius", 5), r.n);
  for (int64_t j = 0; j < r.n; ++j) {
    float sum = -0.0f;
    const int64_t last = std::min(r.n - 1, j + radius);
    for (int64_t k = std::max<int64_t>(0, j - radius); k <= last; ++k) {
      sum += x[k] * x[k];
    }
    r.y(0)[j] = x[j] / Pow(r.a[0] + r.a[1] * sum, r.a[2]);
  }
}

// Rows have the axes after the second, or after the first.
OpStatus LayPlaces(const OpCall& call, const Operands*, RowLayout* layout) {
  const Shape& x = call.inputs[0].shape;
  const bool across = AttrOr<bool>(call.attrs, "across_channels", false);
  const size_t before = across ? 1 : 2;
  if (x.size() < before) {
    return OpError(call, "input x shape", ToString(x),
                   std::to_string(before) + " extents or more");
  }
  return LayLast(call, x.size() - before, layout);
}

// Rows have all axes but `dim`.
OpStatus LayOthers(const OpCall& call, const Operands*, RowLayout* layout) {
  layout->view = call.inputs[0].shape;
  const auto dim = AttrOr<int64_t>(call.attrs, "dim", 0);
  if (OpStatus s = LayAxes(call, "attribute dim", {dim}, false, layout);
      !s.ok()) {
    return s;
  }
  layout->along.flip();
  std::swap(layout->row_shape, layout->column_shape);
  return {};
}

// A row has the channels of one place.
OpStatus LayChannelRows(const OpCall& call, const Operands*,
                        RowLayout* layout) {
  const auto region =
      AttrOr<std::string>(call.attrs, "norm_region", "ACROSS_CHANNELS");
  if (region != "ACROSS_CHANNELS") {
    return OpError(call, "attribute norm_region", region, "ACROSS_CHANNELS");
  }
  const auto radius = AttrOr<int64_t>(call.attrs, "depth_radius", 5);
  if (radius < 0) {
    return OpError(call, "attribute depth_radius", std::to_string(radius),
                   "0 or more");
  }
  size_t channel;
  if (OpStatus s = ChannelAxis(call, &channel); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  return LayAxes(call, "axis", {static_cast<int64_t>(channel)}, false, layout);
}

OpStatus CheckP(const OpCall& call, const RowLayout&,
                std::vector<TensorSpec>*) {
  const float p = AttrOr<float>(call.attrs, "p", 2.0f);
  const float limit = AttrOr<float>(call.attrs, "maxnorm", 0.0f);
  if (!(p > 0)) {
    return OpError(call, "attribute p", std::to_string(p), "more than 0");
  }
  if (limit >= 0) return {};
  return OpError(call, "attribute maxnorm", std::to_string(limit), "0 or more");
}

const std::vector<Instruction> kSteps = {kVmul, kVcadd, kVmuls};

}  // namespace

ROW_OP(L2Normalize, {.inputs = "x",
                     .outputs = "x",
                     .axes = "axis",
                     .stages = {{"0", "0", L2}},
                     .numbers = {"eps"},
                     .steps = kSteps})
ROW_OP(L2NormalizeGrad, {.inputs = "xxx",
                         .outputs = "x",
                         .axes = "dim",
                         .stages = {{"012", "0", L2Gradient}},
                         .numbers = {"eps"},
                         .steps = kSteps})
ROW_OP(MVN, {.inputs = "x",
             .outputs = "x",
             .layout = LayPlaces,
             .stages = {{"0", "0", MeanVariance}},
             .numbers = {"eps", "normalize_variance"},
             .steps = kSteps})
ROW_OP(MVNV2, {.inputs = "x",
               .outputs = "x",
               .axes = "axes",
               .stages = {{"0", "0", MeanVarianceV2}},
               .numbers = {"eps"},
               .steps = kSteps})
ROW_OP(Renorm, {.inputs = "x",
                .outputs = "x",
                .layout = LayOthers,
                .check = CheckP,
                .stages = {{"0", "0", Limit}},
                .numbers = {"p", "maxnorm"},
                .steps = kSteps})
ROW_OP(Centralization, {.inputs = "x",
                        .outputs = "x",
                        .axes = "axes",
                        .stages = {{"0", "0", Centre}},
                        .steps = kSteps})
ROW_OP(LRN, {.inputs = "x",
             .outputs = "x",
             .layout = LayChannelRows,
             .stages = {{"0", "0", LocalResponse}},
             .numbers = {"bias", "alpha", "beta"},
             .steps = kSteps})

}  // namespace npuemu::kernels
