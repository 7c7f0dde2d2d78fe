// Activations of one number (docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {

UNARY(Relu, Numbers,
      Steps(kVrelu).Wide().Says(
          "exact: Max(x, +0); NaN stays; f16 and bf16 go through f32"),
      Max(x, Const<decltype(x)>(0)))
UNARY(Sigmoid, Floats, Steps(kVmuls, kVexp, kVadds, kVrsqrt).Sequence(),
      Sigmoid(x))

}  // namespace npuemu::kernels
