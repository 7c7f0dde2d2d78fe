// MatMulV2: y(m,n) = op(x1) * op(x2) + bias.

#include "kernels/ops/matmul/matmul.h"

namespace npuemu::kernels {

const OpDef& MatMulV2Op() {
  static const OpDef& op = *new OpDef{
      .type = "MatMulV2",
      .engine = Engine::kCube,
      .basis = DtypeBasis::kPrototype,
      .inputs = BiasedInputs(),
      .outputs = BiasedOutputs(),
      .attrs = {{"transpose_x1", AttrKind::kBool, false, false},
                {"transpose_x2", AttrKind::kBool, false, false},
                {"offset_x", AttrKind::kInt, false, int64_t{0}}},
      .infer =
          [](const OpCall& call, std::vector<TensorSpec>* outputs) {
            return InferBiased(call, {2, 2}, outputs);
          },
      .workspace = BiasedWorkspace,
      .phases = [](const OpCall&) { return 2; },
      .items = BiasedItems,
      .compute = ComputeBiased,
      .cost = BiasedCost,
      .exactness =
          "One Mmad chain over K from the bias (arithmetic 7.4: f64 groups of "
          "16 for f16 and bf16, 4 for f32, exact 32 for int8), stored by "
          "Fixpipe (7.5); bits equal to the specification.",
  };
  return op;
}

}  // namespace npuemu::kernels
