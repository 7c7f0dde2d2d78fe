// File: reference_mmad.h
// The slow second implementation of arithmetic 7.4, written from its text and
// from IEEE 754; it shares no code with the kernels. Test only.

#ifndef KERNELS_GEMM_REFERENCE_MMAD_H_
#define KERNELS_GEMM_REFERENCE_MMAD_H_

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

namespace npuemu::kernels {

inline float ReferenceFloatOfBits(uint32_t bits) {
  float value;
  std::memcpy(&value, &bits, sizeof(value));
  return value;
}

inline uint32_t ReferenceBitsOf(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// binary16: sign, 5 exponent bits (bias 15), 10 fraction bits.
inline double ReferenceDecodeF16(uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const int fraction = bits & 1023;
  const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction != 0 ? NAN : sign * INFINITY;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024 + fraction, exponent - 25);
}

// bfloat16 is the upper half of an f32.
inline double ReferenceDecodeBf16(uint16_t bits) {
  return ReferenceFloatOfBits(static_cast<uint32_t>(bits) << 16);
}

// Nearest, ties to even; the value is cut into quanta of the target format.
// max_exponent is that of the largest finite value.
inline double ReferenceRound(double x, int precision, int min_exponent,
                             int max_exponent) {
  if (x == 0 || std::isnan(x) || std::isinf(x)) return x;
  int exponent = 0;  // |x| = m * 2^exponent, m in [1/2, 1)
  (void)std::frexp(x, &exponent);
  const int quantum = std::max(exponent - 1, min_exponent) - precision + 1;
  const double quanta = std::ldexp(std::fabs(x), -quantum);
  double whole = std::floor(quanta);
  const double rest = quanta - whole;  // exact: quanta < 2^53
  if (rest > 0.5 || (rest == 0.5 && std::fmod(whole, 2) != 0)) ++whole;
  const double result = std::ldexp(whole, quantum);
  const bool overflows = result >= std::ldexp(1.0, max_exponent + 1);
  return std::copysign(overflows ? INFINITY : result, x);
}

inline double ReferenceRoundF32(double x) {
  return ReferenceRound(x, 24, -126, 127);
}

// RN_f16 and S_f16 as bits; NaN is 0x7E00.
inline uint16_t ReferenceEncodeF16(double x, bool saturate) {
  double r = ReferenceRound(x, 11, -14, 15);
  if (saturate && std::isnan(r)) return 0;
  if (std::isnan(r)) return 0x7e00;
  const int sign = std::signbit(r) ? 0x8000 : 0;
  r = std::fabs(r);
  if (std::isinf(r)) {
    return static_cast<uint16_t>(sign | (saturate ? 0x7bff : 0x7c00));
  }
  if (r < std::ldexp(1.0, -14)) {
    return static_cast<uint16_t>(sign | static_cast<int>(std::ldexp(r, 24)));
  }
  const int exponent = std::ilogb(r);
  const int fraction = static_cast<int>(std::ldexp(r, 10 - exponent)) - 1024;
  return static_cast<uint16_t>(sign | ((exponent + 15) << 10) | fraction);
}

// "inputs +-inf -> +-MAX of the input type, NaN -> +0, before anything else"
inline double ReferenceSaturate(double x, double max) {
  if (std::isnan(x)) return 0;
  return std::isinf(x) ? std::copysign(max, x) : x;
}

// One element: a and b hold K decoded values each; `group` is G.
inline float ReferenceMmadFloat(const std::vector<double>& a,
                                const std::vector<double>& b, int group,
                                bool saturate, float c0) {
  float acc = c0;
  for (size_t g = 0; g < a.size(); g += static_cast<size_t>(group)) {
    const size_t end = std::min(a.size(), g + static_cast<size_t>(group));
    double d = acc;
    for (size_t k = g; k < end; ++k) d = d + a[k] * b[k];
    double r = ReferenceRoundF32(d);
    if (saturate) r = ReferenceSaturate(r, FLT_MAX);
    acc = std::isnan(r) ? ReferenceFloatOfBits(0x7fc00000)
                        : static_cast<float>(r);
  }
  return acc;
}

inline int32_t ReferenceMmadInt(const std::vector<int>& a,
                                const std::vector<int>& b, int group,
                                int32_t c0) {
  int64_t acc = c0;
  for (size_t g = 0; g < a.size(); g += static_cast<size_t>(group)) {
    const size_t end = std::min(a.size(), g + static_cast<size_t>(group));
    for (size_t k = g; k < end; ++k) acc += int64_t{a[k]} * b[k];
    acc = std::clamp<int64_t>(acc, INT32_MIN, INT32_MAX);
  }
  return static_cast<int32_t>(acc);
}

// y = a(m,k) * b(k,n), row-major bits of f16, INFNAN mode, F322F16 output.
inline std::vector<uint16_t> ReferenceMatMulF16(int64_t m, int64_t n, int64_t k,
                                                const uint16_t* a,
                                                const uint16_t* b) {
  std::vector<uint16_t> y(static_cast<size_t>(m * n));
  std::vector<double> row(static_cast<size_t>(k));
  std::vector<double> column(static_cast<size_t>(k));
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t s = 0; s < k; ++s) {
      row[static_cast<size_t>(s)] = ReferenceDecodeF16(a[i * k + s]);
    }
    for (int64_t j = 0; j < n; ++j) {
      for (int64_t s = 0; s < k; ++s) {
        column[static_cast<size_t>(s)] = ReferenceDecodeF16(b[s * n + j]);
      }
      y[static_cast<size_t>(i * n + j)] = ReferenceEncodeF16(
          ReferenceMmadFloat(row, column, 16, false, 0.0f), false);
    }
  }
  return y;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_REFERENCE_MMAD_H_
