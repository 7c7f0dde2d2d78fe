// Operator Add: y = x1 + x2 with broadcasting; bool: logical or
// (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct AddFn {
  template <typename C>
  C operator()(C a, C b) const {
    return AddValues(a, b);
  }
};

struct AddRule : Rounded<AddFn> {
  using Rounded::Rounded;
  using Elements = Types<Bool, float, int32_t, int64_t, Float16, BFloat16,
                         int16_t, int8_t, uint8_t>;
  static constexpr Instruction kSteps[] = {kVadd};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& AddOp() {
  static const OpDef& op = *new OpDef(BinaryOp<AddRule>(
      "Add", DtypeBasis::kPrototype,
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
