// File: rounds.h
// How often tests repeat what they do at random. AddressSanitizer makes a round
// ten times slower and finds what it finds in the first ones.

#ifndef EMULATOR_BASE_ROUNDS_H_
#define EMULATOR_BASE_ROUNDS_H_

#include <algorithm>
#include <cstdint>

namespace npuemu {

constexpr bool UnderAsan() {
#if defined(__SANITIZE_ADDRESS__)
  return true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return true;
#else
  return false;
#endif
#else
  return false;
#endif
}

constexpr uint64_t Rounds(uint64_t rounds) {
  return UnderAsan() ? std::max<uint64_t>(rounds / 10, 1) : rounds;
}

}  // namespace npuemu

#endif  // EMULATOR_BASE_ROUNDS_H_
