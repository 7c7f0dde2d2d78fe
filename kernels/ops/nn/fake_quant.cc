// Fake quantisation: values are moved to the grid that num_bits leave between
// min and max, and stay floats (TensorFlow's definition; docs/sequences.md).

#include "kernels/ops/nn/fake_quant.h"

#include "kernels/op/elementwise.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

const ElementwiseRule kQuant =
    Steps(kVadd, kVadd, kVadds, kVmuls, kVadds, kVconv, kVmuls, kVadds);

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckBits(call); !s.ok()) return s;
  return InferElementwise(call, outputs);
}

}  // namespace

UNARY(FakeQuantWithMinMaxArgs, Floats, kQuant.Sequence().Infer(Infer),
      OnGrid(x, GridOf(a[0], a[1], a[2], a[3] != 0)))
BINARY(FakeQuantWithMinMaxArgsGradient, Floats, kQuant.Sequence().Infer(Infer),
       y >= GridOf(a[0], a[1], a[2], a[3] != 0).low &&
               y <= GridOf(a[0], a[1], a[2], a[3] != 0).high
           ? x
           : 0.0f)
TERNARY(FakeQuantWithMinMaxVars, Floats, kQuant.Sequence().Infer(Infer),
        OnGrid(x, GridOf(y, z, a[0], a[1] != 0)))
TERNARY(FakeQuantWithMinMaxVarsPerChannel, Floats,
        kQuant.Sequence().Infer(Infer),
        OnGrid(x, GridOf(y, z, a[0], a[1] != 0)))

}  // namespace npuemu::kernels
