// File: quick_unary.h
// The f32 functions of docs/arithmetic.md 7.2, quick enough for all inputs:
// x87's long double (glibc's, below 2^-61 off) where every real that near
// rounds to the same f32, MPFR where not. For tests; uses nothing else of
// kernels/ than the second implementation.

#ifndef KERNELS_TESTING_QUICK_UNARY_H_
#define KERNELS_TESTING_QUICK_UNARY_H_

#include <cstdint>
#include <string>

namespace npuemu::reference {

struct QuickFunction {
  std::string name;  // as Primitive1 calls it
  long double (*wide)(long double x);
  // Inputs whose result lies so near to a rounding boundary, relatively, go to
  // MPFR; they are the ones that a list of hard inputs has.
  long double near;
  // Whether f(4x) is f(x) by a power of two: the list has x in [1, 4) alone.
  bool scales;
};

// "Exp", "Log", "Sqrt", "Rsqrt", "Reciprocal".
const QuickFunction& QuickFunctionOf(const std::string& name);

// RN_f32(f(x)), the bits; *near says whether MPFR was asked.
uint32_t QuickUnary(const QuickFunction& function, uint32_t x, bool* near);

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_QUICK_UNARY_H_
