// File: fixpipe_param.h
// The quantisation parameter of Fixpipe (arithmetic.md 4.6, 7.5): [31:13] an
// f32 scale without its low bits, [35:32] a shift, [36] whether it is done,
// [45:37] a signed offset, [46] whether bytes are signed. Pure.

#ifndef KERNELS_OPS_QUANT_FIXPIPE_PARAM_H_
#define KERNELS_OPS_QUANT_FIXPIPE_PARAM_H_

#include <algorithm>
#include <bit>
#include <cstdint>

#include "kernels/op/primitives.h"

namespace npuemu::kernels {

struct FixpipeParam {
  float scale;
  bool valid;  // finite and normal
  int shift;
  bool shifts;
  int64_t offset;
  bool is_signed;

  // REQ8 and DEQF16 of an int32: z of 7.5.
  float Scaled(int64_t x, bool relu) const {
    if (shifts) x = std::clamp<int64_t>(x >> shift, INT16_MIN, INT16_MAX);
    const auto y = static_cast<float>(x);
    return relu && y < 0 ? 0.0f : y * scale;
  }

  // B8 of 7.5, as the value of an int8 with these bits.
  int64_t ToByte(float z) const {
    const int64_t r = Cast<int32_t>(z, {.mode = Rounding::kRint});
    const int64_t q = std::clamp<int64_t>(r, -256, 255) + offset;
    if (is_signed) return std::clamp<int64_t>(q, -128, 127);
    const int64_t byte = std::clamp<int64_t>(q, 0, 255);
    return byte > 127 ? byte - 256 : byte;
  }
};

inline FixpipeParam FixpipeParamOf(uint64_t bits) {
  FixpipeParam param;
  param.scale = std::bit_cast<float>(static_cast<uint32_t>(bits) & ~0x1fffu);
  const uint32_t exponent = static_cast<uint32_t>(bits) >> 23 & 255;
  param.valid = exponent != 0 && exponent != 255;
  param.shift = static_cast<int>(bits >> 32 & 15) + 1;
  param.shifts = (bits >> 36 & 1) != 0;
  param.offset = static_cast<int64_t>(bits >> 37 & 511);
  if (param.offset >= 256) param.offset -= 512;
  param.is_signed = (bits >> 46 & 1) != 0;
  return param;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_QUANT_FIXPIPE_PARAM_H_
