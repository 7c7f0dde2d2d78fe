// File: transfer.h
// Copies and sets, at once or on a stream (semantics.md section 5).

#ifndef EMULATOR_DEVICE_TRANSFER_H_
#define EMULATOR_DEVICE_TRANSFER_H_

#include <cstdint>

#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu {

// Where an address lies (R82-R85).
enum class Place { kDevice, kPinned, kPageable };

Place PlaceOf(Node& node, const void* address, uint64_t bytes);

// A block of `height` rows; a flat copy is one row.
struct CopyShape {
  uint64_t width = 0;  // bytes
  uint64_t height = 1;
  uint64_t dst_pitch = 0;
  uint64_t src_pitch = 0;

  uint64_t dst_span() const { return dst_pitch * (height - 1) + width; }
  uint64_t src_span() const { return src_pitch * (height - 1) + width; }
};

inline CopyShape Flat(uint64_t bytes) { return {bytes, 1, bytes, bytes}; }

// Copies on the calling thread and waits for no stream (R83, R31).
absl::Status CopyNow(Call& call, void* dst, const void* src,
                     const CopyShape& shape);

// A stream task; with pageable memory a stream synchronise and a copy at once
// (R85). `snapshot`: the host bytes are captured now (R88). Errors:
// kRtFeatureNotSupport for host to host (R87).
absl::Status CopyOnStream(Call& call, Stream* stream, void* dst,
                          const void* src, const CopyShape& shape,
                          bool snapshot);

// A set of bytes: `count` units of 1 or 4 bytes with `value`.
struct FillShape {
  uint64_t count = 0;
  uint32_t value = 0;
  uint32_t unit = 1;  // bytes, 1 or 4

  uint64_t bytes() const { return count * unit; }
};

absl::Status FillNow(Call& call, void* dst, const FillShape& fill);
// Host memory is set at once, not in stream order (R93).
absl::Status FillOnStream(Call& call, Stream* stream, void* dst,
                          const FillShape& fill);

// R75: writes or waits for the 64-bit word at a device address.
enum class ValueTest { kGreaterOrEqual = 0, kEqual = 1, kAnd = 2, kNor = 3 };
absl::Status WriteValue(Call& call, Stream* stream, void* address,
                        uint64_t value);
absl::Status WaitValue(Call& call, Stream* stream, void* address,
                       uint64_t value, ValueTest test);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_TRANSFER_H_
