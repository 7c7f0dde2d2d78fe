// File: reference_format.h
// Float formats and MPFR rounding for reference.cc. Not thread-safe.

#ifndef KERNELS_TESTING_REFERENCE_FORMAT_H_
#define KERNELS_TESTING_REFERENCE_FORMAT_H_

#include <mpfr.h>

#include <bit>

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

// An MPFR number of at most 64 bits, without an allocation.
class Number {
 public:
  explicit Number(int precision) {
    mpfr_custom_init(limbs_, precision);
    mpfr_custom_init_set(value_, MPFR_ZERO_KIND, 0, precision, limbs_);
  }
  Number(const Number&) = delete;
  Number& operator=(const Number&) = delete;
  mpfr_ptr get() { return value_; }
  mpfr_srcptr get() const { return value_; }

 private:
  mp_limb_t limbs_[1];
  mpfr_t value_;
};

// RN_T of what `fn(result, rounding)` computes in MPFR; fn returns MPFR's
// ternary value.
template <typename Fn>
Bits RoundedByMpfr(Type type, Fn&& fn) {
  const Format format = FormatOf(type);
  // MPFR's significands lie in [1/2, 1).
  mpfr_set_emin(format.emin - format.p + 2);
  mpfr_set_emax(format.emax + 1);
  Number result(format.p);
  const int ternary = fn(result.get());
  mpfr_subnormalize(result.get(), ternary, MPFR_RNDN);
  const Bits bits =
      type == Type::kF32
          ? std::bit_cast<uint32_t>(mpfr_get_flt(result.get(), MPFR_RNDN))
          : Encode(type, mpfr_get_ld(result.get(), MPFR_RNDN));
  mpfr_set_emin(mpfr_get_emin_min());
  mpfr_set_emax(mpfr_get_emax_max());
  return mpfr_nan_p(result.get()) ? NanOf(type) : bits;
}

// An exact MPFR copy of a float element.
class Exact : public Number {
 public:
  Exact(Type type, Bits bits) : Number(64) {
    if (type == Type::kF32) {
      mpfr_set_flt(get(), std::bit_cast<float>(static_cast<uint32_t>(bits)),
                   MPFR_RNDN);
    } else {
      mpfr_set_ld(get(), Decode(type, bits), MPFR_RNDN);
    }
  }
};

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_REFERENCE_FORMAT_H_
