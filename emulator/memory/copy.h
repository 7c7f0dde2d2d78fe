// File: copy.h
// Plain byte movers for copies and fills between host and device memory. Big
// ones write past the caches, by the best instruction set the machine has; the
// result never depends on it. Thread-safe: stateless.

#ifndef EMULATOR_MEMORY_COPY_H_
#define EMULATOR_MEMORY_COPY_H_

#include <cstddef>
#include <cstdint>

namespace npuemu {

// Copies n bytes as if through a buffer in between: where the ranges overlap
// the device leaves the result open (R91), here it is fixed.
void CopyBytes(void* dst, const void* src, size_t n);

// Sets n bytes to `value` (R93).
void FillBytes(void* dst, uint8_t value, size_t n);

// Sets `count` 32-bit words to `value` (R94). REQUIRES: dst 4-byte aligned.
void FillWords(void* dst, uint32_t value, size_t count);

// Copies `height` rows of `width` bytes, rows `dst_pitch` and `src_pitch` bytes
// apart (R92). REQUIRES: width <= both pitches. Rows are copied in order.
void Copy2d(void* dst, size_t dst_pitch, const void* src, size_t src_pitch,
            size_t width, size_t height);

// For tests: the instruction sets CopyBytes chooses from.
enum class CopyIsa { kPlain, kAvx2, kAvx512 };

bool IsSupported(CopyIsa isa);

// Copies by streaming stores of this set, whatever the size.
// REQUIRES: IsSupported(isa), ranges do not overlap.
void StreamCopyForTest(CopyIsa isa, void* dst, const void* src, size_t n);

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_COPY_H_
