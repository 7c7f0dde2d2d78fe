// File: hazard.h
// The hazard catalogue: hazards.def as values, and the words of --check.

#ifndef EMULATOR_HAZARD_HAZARD_H_
#define EMULATOR_HAZARD_HAZARD_H_

#include <cstdint>
#include <span>
#include <string_view>

namespace npuemu {

enum class Check : uint8_t { kRace, kHost, kSync, kMemory, kAclop, kLifetime };
enum class Severity : uint8_t { kWarning, kError };

struct Hazard {
  int number;  // of H1 to H45
  Check check;
  Severity severity;
  const char* title;
  const char* how;
};

std::span<const Hazard> AllHazards();
// Null for a number outside of the catalogue.
const Hazard* FindHazard(int number);
const char* WordOf(Check check);

// Which checks are on.
class Checks {
 public:
  // "all", "none" or words with commas; config.cc has refused others.
  explicit Checks(std::string_view list);
  bool Has(Check check) const { return (bits_ >> static_cast<int>(check)) & 1; }
  bool none() const { return bits_ == 0; }
  // Host buffers of asynchronous copies get page protection.
  bool pages() const { return pages_; }

 private:
  uint32_t bits_ = 0;
  bool pages_ = false;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_HAZARD_H_
