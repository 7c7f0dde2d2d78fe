#include "emulator/hazard/findings.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace npuemu {
namespace {

std::string WhoOf(const RaceSite& site) {
  if (site.task == 0) {
    return absl::StrCat(site.name, " by thread ", site.thread);
  }
  return absl::StrCat(site.name, " (task ", site.task, " on stream ",
                      site.stream, ")");
}

const char* DoesOf(const RaceSite& site) {
  return site.write ? "writes" : "reads";
}

std::string PlaceOf(const Race& race) {
  if (race.device < 0) {
    return absl::StrFormat("pinned block %d + 0x%x", race.begin >> 40,
                           race.begin & ((uint64_t{1} << 40) - 1));
  }
  return absl::StrFormat("device %d, offset 0x%x", race.device, race.begin);
}

// The smallest fix: the wait that is missing.
std::string FixOf(const Race& race) {
  const RaceSite& first = race.earlier;
  const RaceSite& second = race.later;
  if (first.task != 0 && second.task != 0) {
    return absl::StrCat("record an event on stream ", first.stream,
                        " after task ", first.task, " and make stream ",
                        second.stream, " wait for it before task ",
                        second.task);
  }
  if (first.task == 0 && second.task == 0) {
    return "order the two threads";
  }
  const RaceSite& task = first.task != 0 ? first : second;
  const RaceSite& host = first.task != 0 ? second : first;
  return absl::StrCat("synchronise stream ", task.stream, " after task ",
                      task.task, " before ", host.name);
}

bool IsFree(const RaceSite& site) {
  return site.task == 0 && absl::StartsWith(site.name, "aclrtFree");
}

}  // namespace

void Findings::Add(const Race& race) {
  const char* rule = IsFree(race.earlier) || IsFree(race.later) ? "H10" : "H5";
  const std::string fingerprint =
      absl::StrCat(rule, "|", race.earlier.name, "|", DoesOf(race.earlier), "|",
                   race.later.name, "|", DoesOf(race.later));
  const auto [place, fresh] =
      by_fingerprint_.try_emplace(fingerprint, all_.size());
  if (!fresh) {
    ++all_[place->second].count;
    return;
  }
  if (all_.size() == kMost) {
    by_fingerprint_.erase(place);
    ++more_;
    return;
  }
  std::string text = absl::StrFormat(
      "npuemu: %s: race on %d bytes of %s\n"
      "  %s: %s\n  %s: %s\n  nothing orders them; fix: %s\n",
      rule, race.end - race.begin, PlaceOf(race), DoesOf(race.earlier),
      WhoOf(race.earlier), DoesOf(race.later), WhoOf(race.later), FixOf(race));
  if (all_.size() < told_) {
    std::fputs(text.c_str(), out_);
    std::fflush(out_);
  }
  all_.push_back({rule, std::move(text), 1});
}

void Findings::Finish() {
  uint64_t times = 0;
  for (const Finding& finding : all_) times += finding.count;
  std::fprintf(out_, "npuemu: %zu findings, %llu times\n", all_.size(),
               static_cast<unsigned long long>(times + more_));
}

}  // namespace npuemu
