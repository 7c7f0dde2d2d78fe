// File: pair_spec.h
// What --verify says: the two tasks that PairOrder orders, and where their
// bytes go. The tool writes it, the program's process reads it.

#ifndef EMULATOR_DEVICE_PAIR_SPEC_H_
#define EMULATOR_DEVICE_PAIR_SPEC_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/status.h"

namespace npuemu {

// As text: the fields in order, with commas. The file gets the number of the
// bytes' aclDataType, -1 if unknown, and a line feed; then the bytes. It stays
// away where the task never ran.
struct PairSpec {
  uint64_t first = 0;   // tasks, by submission
  uint64_t second = 0;  // > first
  bool swap = false;    // the second runs before the first
  uint64_t look = 0;    // one of the two: whose memory
  bool before = false;  // look before it runs, else behind it
  int device = -1;      // the bytes, as in a Finding
  uint64_t begin = 0;
  uint64_t end = 0;
  std::string path;

  std::string ToText() const;
  // Errors: kInvalidParam.
  static absl::StatusOr<PairSpec> Parse(std::string_view text);
};

// Longer ranges are compared up to here.
constexpr uint64_t kMostComparedBytes = uint64_t{64} << 20;

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_PAIR_SPEC_H_
