// File: element.h
// The C++ type of each element type, what it computes in, and OUT_T
// (arithmetic.md 7.0): how a computed value becomes an element. Pure.

#ifndef KERNELS_NUMERIC_ELEMENT_H_
#define KERNELS_NUMERIC_ELEMENT_H_

#include <bit>
#include <cstdint>
#include <type_traits>

#include "kernels/numeric/bfloat16.h"
#include "kernels/numeric/data_type.h"
#include "kernels/numeric/float16.h"

namespace npuemu::kernels {

// A bool of the device: one byte, 0 or 1. Any other byte reads as true.
struct Bool {
  uint8_t byte = 0;
  bool operator==(const Bool&) const = default;
};

// 7FC00000 for every NaN (7.0); all else unchanged.
inline float CanonicalNan(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const bool nan = (bits & 0x7fffffffu) > 0x7f800000u;
  return std::bit_cast<float>(SelectBits(nan, 0x7fc00000u, bits));
}

// Element<T>::Compute is the type an element is widened to, kType its number.
template <typename T>
struct Element;

#define NPUEMU_ELEMENT(T, id, C)                    \
  template <>                                       \
  struct Element<T> {                               \
    using Compute = C;                              \
    static constexpr DataType kType = DataType::id; \
  };
NPUEMU_ELEMENT(float, kFloat, float)
NPUEMU_ELEMENT(Float16, kFloat16, float)
NPUEMU_ELEMENT(BFloat16, kBf16, float)
NPUEMU_ELEMENT(Bool, kBool, bool)
NPUEMU_ELEMENT(int8_t, kInt8, int8_t)
NPUEMU_ELEMENT(uint8_t, kUint8, uint8_t)
NPUEMU_ELEMENT(int16_t, kInt16, int16_t)
NPUEMU_ELEMENT(uint16_t, kUint16, uint16_t)
NPUEMU_ELEMENT(int32_t, kInt32, int32_t)
NPUEMU_ELEMENT(uint32_t, kUint32, uint32_t)
NPUEMU_ELEMENT(int64_t, kInt64, int64_t)
NPUEMU_ELEMENT(uint64_t, kUint64, uint64_t)
#undef NPUEMU_ELEMENT

template <typename T>
inline constexpr bool kIsFloat =
    std::is_same_v<typename Element<T>::Compute, float>;

// Exact. The NaN of a float is passed on as it is: Out makes it canonical.
template <typename T>
inline typename Element<T>::Compute Widen(T x) {
  if constexpr (std::is_same_v<T, Float16> || std::is_same_v<T, BFloat16>) {
    return ToFloat(x);
  } else if constexpr (std::is_same_v<T, Bool>) {
    return x.byte != 0;
  } else {
    return x;
  }
}

// OUT_T. For f16 the f32 result of one + - * / or sqrt of halves is rounded
// twice, which is exact (7.9); f32 results never saturate (7.0).
template <typename T>
inline T Out(typename Element<T>::Compute x, [[maybe_unused]] bool saturate) {
  if constexpr (std::is_same_v<T, Float16>) {
    return Saturated(ToFloat16(x), saturate);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return Saturated(ToBFloat16(x), saturate);
  } else if constexpr (std::is_same_v<T, float>) {
    return CanonicalNan(x);
  } else if constexpr (std::is_same_v<T, Bool>) {
    return Bool{static_cast<uint8_t>(x)};
  } else {
    return x;
  }
}

// A list of element types, and the call of `fn.template operator()<T>()` for
// the one with number `type`; false if it is not in the list.
template <typename... Ts>
struct Types {};

template <typename... Ts, typename Fn>
bool Dispatch(Types<Ts...>, DataType type, Fn&& fn) {
  return ((Element<Ts>::kType == type ? (fn.template operator()<Ts>(), true)
                                      : false) ||
          ...);
}

using FloatTypes = Types<Float16, BFloat16, float>;
using AllTypes = Types<Float16, BFloat16, float, Bool, int8_t, uint8_t, int16_t,
                       uint16_t, int32_t, uint32_t, int64_t, uint64_t>;

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_ELEMENT_H_
