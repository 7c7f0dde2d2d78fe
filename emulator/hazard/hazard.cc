#include "emulator/hazard/hazard.h"

#include <cstddef>
#include <iterator>

namespace npuemu {
namespace {

constexpr Hazard kHazards[] = {
#define HAZARD(number, check, severity, title, how) \
  {number, Check::check, Severity::severity, title, how},
#include "emulator/hazard/hazards.def"
#undef HAZARD
};

constexpr const char* kWords[] = {"race",   "host",  "sync",
                                  "memory", "aclop", "lifetime"};

}  // namespace

std::span<const Hazard> AllHazards() { return kHazards; }

const Hazard* FindHazard(int number) {
  const bool known = number >= 1 && number <= static_cast<int>(
                                                  std::size(kHazards));
  return known ? &kHazards[number - 1] : nullptr;
}

const char* WordOf(Check check) { return kWords[static_cast<int>(check)]; }

Checks::Checks(std::string_view list) {
  if (list == "all") {
    bits_ = ~uint32_t{0};
    pages_ = true;
  }
  while (!list.empty()) {
    const size_t comma = list.find(',');
    const std::string_view word = list.substr(0, comma);
    for (size_t i = 0; i < std::size(kWords); ++i) {
      if (word == kWords[i]) bits_ |= uint32_t{1} << i;
    }
    if (word == "pages") {  // of what the host does
      pages_ = true;
      bits_ |= uint32_t{1} << static_cast<int>(Check::kHost);
    }
    list.remove_prefix(comma == std::string_view::npos ? list.size()
                                                       : comma + 1);
  }
}

}  // namespace npuemu
