// Operator Abs: clears the sign bit (arithmetic.md 7.2). That is an operation
// on bits: f16 and f32 keep the payload of a NaN and never saturate; bf16 goes
// through f32 (7.8). The smallest integer stays, as it wraps.

#include <bit>
#include <type_traits>

#include "kernels/op/elementwise.h"
#include "kernels/op/integer.h"

namespace npuemu::kernels {
namespace {

struct AbsRule {
  using Elements = Types<BFloat16, Float16, float, int32_t, int64_t>;
  static constexpr Instruction kSteps[] = {kVabs};
  static constexpr bool kWide = false;

  explicit AbsRule(const OpCall&) {}

  template <typename T>
  T Apply(T x, [[maybe_unused]] bool saturate) const {
    if constexpr (std::is_same_v<T, Float16>) {
      return Float16{static_cast<uint16_t>(x.bits & 0x7fff)};
    } else if constexpr (std::is_same_v<T, BFloat16>) {
      return Out<T>(Widen(T{static_cast<uint16_t>(x.bits & 0x7fff)}), saturate);
    } else if constexpr (std::is_same_v<T, float>) {
      return std::bit_cast<float>(std::bit_cast<uint32_t>(x) & 0x7fffffffu);
    } else {
      return x < 0 ? WrapSub(T{}, x) : x;
    }
  }
};

}  // namespace

const OpDef& AbsOp() {
  static const OpDef& op = *new OpDef(UnaryOp<AbsRule>(
      "Abs", DtypeBasis::kTable, "exact: clears the sign bit; integers wrap"));
  return op;
}

}  // namespace npuemu::kernels
