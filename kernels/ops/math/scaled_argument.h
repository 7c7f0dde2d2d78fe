// File: scaled_argument.h
// The attributes base, scale and shift of Exp and Log (docs/arithmetic.md).

#ifndef KERNELS_OPS_MATH_SCALED_ARGUMENT_H_
#define KERNELS_OPS_MATH_SCALED_ARGUMENT_H_

#include <string>

#include "kernels/numeric/elementary.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// t = x * scale + shift, each step rounded to f32 and left out if it changes
// nothing; base -1 stands for e. Thread-safe.
struct ScaledArgument {
  float base;
  float scale;
  float shift;
  float ln_base = 1;

  explicit ScaledArgument(const OpCall& call)
      : base(AttrOr<float>(call.attrs, "base", -1)),
        scale(AttrOr<float>(call.attrs, "scale", 1)),
        shift(AttrOr<float>(call.attrs, "shift", 0)) {
    if (natural()) return;
    ln_base = LnFloat(base);
  }

  bool natural() const { return base == -1; }
  bool plain() const { return natural() && scale == 1 && shift == 0; }

  float Of(float x) const {
    if (scale != 1) x = x * scale;
    if (shift != 0) x = x + shift;
    return x;
  }
};

inline std::vector<AttrSpec> ScaledArgumentAttrs() {
  return {{"base", AttrKind::kFloat, false, -1.0f},
          {"scale", AttrKind::kFloat, false, 1.0f},
          {"shift", AttrKind::kFloat, false, 0.0f}};
}

// base must be -1, or positive, finite and not 1 (whose logarithm is 0).
inline OpStatus InferScaled(const OpCall& call,
                            std::vector<TensorSpec>* outputs) {
  const float base = AttrOr<float>(call.attrs, "base", -1);
  const bool valid = base == -1 || (base > 0 && base != 1 && base < 3e38f);
  if (!valid) {
    return OpError(call, "attribute base", ToString(AttrValue(base)),
                   "-1, or a positive number other than 1");
  }
  *outputs = {call.inputs[0]};
  return {};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_MATH_SCALED_ARGUMENT_H_
