// Quantisation to int8 and back (docs/sequences.md).

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Attribute round_mode: Round (ties to even), Floor, Ceil, Trunc.
float Rounded(float x, float mode) {
  if (mode == 1.0f) return Floor(x);
  if (mode == 2.0f) return Ceil(x);
  if (mode == 3.0f) return Trunc(x);
  return Rint(x);
}

// Clamped; NaN is 0 (7.1).
int32_t ToInt8(float x) { return Cast<int8_t>(x, {.mode = Rounding::kRint}); }

constexpr const char* kQuantised =
    "the sequence of docs/sequences.md in f32, then clamped to int8";

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto type = AttrOr<int64_t>(call.attrs, "dst_type", 2);
  if (type != static_cast<int64_t>(DataType::kInt8)) {
    return OpError(call, "attribute dst_type", std::to_string(type),
                   "2 (int8)");
  }
  return InferElementwise(call, outputs);
}

}  // namespace

UNARY(AscendQuant, Floats,
      Steps(kVmuls, kVadds, kVconv).Says(kQuantised).Infer(Infer),
      ToInt8(Rounded((a[2] != 0 ? (x * a[0]) * a[0] : x * a[0]) + a[1], a[3])))

}  // namespace npuemu::kernels
