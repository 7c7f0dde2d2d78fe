// Operator ZerosLike: zeros of x's type and shape.

#include <cstring>

#include "kernels/op/elementwise.h"

namespace npuemu::kernels {
namespace {

using Elements =
    Types<BFloat16, Float16, float, int32_t, int8_t, uint8_t, Bool, int64_t>;

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  const auto width = static_cast<size_t>(BitsOf(call.outputs[0].dtype)) / 8;
  std::memset(operands.outputs[0].data + static_cast<size_t>(begin) * width, 0,
              static_cast<size_t>(end - begin) * width);
  return {};
}

// x is not read.
Work Cost(const OpCall& call) {
  Work work;
  work.bytes_written = call.outputs[0].bytes();
  work.vector_cycles =
      VectorCycles(kVdup, static_cast<int64_t>(work.bytes_written));
  return work;
}

OpDef MakeZerosLike() {
  const auto dtypes = DataTypesOf(Elements{});
  return OpDef{.type = "ZerosLike",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kTable,
               .inputs = {{"x", ParamKind::kRequired, dtypes}},
               .outputs = {{"y", ParamKind::kRequired, dtypes}},
               .attrs = {},
               .infer = InferSame,
               .items = ItemsOfOutput,
               .compute = Compute,
               .cost = Cost,
               .exactness = "zero bits"};
}

}  // namespace

const OpDef& ZerosLikeOp() {
  static const OpDef& op = *new OpDef(MakeZerosLike());
  return op;
}

}  // namespace npuemu::kernels
