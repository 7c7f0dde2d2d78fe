// Operator Reciprocal: y = 1 / x (arithmetic.md 7.2). f16 through f32 is exact
// (7.9).

#include "kernels/op/elementwise.h"

namespace npuemu::kernels {
namespace {

struct ReciprocalFn {
  template <typename C>
  C operator()(C x) const {
    return 1 / x;
  }
};

struct ReciprocalRule : Rounded<ReciprocalFn> {
  using Rounded::Rounded;
  using Elements = Types<float, Float16, BFloat16>;
  static constexpr Instruction kSteps[] = {kVrsqrt};
  static constexpr bool kWide = false;
};

}  // namespace

const OpDef& ReciprocalOp() {
  static const OpDef& op = *new OpDef(
      UnaryOp<ReciprocalRule>("Reciprocal", DtypeBasis::kPrototype,
                              "f16, f32: correctly rounded (7.2; hardware: "
                              "2^-8); bf16: f32, then rounded"));
  return op;
}

}  // namespace npuemu::kernels
