// TransQuantParamV2: the parameter of Fixpipe (arithmetic.md 4.6) of a scale
// and an offset, for signed bytes. In order: docs/quantisation.md.

#include <algorithm>
#include <bit>

#include "kernels/op/elementwise.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

uint64_t ParamOf(float scale, float offset) {
  const int32_t whole = Cast<int32_t>(offset, {.mode = Rounding::kRint});
  const int32_t q = std::clamp(whole, -256, 255);
  return (std::bit_cast<uint32_t>(scale) & 0xffffe000u) |
         (static_cast<uint64_t>(q) & 511) << 37 | uint64_t{1} << 46;
}

}  // namespace

ELEMENTWISE(TransQuantParamV2, Floats, TakesTwo,
            Steps(kVconv, kVor, kVor)
                .Absent(0)
                .Says("exact: bits 13 to 31 of the scale, the rounded and "
                      "clamped offset, the sign flag"),
            [](auto scale, auto offset) { return ParamOf(scale, offset); })

}  // namespace npuemu::kernels
