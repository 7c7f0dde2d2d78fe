// File: elementary.h
// e^x, ln x and 1/sqrt(x), correctly rounded (arithmetic.md 7.2), from own
// double kernels with a proven bound and a Ziv test, so that the host's libm
// has no say (7.9). Pure; they need the default float environment.

#ifndef KERNELS_NUMERIC_ELEMENTARY_H_
#define KERNELS_NUMERIC_ELEMENTARY_H_

#include "kernels/numeric/double_double.h"
#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// RN_f32(e^x). NaN gives qNaN.
float ExpFloat(float x);

// RN_f32(ln x). ln(+-0) is -inf, of a negative qNaN, ln 1 is +0.
float LnFloat(float x);

// RN_f32(1/sqrt x). +-0 gives +-inf, a negative qNaN, +inf +0.
float RsqrtFloat(float x);

// The same with one rounding, from the exact value to f16; slow, meant for
// building tables.
Float16 ExpHalf(Float16 x);
Float16 LnHalf(Float16 x);
Float16 RsqrtHalf(Float16 x);

// The kernels themselves, for tests; x is where the f32 result is neither
// overflow nor zero nor NaN. Relative error below kFastErrorBound for the fast
// ones, below kSlowErrorBound for those that decide what the fast ones cannot.
inline constexpr double kFastErrorBound = 0x1p-50;
inline constexpr double kSlowErrorBound = 0x1p-95;
double FastExp(double x);
double FastLn(float x);
DoubleDouble SlowExp(double x);
DoubleDouble SlowLn(float x);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_ELEMENTARY_H_
