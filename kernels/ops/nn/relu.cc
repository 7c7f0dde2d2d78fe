// Operator Relu: y = Max(x, +0), an activation (arithmetic.md 7.2, 7.8).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct ReluFn {
  template <typename C>
  C operator()(C x) const {
    return Max(x, C{});
  }
};

struct ReluRule : Rounded<ReluFn> {
  using Rounded::Rounded;
  using Elements = Types<Float16, float, int32_t, int8_t, BFloat16, int64_t>;
  static constexpr Instruction kSteps[] = {kVrelu};
  static constexpr bool kWide = true;
};

}  // namespace

const OpDef& ReluOp() {
  static const OpDef& op = *new OpDef(UnaryOp<ReluRule>(
      "Relu", DtypeBasis::kTable,
      "exact: Max(x, +0); NaN stays; f16 and bf16 go through f32"));
  return op;
}

}  // namespace npuemu::kernels
