// File: reference.h
// A second, slow implementation of the operators, written from the text of
// docs/arithmetic.md and from nothing else in kernels/: MPFR for rounding,
// long double for casts, loops for the rest. What both implementations agree
// on is what the text says. For tests and for golden files. Not thread-safe
// (MPFR's exponent range is global).

#ifndef KERNELS_TESTING_REFERENCE_H_
#define KERNELS_TESTING_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace npuemu::reference {

enum class Type {
  kF16,
  kBf16,
  kF32,
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
};

enum class Mode { kRint, kRound, kFloor, kCeil, kTrunc, kOdd };

bool IsFloat(Type type);
int BytesOf(Type type);

// Elements travel as their bits, in the low bits of a word.
using Bits = uint64_t;

// 7.1. `saturate` is CTRL[48] == 0, `wrap` is CTRL[59] == 1.
Bits Cast(Type from, Type to, Bits x, Mode mode, bool saturate,
          bool wrap = false);

// 7.2 at operator level (7.8): "Add", "Sub", "Mul", "RealDiv", "Maximum",
// "Minimum".
Bits Binary(const std::string& op, Type type, Bits a, Bits b, bool saturate);

// "Abs", "Neg", "Square", "Relu", "Exp", "Log", "Sqrt", "Rsqrt",
// "Reciprocal", "Sigmoid", "Tanh".
Bits Unary(const std::string& op, Type type, Bits x, bool saturate);

// 7.4: the accumulator c0 (f32) after the products of a and b, `group` of them
// at a time: their exact values, each added and rounded to f64, then to f32.
// The inputs are as S_T left them; `saturate` clamps the accumulator.
Bits Mmad(const std::vector<double>& a, const std::vector<double>& b,
          size_t group, bool saturate, Bits c0);

// One row of ReduceSum, ReduceMax (not empty) and SoftmaxV2.
Bits RowSum(Type type, const std::vector<Bits>& row, bool saturate);
Bits RowMax(Type type, const std::vector<Bits>& row, bool saturate);
std::vector<Bits> RowSoftmax(Type type, Type out, const std::vector<Bits>& row,
                             bool saturate);

// f16 vectors for golden files, in the default overflow mode (INFNAN). Rows
// of SoftmaxF16 are `width` elements.
std::vector<uint16_t> AddF16(const std::vector<uint16_t>& a,
                             const std::vector<uint16_t>& b);
std::vector<uint16_t> ReluF16(const std::vector<uint16_t>& x);
std::vector<uint16_t> SoftmaxF16(const std::vector<uint16_t>& x, size_t width);

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_REFERENCE_H_
