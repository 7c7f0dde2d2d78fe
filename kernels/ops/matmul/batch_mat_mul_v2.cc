// BatchMatMulV2: y(..,m,n) = op(x1) * op(x2) + bias, the leading extents
// broadcast as in numpy.

#include "kernels/ops/matmul/matmul.h"

namespace npuemu::kernels {

const OpDef& BatchMatMulV2Op() {
  static const OpDef& op = *new OpDef{
      .type = "BatchMatMulV2",
      .engine = Engine::kCube,
      .basis = DtypeBasis::kPrototype,
      .inputs = BiasedInputs(),
      .outputs = BiasedOutputs(),
      .attrs = {{"adj_x1", AttrKind::kBool, false, false},
                {"adj_x2", AttrKind::kBool, false, false},
                {"offset_x", AttrKind::kInt, false, int64_t{0}}},
      .infer =
          [](const OpCall& call, std::vector<TensorSpec>* outputs) {
            return InferBiased(call, {2, 8}, outputs);
          },
      .workspace = BiasedWorkspace,
      .phases = [](const OpCall&) { return 2; },
      .items = BiasedItems,
      .compute = ComputeBiased,
      .cost = BiasedCost,
      .exactness =
          "MatMulV2 for each pair of matrices: one Mmad chain over K from the "
          "bias (arithmetic 7.4), stored by Fixpipe (7.5); bits equal to the "
          "specification.",
  };
  return op;
}

}  // namespace npuemu::kernels
