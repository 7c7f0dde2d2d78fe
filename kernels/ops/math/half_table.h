// File: half_table.h
// A unary function of a 16-bit float as a table of its 65,536 results
// (arithmetic.md 7.9): made on first use, never destroyed. Thread-safe.

#ifndef KERNELS_OPS_MATH_HALF_TABLE_H_
#define KERNELS_OPS_MATH_HALF_TABLE_H_

#include <array>
#include <cstdint>

namespace npuemu::kernels {

// T is Float16 or BFloat16. Without saturation; the caller applies S_T.
template <typename T, T (*Fn)(T)>
T LookUp(T x) {
  static const std::array<T, 65536>& table = [&]() -> auto& {
    auto* made = new std::array<T, 65536>;
    for (uint32_t i = 0; i < 65536; ++i) {
      (*made)[i] = Fn(T{static_cast<uint16_t>(i)});
    }
    return *made;
  }
  ();
  return table[x.bits];
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_MATH_HALF_TABLE_H_
