// Operator Abs: clears the sign bit (arithmetic.md 7.2). That is an operation
// on bits: f16 and f32 keep the payload of a NaN and never saturate; bf16 goes
// through f32 (7.8). The smallest integer stays, as it wraps.

#include "kernels/op/elementwise.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

template <typename Word>
void ClearSigns(const Operands& operands, int64_t begin, int64_t end) {
  constexpr Word kMagnitude =
      static_cast<Word>(static_cast<Word>(~Word{}) >> 1);
  const Word* x = operands.inputs[0].as<const Word>();
  Word* y = operands.outputs[0].as<Word>();
  for (int64_t i = begin; i < end; ++i) y[i] = x[i] & kMagnitude;
}

OpStatus ComputeAbs(const OpCall& call, const Operands& operands, int phase,
                    int64_t begin, int64_t end) {
  if (call.inputs[0].dtype == DataType::kFloat16) {
    ClearSigns<uint16_t>(operands, begin, end);
    return {};
  }
  if (call.inputs[0].dtype == DataType::kFloat) {
    ClearSigns<uint32_t>(operands, begin, end);
    return {};
  }
  return ComputeElementwise(call, operands, phase, begin, end);
}

OpDef MakeAbs() {
  OpDef op =
      elementwise_internal::Make<decltype([](auto x) { return Abs(x); })>(
          Signature("Abs"),
          Steps(kVabs).Says("exact: clears the sign bit; integers wrap"),
          Numbers(), Takes<T>());
  op.compute = ComputeAbs;
  return op;
}

}  // namespace

const OpDef& AbsOp() {
  static const OpDef& op = *new OpDef(MakeAbs());
  return op;
}

}  // namespace npuemu::kernels
