// Ger: the outer product y[i,j] = x1[i] * x2[j] of two vectors; f16 stays in
// f16 (arithmetic.md 7.2). In order: docs/quantisation.md.

#include "kernels/op/elementwise.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferGer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  for (const TensorSpec& x : call.inputs) {
    if (x.shape.size() == 1) continue;
    const bool first = &x == &call.inputs[0];
    return OpError(call, first ? "input x1 shape" : "input x2 shape",
                   ToString(x.shape), "one extent");
  }
  TensorSpec y = call.inputs[0];
  y.shape.push_back(call.inputs[1].shape[0]);
  if (y.count() < 0) {
    return OpError(call, "output y shape", ToString(y.shape),
                   "a product of extents that fits in int64");
  }
  *outputs = {std::move(y)};
  return {};
}

Shape AlignVector(const OpCall& call, size_t input) {
  Shape shape = call.inputs[input].shape;
  if (input == 0) shape.push_back(1);
  return shape;
}

}  // namespace

BINARY(Ger, Floats, Steps(kVmuls).Infer(InferGer).Align(AlignVector), x* y)

}  // namespace npuemu::kernels
