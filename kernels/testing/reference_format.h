// File: reference_format.h
// Float formats and MPFR rounding for reference.cc. Not thread-safe.

#ifndef KERNELS_TESTING_REFERENCE_FORMAT_H_
#define KERNELS_TESTING_REFERENCE_FORMAT_H_

#include <mpfr.h>

#include "kernels/testing/reference.h"

namespace npuemu::reference {

// arithmetic.md 7.0.
struct Format {
  int p;
  int emin;
  int emax;  // of the largest finite value, 2^emax * (2 - 2^(1-p))
  int width;
};

Format FormatOf(Type type);

// The canonical NaN, 7.0.
Bits NanOf(Type type);

// The value of the bits; NaN and infinities as themselves. Exact.
long double Decode(Type type, Bits bits);

// The bits of a value that the format holds exactly, or of inf or NaN.
Bits Encode(Type type, long double value);

// S_T of 7.0, for f16 and bf16.
Bits Saturate(Type type, Bits bits, bool saturate);

// RN_T of what `fn(result, rounding)` computes in MPFR; fn returns MPFR's
// ternary value.
template <typename Fn>
Bits RoundedByMpfr(Type type, Fn&& fn) {
  const Format format = FormatOf(type);
  // MPFR's significands lie in [1/2, 1).
  mpfr_set_emin(format.emin - format.p + 2);
  mpfr_set_emax(format.emax + 1);
  mpfr_t result;
  mpfr_init2(result, format.p);
  const int ternary = fn(result);
  mpfr_subnormalize(result, ternary, MPFR_RNDN);
  const long double value = mpfr_get_ld(result, MPFR_RNDN);
  mpfr_clear(result);
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_set_emax(mpfr_get_emax_max());
  return Encode(type, value);
}

// An exact MPFR copy of a float element.
class Exact {
 public:
  Exact(Type type, Bits bits) {
    mpfr_init2(value_, 64);
    mpfr_set_ld(value_, Decode(type, bits), MPFR_RNDN);
  }
  ~Exact() { mpfr_clear(value_); }
  Exact(const Exact&) = delete;
  Exact& operator=(const Exact&) = delete;
  mpfr_srcptr get() const { return value_; }

 private:
  mpfr_t value_;
};

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_REFERENCE_FORMAT_H_
