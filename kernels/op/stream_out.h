// File: stream_out.h
// Stores past the caches, for outputs that no cache can hold: a plain store
// would first read each line. Thread-safe for disjoint memory.

#ifndef KERNELS_OP_STREAM_OUT_H_
#define KERNELS_OP_STREAM_OUT_H_

#include <emmintrin.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace npuemu::kernels {

// Outputs of at least so many bytes are worth it.
inline constexpr size_t kStreamedBytes = size_t{16} << 20;

// As memcpy; other threads see it after StreamFence.
inline void StreamOut(const std::byte* from, std::byte* to, size_t bytes) {
  constexpr size_t kVector = sizeof(__m128i);
  const size_t odd = reinterpret_cast<uintptr_t>(to) % kVector;
  if (odd != 0 || bytes % kVector != 0) {
    std::memcpy(to, from, bytes);
    return;
  }
  for (size_t i = 0; i < bytes; i += kVector) {
    _mm_stream_si128(
        reinterpret_cast<__m128i*>(to + i),
        _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)));
  }
}

inline void StreamFence() { _mm_sfence(); }

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_STREAM_OUT_H_
