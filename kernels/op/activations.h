// File: activations.h
// Activations of f32 and their slopes, as docs/sequences.md writes them. Pure;
// they need the default float environment.

#ifndef KERNELS_OP_ACTIVATIONS_H_
#define KERNELS_OP_ACTIVATIONS_H_

#include "kernels/op/functions.h"

namespace npuemu::kernels {

// ln(1 + e^x) without overflow.
inline float Softplus(float x) {
  return Max(x, 0.0f) + Log1p(Exp(Abs(x) * -1.0f));
}

inline float Relu(float x) { return Max(x, 0.0f); }

// x / (1 + e^-u) with u = sqrt(8 / pi) (x + 0.044715 x^3): the tanh form.
inline float GeluFactor(float x) {
  return Sigmoid(x * ((x * x) * 0.0713548162726f + 1.5957691216057308f));
}

inline float Gelu(float x) { return x * GeluFactor(x); }

inline float GeluSlope(float x) {
  const float s = GeluFactor(x);
  const float u = (x * x) * 0.2140644488178f + 1.5957691216057308f;
  return s + ((x * s) * (1.0f - s)) * u;
}

// The exact form, x times the normal distribution's share below x.
inline float NormalShare(float x) {
  return Erf(x * 0.70710678118654752f) * 0.5f + 0.5f;
}

inline float GeluErf(float x) { return x * NormalShare(x); }

inline float GeluErfSlope(float x) {
  return NormalShare(x) + x * (Exp((x * x) * -0.5f) * 0.3989422804014327f);
}

inline float FastGelu(float x) {
  const float a = Abs(x);
  return (x / (Exp(a * -1.702f) + 1.0f)) * Exp((x - a) * 0.851f);
}

inline float FastGeluSlope(float x) {
  const float a = Abs(x);
  const float e = Exp(a * -1.702f);
  const float d = e + 1.0f;
  return ((e + (x * 1.702f) * e) + Exp((x - a) * 1.702f)) / (d * d);
}

inline float FastGeluV2(float x) {
  const float t = x + 1e-12f;
  const float sign = t / Abs(t);
  const float d = Min(Abs(x * 0.7071f), 1.769f) - 1.769f;
  return x * (sign * ((d * d) * -0.1444f + 0.5f) + 0.5f);
}

inline float Mish(float x) { return x * Tanh(Softplus(x)); }

inline float MishSlope(float x, float t) {
  return t + (x * Sigmoid(x)) * (1.0f - t * t);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ACTIVATIONS_H_
