// Operator Neg: y = x * -1, as vmuls does it: a NaN becomes qNaN.

#include "kernels/op/elementwise.h"
#include "kernels/op/integer.h"

namespace npuemu::kernels {
namespace {

struct NegFn {
  template <typename C>
  C operator()(C x) const {
    if constexpr (std::is_same_v<C, float>) {
      return -x;
    } else {
      return WrapSub(C{}, x);
    }
  }
};

struct NegRule : Rounded<NegFn> {
  using Rounded::Rounded;
  using Elements = Types<BFloat16, Float16, float, int32_t, int64_t, int8_t>;
  static constexpr Instruction kSteps[] = {kVmuls};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& NegOp() {
  static const OpDef& op = *new OpDef(UnaryOp<NegRule>(
      "Neg", DtypeBasis::kTable, "exact: x * -1; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
