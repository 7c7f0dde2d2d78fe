// File: findings.h
// What the checks found: collected, told on standard error as it is found, and
// given out as JSON (docs/hazards.md has the schema).
//
// Two findings with the same sites are one, counted. A fingerprint is the same
// in every run that finds it: it holds names and rules, no ids.
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_FINDINGS_H_
#define EMULATOR_HAZARD_FINDINGS_H_

#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "emulator/hazard/race_detector.h"

namespace npuemu {

struct Finding {
  const char* rule = "";  // "H5"
  std::string text;       // of its first occurrence, several lines
  uint64_t count = 0;
};

class Findings {
 public:
  // The first `told` different findings are written to `out`.
  explicit Findings(FILE* out, size_t told = 20) : out_(out), told_(told) {}

  void Add(const Race& race);
  // How many there were, on `out`.
  void Finish();

  // In order of their first occurrence.
  const std::vector<Finding>& all() const { return all_; }

 private:
  // Beyond so many different ones they are only counted.
  static constexpr size_t kMost = 10000;

  FILE* const out_;
  const size_t told_;
  std::vector<Finding> all_;
  std::map<std::string, size_t> by_fingerprint_;
  uint64_t more_ = 0;  // beyond kMost
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_FINDINGS_H_
