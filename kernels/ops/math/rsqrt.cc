// Operator Rsqrt: y = 1 / sqrt(x) (arithmetic.md 7.2).

#include "kernels/numeric/elementary.h"
#include "kernels/op/elementwise.h"
#include "kernels/ops/math/half_table.h"

namespace npuemu::kernels {
namespace {

struct RsqrtRule {
  using Elements = Types<Float16, float, BFloat16>;
  static constexpr Instruction kSteps[] = {kVrsqrt};
  static constexpr bool kWide = false;

  explicit RsqrtRule(const OpCall&) {}

  template <typename T>
  T Apply(T x, bool saturate) const {
    if constexpr (std::is_same_v<T, Float16>) {
      return Saturated(LookUp<T, RsqrtHalf>(x), saturate);
    } else {
      return Out<T>(RsqrtFloat(Widen(x)), saturate);
    }
  }
};

}  // namespace

const OpDef& RsqrtOp() {
  static const OpDef& op = *new OpDef(UnaryOp<RsqrtRule>(
      "Rsqrt", DtypeBasis::kTable,
      "f16, f32: correctly rounded (7.2; hardware: 2^-8); bf16: f32, then "
      "rounded"));
  return op;
}

}  // namespace npuemu::kernels
