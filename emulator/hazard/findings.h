// File: findings.h
// What the checks found: filtered, counted, told as it is found.
//
// Two findings with the same sites are one (Finding::Fingerprint).
//
// Thread safety: none.

#ifndef EMULATOR_HAZARD_FINDINGS_H_
#define EMULATOR_HAZARD_FINDINGS_H_

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/hazard/finding.h"
#include "emulator/hazard/hazard.h"
#include "emulator/hazard/suppressions.h"

namespace npuemu {

class Findings {
 public:
  // The first `told` different findings are written to `out`; null: none.
  Findings(Checks checks, Suppressions suppressions, FILE* out,
           size_t told = 20);

  void Add(Finding&& finding);
  // How many there were, on `out`; nothing where there were none.
  void Finish();

  // In order of their first occurrence.
  const std::vector<Finding>& all() const { return all_; }
  // Beyond kMost different ones.
  uint64_t uncounted() const { return more_; }
  uint64_t suppressed() const { return suppressed_; }

 private:
  static constexpr size_t kMost = 10000;

  const Checks checks_;
  const Suppressions suppressions_;
  FILE* const out_;
  const size_t told_;
  const bool colour_;
  std::vector<Finding> all_;
  std::unordered_map<std::string, size_t> by_fingerprint_;
  uint64_t more_ = 0;
  uint64_t suppressed_ = 0;
};

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_FINDINGS_H_
