#include "emulator/hazard/findings.h"

#include <unistd.h>

#include <utility>

#include "emulator/hazard/finding_text.h"

namespace npuemu {

Findings::Findings(Checks checks, Suppressions suppressions, FILE* out,
                   size_t told)
    : checks_(checks),
      suppressions_(std::move(suppressions)),
      out_(out),
      told_(told),
      colour_(out != nullptr && isatty(fileno(out)) == 1) {}

void Findings::Add(Finding&& finding) {
  const Hazard* hazard = FindHazard(finding.rule);
  if (hazard == nullptr || !checks_.Has(hazard->check)) return;
  if (suppressions_.Match(finding)) {
    ++suppressed_;
    return;
  }
  const auto [place, fresh] =
      by_fingerprint_.try_emplace(finding.Fingerprint(), all_.size());
  if (!fresh) {
    ++all_[place->second].count;
    return;
  }
  if (all_.size() == kMost) {
    by_fingerprint_.erase(place);
    ++more_;
    return;
  }
  if (out_ != nullptr && all_.size() < told_) {
    std::fputs(ToText(finding, colour_).c_str(), out_);
    std::fflush(out_);
  }
  all_.push_back(std::move(finding));
}

void Findings::Finish() {
  if (out_ == nullptr) return;
  uint64_t times = more_;
  for (const Finding& finding : all_) times += finding.count;
  if (times > 0) {
    std::fprintf(out_, "npuemu: %zu findings, %llu times%s\n", all_.size(),
                 static_cast<unsigned long long>(times),
                 all_.size() > told_
                     ? " (the first are shown; --report-dir keeps them all)"
                     : "");
  }
  if (suppressed_ > 0) {
    std::fprintf(out_, "npuemu: %llu suppressed\n",
                 static_cast<unsigned long long>(suppressed_));
  }
}

}  // namespace npuemu
