// File: primitive.h
// The primitives of docs/arithmetic.md 7.2, one element at a time, by MPFR and
// 128-bit integers. Not thread-safe (MPFR's exponent range is global).

#ifndef KERNELS_TESTING_PRIMITIVE_H_
#define KERNELS_TESTING_PRIMITIVE_H_

#include <string>

#include "kernels/testing/reference.h"

namespace npuemu::reference {

// In f16 or f32, INFNAN; S_T is up to the caller. "Add", "Sub", "Mul",
// "RealDiv", "Maximum", "Minimum".
Bits Primitive2(const std::string& op, Type type, Bits a, Bits b);
// "Abs", "Neg", "Square", "Relu", "Exp", "Log", "Sqrt", "Rsqrt", "Reciprocal".
Bits Primitive1(const std::string& op, Type type, Bits x);

// The names of Primitive2 on integers and bool: the exact result modulo 2^w,
// in two's complement.
Bits IntBinary(const std::string& op, Type type, Bits a, Bits b);

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_PRIMITIVE_H_
