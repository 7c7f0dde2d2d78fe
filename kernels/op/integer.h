// File: integer.h
// Integer arithmetic of the vector unit: results modulo 2^w (arithmetic.md
// 7.2, CTRL[53] == 0), without the undefined behaviour of signed C++. Pure.

#ifndef KERNELS_OP_INTEGER_H_
#define KERNELS_OP_INTEGER_H_

#include <cstdint>
#include <type_traits>

namespace npuemu::kernels {

// Unsigned and at least 32 bits wide, so that no promotion to int overflows.
template <typename C>
using Modular =
    std::conditional_t<(sizeof(C) < 4), uint32_t, std::make_unsigned_t<C>>;

template <typename C>
C WrapAdd(C a, C b) {
  return static_cast<C>(static_cast<Modular<C>>(a) +
                        static_cast<Modular<C>>(b));
}

template <typename C>
C WrapSub(C a, C b) {
  return static_cast<C>(static_cast<Modular<C>>(a) -
                        static_cast<Modular<C>>(b));
}

template <typename C>
C WrapMul(C a, C b) {
  return static_cast<C>(static_cast<Modular<C>>(a) *
                        static_cast<Modular<C>>(b));
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_INTEGER_H_
