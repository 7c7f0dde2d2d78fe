// Caffe's Eltwise over a list of inputs, from the first to the last: products,
// sums with a coefficient for each input, or the largest. In f32, each
// operation rounded, one cast back (arithmetic.md 7.8). In order:
// docs/sequences.md.

#include <string>

#include "kernels/op/elementwise.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The numbers are N, mode, then the coefficients.
constexpr size_t kFirst = 2;
enum Mode { kProduct, kSum, kLargest };

void Combine(const Block& block) {
  const Scalars& a = *block.attrs;
  const auto mode = static_cast<Mode>(a[1]);
  auto* y = static_cast<float*>(block.y[0]);
  for (size_t k = 0; k < block.inputs; ++k) {
    const auto* x = static_cast<const float*>(block.x[k]);
    const float factor = a.count > kFirst ? a[kFirst + k] : 1.0f;
    for (int64_t i = 0; i < block.count; ++i) {
      const float v = mode == kSum ? x[i] * factor : x[i];
      const float so_far = k == 0 ? v : y[i];
      float next = v;
      if (k > 0 && mode == kProduct) next = so_far * v;
      if (k > 0 && mode == kSum) next = so_far + v;
      if (k > 0 && mode == kLargest) next = Max(so_far, v);
      y[i] = CanonicalNan(next);
    }
  }
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto count = AttrOr<int64_t>(call.attrs, "N", 0);
  if (count != static_cast<int64_t>(call.inputs.size())) {
    return OpError(call, "attribute N", std::to_string(count),
                   std::to_string(call.inputs.size()) + ", the inputs");
  }
  const auto mode = AttrOr<int64_t>(call.attrs, "mode", 1);
  if (mode < kProduct || mode > kLargest) {
    return OpError(call, "attribute mode", std::to_string(mode), "0, 1, 2");
  }
  const auto factors = AttrOr<std::vector<float>>(call.attrs, "coeff", {});
  const size_t inputs = call.inputs.size();
  if (!factors.empty() &&
      (factors.size() != inputs || inputs > Scalars::kMost - kFirst)) {
    return OpError(call, "attribute coeff",
                   std::to_string(factors.size()) + " numbers",
                   "none, or one for each of up to 10 inputs");
  }
  return InferElementwise(call, outputs);
}

ElementwiseRule Rule() {
  constexpr auto kFloats = static_cast<size_t>(Lane::kFloat);
  ElementwiseRule rule = Steps(kVmuls, kVadd).Sequence().Infer(Infer);
  rule.by_table = false;
  rule.run[kFloats] = Combine;
  rule.gives[kFloats] = Lane::kFloat;
  rule.takes = {-1};
  return rule;
}

}  // namespace

const OpDef& EltwiseOp() {
  static const OpDef& op =
      *new OpDef(ElementwiseOp(Signature("Eltwise"), Rule()));
  return op;
}

}  // namespace npuemu::kernels
