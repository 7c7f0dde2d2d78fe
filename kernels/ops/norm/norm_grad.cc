// Gradients of norms: of x along the rows of the norm, those of gamma and beta
// along all that belongs to one of their values. In f32, sums by arithmetic.md
// 7.8, one cast back, bf16 of GroupNormGrad with ties away (5.3). ND and
// formats with a channel. In order: docs/quantisation.md.

#include "kernels/op/functions.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Where the operands are; `x(r, j)` is what was normalised.
struct Parts {
  size_t mean;
  size_t scale;  // 1 / sqrt of the variance, or the variance
  size_t gamma;
  bool is_rstd = true;
};

float RstdAt(const Row& r, const Parts& p, int64_t j) {
  const float v = r.At(p.scale, j);
  return p.is_rstd ? v : 1.0f / Sqrt(v + 1e-12f);
}

// The gradient of x to `dx`.
template <typename Dy, typename X>
void OfX(Row& r, const Parts& p, float* dx, Dy&& dy, X&& x) {
  const float mean = r.x(p.mean)[0];
  const float rstd = RstdAt(r, p, 0);
  const auto n = static_cast<float>(r.n);
  r.scratch.resize(static_cast<size_t>(r.n));
  float* h = r.scratch.data();
  for (int64_t j = 0; j < r.n; ++j) {
    h[j] = (x(j) - mean) * rstd;
    dx[j] = dy(j) * r.At(p.gamma, j);
  }
  const float a = r.Sum([&](int64_t j) { return dx[j] * h[j]; }) / n;
  const float b = r.Sum([&](int64_t j) { return dx[j]; }) / n;
  for (int64_t j = 0; j < r.n; ++j) {
    dx[j] = (dx[j] - (h[j] * a + b)) * rstd;
  }
}

// Those of gamma and beta.
template <typename Dy, typename X>
void OfParams(Row& r, const Parts& p, size_t gamma, size_t beta, Dy&& dy,
              X&& x) {
  r.y(gamma)[0] = r.Sum(
      [&](int64_t j) {
        return dy(j) * ((x(j) - r.At(p.mean, j)) * RstdAt(r, p, j));
      },
      0);
  r.y(beta)[0] = r.Sum([&](int64_t j) { return dy(j); }, 1);
}

// Inputs dy, mean, rstd, x, gamma.
constexpr Parts kGroup{1, 2, 4};
// Inputs dy, x, variance, mean, gamma.
constexpr Parts kInstance{3, 2, 4, false};
// Inputs dy, x, gx, gamma, mean, rstd; number alpha.
constexpr Parts kDeep{4, 5, 3};
// Inputs dy, x1, x2, rstd, mean, gamma, dsum.
constexpr Parts kAdded{4, 3, 5};

template <size_t kInput>
auto Input(const Row& r) {
  return [&r](int64_t j) { return r.x(kInput)[j]; };
}

auto Weighted(const Row& r) {
  return [&r](int64_t j) { return r.x(1)[j] * r.a[0] + r.x(2)[j]; };
}

auto Sum(const Row& r) {
  return [&r](int64_t j) { return r.x(1)[j] + r.x(2)[j]; };
}

// What reaches the norm through swish; inputs as kGroup, then beta; number
// swish_scale.
auto BeforeSwish(const Row& r) {
  return [&r](int64_t j) {
    const float h = (r.x(3)[j] - r.At(1, j)) * r.At(2, j);
    const float t = h * r.At(4, j) + r.At(5, j);
    const float u = t * r.a[0];
    const float s = Sigmoid(u);
    return r.x(0)[j] * (s * (u * (1.0f - s) + 1.0f));
  };
}

void DeepOfX(Row& r) {
  OfX(r, kDeep, r.y(1), Input<0>(r), Weighted(r));
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = r.y(1)[j] * r.a[0];
}

void AddedOfX(Row& r) {
  OfX(r, kAdded, r.y(0), Input<0>(r), Sum(r));
  if (!r.has(6)) return;
  for (int64_t j = 0; j < r.n; ++j) r.y(0)[j] = r.y(0)[j] + r.x(6)[j];
}

const std::vector<Instruction> kSteps = {kVadds, kVmuls, kVmul,  kVmul,
                                         kVcadd, kVcadd, kVmuls, kVadd};

RowStage Last(const char* loads, const char* stores, void (*run)(Row&),
              Span span) {
  return {loads, stores, run, nullptr, false, span};
}

}  // namespace

ROW_OP(GroupNormGrad,
       {.inputs = "xrrxg",
        .outputs = "xgg",
        .layout = LayGroups,
        .stages = {{"01234", "0",
                    [](Row& r) {
                      OfX(r, kGroup, r.y(0), Input<0>(r), Input<3>(r));
                    }},
                   Last(
                       "0123", "12",
                       [](Row& r) {
                         OfParams(r, kGroup, 1, 2, Input<0>(r), Input<3>(r));
                       },
                       Span::kOwn)},
        .steps = kSteps,
        .away = true})
ROW_OP(GroupNormSwishGrad,
       {.inputs = "xrrxgg",
        .outputs = "xgg",
        .layout = LayGroups,
        .stages = {{"012345", "0",
                    [](Row& r) {
                      OfX(r, kGroup, r.y(0), BeforeSwish(r), Input<3>(r));
                    }},
                   Last(
                       "012345", "12",
                       [](Row& r) {
                         OfParams(r, kGroup, 1, 2, BeforeSwish(r), Input<3>(r));
                       },
                       Span::kOwn)},
        .numbers = {"swish_scale"},
        .steps = kSteps,
        .away = true})
ROW_OP(InstanceNormGrad,
       {.inputs = "xxrrg",
        .outputs = "xgg",
        .layout = LayInstances,
        .stages = {{"01234", "0",
                    [](Row& r) {
                      OfX(r, kInstance, r.y(0), Input<0>(r), Input<1>(r));
                    }},
                   Last(
                       "0123", "12",
                       [](Row& r) {
                         OfParams(r, kInstance, 1, 2, Input<0>(r), Input<1>(r));
                       },
                       Span::kOwn)},
        .steps = kSteps})
ROW_OP(DeepNormGrad, {.inputs = "xxxcrr",
                      .outputs = "xxcc",
                      .layout = LayAsInput<3>,
                      .stages = {{"012345", "01", DeepOfX},
                                 Last(
                                     "01245", "23",
                                     [](Row& r) {
                                       OfParams(r, kDeep, 3, 2, Input<0>(r),
                                                Weighted(r));
                                     },
                                     Span::kColumns)},
                      .numbers = {"alpha"},
                      .steps = kSteps})
ROW_OP(AddLayerNormGrad, {.inputs = "xxxrrcx",
                          .outputs = "xcc",
                          .layout = LayAsInput<5>,
                          .stages = {{"0123456", "0", AddedOfX},
                                     Last(
                                         "01234", "12",
                                         [](Row& r) {
                                           OfParams(r, kAdded, 1, 2,
                                                    Input<0>(r), Sum(r));
                                         },
                                         Span::kColumns)},
                          .steps = kSteps})

}  // namespace npuemu::kernels
