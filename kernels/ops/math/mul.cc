// Operator Mul: y = x1 * x2 with broadcasting; bool: logical and
// (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct MulFn {
  template <typename C>
  C operator()(C a, C b) const {
    return MulValues(a, b);
  }
};

struct MulRule : Rounded<MulFn> {
  using Rounded::Rounded;
  using Elements = Types<Bool, float, int32_t, int64_t, Float16, BFloat16,
                         int16_t, int8_t, uint8_t>;
  static constexpr Instruction kSteps[] = {kVmul};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& MulOp() {
  static const OpDef& op = *new OpDef(BinaryOp<MulRule>(
      "Mul", DtypeBasis::kPrototype,
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
