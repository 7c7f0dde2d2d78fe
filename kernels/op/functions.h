// File: functions.h
// Composite functions of f32: each the sequence of rounded primitives that
// docs/sequences.md writes under the same name, in lower case. Pure; they need
// the default float environment.

#ifndef KERNELS_OP_FUNCTIONS_H_
#define KERNELS_OP_FUNCTIONS_H_

#include "kernels/op/primitives.h"

namespace npuemu::kernels {

// c[0] + x * (c[1] + x * (...)), from the inside.
template <size_t N>
float Polynomial(const float (&c)[N], float x) {
  float p = c[N - 1];
  for (size_t k = N - 1; k-- > 0;) p = p * x + c[k];
  return p;
}

inline float Sigmoid(float x) { return 1.0f / (Exp(x * -1.0f) + 1.0f); }

inline float Tanh(float x) {
  constexpr float kC[] = {-0x1.555552p-2f, 0x1.110e1cp-3f, -0x1.b9258ap-5f,
                          0x1.58048ep-6f, -0x1.8f8de4p-8f};
  const float a = Abs(x);
  if (a < 0.625f) {
    const float s = a * a;
    return CopySign(a + a * (Polynomial(kC, s) * s), x);
  }
  const float u = Exp(a * -2.0f);
  return CopySign((1.0f - u) / (1.0f + u), x);
}

// Kahan's: the error of 1 + x is made good by the quotient.
inline float Log1p(float x) {
  const float u = 1.0f + x;
  if (u == 1.0f || u == kInf) return x;
  return Ln(u) * (x / (u - 1.0f));
}

inline float Expm1(float x) {
  const float u = Exp(x);
  const float v = u - 1.0f;
  if (u == 1.0f) return x;
  if (v == -1.0f || u == kInf) return v;
  return v * (x / Ln(u));
}

// x - k * pi with pi in four parts, of which k times the first three is exact
// for |k| < 2^11.
inline float LessPi(float x, float k) {
  float r = x - k * 0x1.92p+1f;
  r = r - k * 0x1.fbp-11f;
  r = r - k * 0x1.51p-21f;
  return r - k * 0x1.0b4612p-33f;
}

// sin r for |r| <= pi / 2, with the sign of (-1)^k.
inline float SinOf(float r, float k) {
  constexpr float kC[] = {-0x1.555556p-3f, 0x1.11110cp-7f, -0x1.a017dap-13f,
                          0x1.71708p-19f, -0x1.9a6886p-26f};
  const float s = r * r;
  const float y = r + r * (Polynomial(kC, s) * s);
  const float half = k * 0.5f;
  return Floor(half) == half ? y : y * -1.0f;
}

inline float Sin(float x) {
  const float k = Rint(x * 0x1.45f306p-2f);
  return SinOf(LessPi(x, k), k);
}

// cos x = sin(x + pi / 2): k counts from the half.
inline float Cos(float x) {
  const float k = Rint(x * 0x1.45f306p-2f + 0.5f);
  const float h = k - 0.5f;
  return SinOf(LessPi(x, h), k);
}

inline float Sinh(float x) {
  constexpr float kC[] = {0x1.555556p-3f, 0x1.111134p-7f, 0x1.9ffe92p-13f,
                          0x1.7a15b6p-19f};
  const float a = Abs(x);
  if (a < 1.0f) {
    const float s = a * a;
    return CopySign(a + a * (Polynomial(kC, s) * s), x);
  }
  const float h = Exp(a * 0.5f);
  return CopySign((0.5f * h) * h - (0.5f / h) / h, x);
}

inline float Cosh(float x) {
  const float h = Exp(Abs(x) * 0.5f);
  return (0.5f * h) * h + (0.5f / h) / h;
}

// asin a for 0 <= a <= 1/2.
inline float AsinSmall(float a) {
  constexpr float kC[] = {0x1.5555c8p-3f, 0x1.3301e4p-4f, 0x1.747e4ap-5f,
                          0x1.8c2848p-6f, 0x1.596d1cp-5f};
  const float s = a * a;
  return a + a * (Polynomial(kC, s) * s);
}

inline constexpr float kHalfPi = 0x1.921fb6p+0f;

inline float Asin(float x) {
  const float a = Abs(x);
  if (a <= 0.5f) return CopySign(AsinSmall(a), x);
  const float t = AsinSmall(Sqrt((1.0f - a) * 0.5f));
  return CopySign(kHalfPi - t * 2.0f, x);
}

inline float Acos(float x) {
  const float a = Abs(x);
  if (a <= 0.5f) return kHalfPi - CopySign(AsinSmall(a), x);
  const float t = AsinSmall(Sqrt((1.0f - a) * 0.5f)) * 2.0f;
  return x > 0 ? t : 0x1.921fb6p+1f - t;
}

// atan a for a >= 0: reduced to |t| <= tan(pi / 8).
inline float AtanPositive(float a) {
  constexpr float kC[] = {-0x1.555454p-2f, 0x1.9924bcp-3f, -0x1.1c36fcp-3f,
                          0x1.49e14ap-4f};
  float base = 0.0f;
  float t = a;
  if (a > 0x1.3504f4p+1f) {
    base = kHalfPi;
    t = -1.0f / a;
  } else if (a > 0x1.a8279ap-2f) {
    base = kHalfPi * 0.5f;
    t = (a - 1.0f) / (a + 1.0f);
  }
  const float s = t * t;
  return base + (t + t * (Polynomial(kC, s) * s));
}

inline float Atan(float x) { return CopySign(AtanPositive(Abs(x)), x); }

// The angle of (x, y), in (-pi, pi].
inline float Atan2(float y, float x) {
  const float v = Abs(y);
  const float u = Abs(x);
  float t;
  if (u == 0.0f && v == 0.0f) {
    t = 0.0f;
  } else if (u == kInf && v == kInf) {
    t = kHalfPi * 0.5f;
  } else {
    t = AtanPositive(v / u);
  }
  const bool left = std::bit_cast<int32_t>(x) < 0;
  const float angle = left ? 0x1.921fb6p+1f - t : t;
  return CopySign(angle, y);
}

inline float Asinh(float x) {
  constexpr float kC[] = {-0x1.555536p-3f, 0x1.33251p-4f, -0x1.6b9912p-5f,
                          0x1.cd85cep-6f, -0x1.b1c436p-7f};
  const float a = Abs(x);
  if (a <= 0.5f) {
    const float s = a * a;
    return CopySign(a + a * (Polynomial(kC, s) * s), x);
  }
  if (a > 0x1p+20f) return CopySign(Ln(a) + 0x1.62e43p-1f, x);
  return CopySign(Ln(a + Sqrt(a * a + 1.0f)), x);
}

inline float Acosh(float x) {
  if (x > 0x1p+20f) return Ln(x) + 0x1.62e43p-1f;
  const float t = x - 1.0f;
  return Log1p(t + Sqrt(t * (x + 1.0f)));
}

inline float Atanh(float x) {
  const float a = Abs(x);
  return CopySign(Log1p((a * 2.0f) / (1.0f - a)) * 0.5f, x);
}

inline float Erf(float x) {
  constexpr float kSmall[] = {0x1.20dd76p+0f,  -0x1.812744p-2f, 0x1.ce2e84p-4f,
                              -0x1.b819a6p-6f, 0x1.553abap-8f,  -0x1.ae7f9p-11f,
                              0x1.6bdf4ap-14f};
  constexpr float kLarge[] = {0x1.53cb08p-13f, -0x1.2123d8p+0f, -0x1.4456a2p-1f,
                              -0x1.baf002p-4f, 0x1.9a0b7ep-6f,  -0x1.0f08b2p-8f,
                              0x1.bfd484p-12f, -0x1.571e5ep-16f};
  const float a = Abs(x);
  if (a < 0.875f) return x * Polynomial(kSmall, x * x);
  const float e = Exp(Polynomial(kLarge, Min(a, 4.0f)));
  return x != x ? x : CopySign(1.0f - e, x);
}

// e^(-a * a) with the error of the square made good: a = high + low.
inline float ExpMinusSquare(float a) {
  const float c = a * 4097.0f;
  const float high = c - (c - a);
  const float low = a - high;
  return Exp((high * high) * -1.0f) * Exp((a + high) * low * -1.0f);
}

inline float Erfc(float x) {
  constexpr float kC[] = {0x1.3ba592p+0f,  -0x1.1df1ap-3f,  0x1.f7e26p-7f,
                          0x1.16e708p-4f,  -0x1.9daac2p-4f, 0x1.805e46p-4f,
                          -0x1.10c438p-4f, 0x1.2a1536p-5f,  -0x1.072448p-6f,
                          0x1.c1ab2ep-8f,  0x1.b4fdeep-11f};
  if (x < 0.5f) return 1.0f - Erf(x);
  const float a = Min(x, 12.0f);
  const float t = (a - 4.0f) / (a + 4.0f);
  const float q = Polynomial(kC, t) / (a * 2.0f + 1.0f);
  return x != x ? x : q * ExpMinusSquare(a);
}

// Giles' approximation.
inline float Erfinv(float x) {
  constexpr float kCentre[] = {
      1.50140941f,     0.246640727f,    -0.00417768164f,
      -0.00125372503f, 0.00021858087f,  -4.39150654e-06f,
      -3.5233877e-06f, 3.43273939e-07f, 2.81022636e-08f};
  constexpr float kTail[] = {2.83297682f,    1.00167406f,     0.00943887047f,
                             -0.0076224613f, 0.00573950773f,  -0.00367342844f,
                             0.00134934322f, 0.000100950558f, -0.000200214257f};
  const float w = Ln((1.0f - x) * (1.0f + x)) * -1.0f;
  if (w < 5.0f) return x * Polynomial(kCentre, w - 2.5f);
  if (Abs(x) == 1.0f) return x * kInf;
  return x * Polynomial(kTail, Sqrt(w) - 3.0f);
}

// x^y: e^(y ln|x|), and IEEE 754's pow where that says nothing.
inline float Pow(float x, float y) {
  if (y == 0.0f || x == 1.0f) return 1.0f;
  if (x != x || y != y) return x + y;
  const float half = y * 0.5f;
  const bool whole = Floor(y) == y;
  const bool odd = whole && Floor(half) != half;
  if (x == -1.0f && Abs(y) == kInf) return 1.0f;
  const float magnitude = Exp(y * Ln(Abs(x)));
  if (x < 0.0f && !whole) return Abs(x) == kInf ? magnitude : kNan;
  const bool negative = std::bit_cast<int32_t>(x) < 0 && odd;
  return negative ? magnitude * -1.0f : magnitude;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_FUNCTIONS_H_
