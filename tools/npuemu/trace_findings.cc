#include "tools/npuemu/trace_findings.h"

#include <utility>

#include "emulator/base/status.h"
#include "emulator/hazard/hazard_detector.h"

namespace npuemu::cli {
namespace {

// Whether the observer of host threads wrote into the trace; without its edges
// calls count as ordered by their arrival.
bool HasEdges(const std::string& path) {
  auto reader = TraceReader::Open(path);
  if (!reader.ok()) return false;
  while (const auto event = (*reader)->Next()) {
    if (event->kind == EventKind::kEdge) return true;
  }
  return false;
}

std::string WhyIncomplete(const TraceReader& reader) {
  if (reader.complete()) return "";
  if (reader.limited()) return "--trace-limit was reached";
  if (!reader.damage().empty()) return reader.damage();
  return "the process did not end in order";
}

}  // namespace

absl::Status TraceFindings::Add(const std::string& path) {
  ASSIGN_OR_RETURN(auto reader, TraceReader::Open(path));
  if (readers_.empty()) header_ = reader->header();
  ASSIGN_OR_RETURN(Suppressions suppressions,
                   Suppressions::Load(suppressions_));
  const auto check = reader->header().find("check");
  Findings findings(
      Checks(check == reader->header().end() ? "all" : check->second),
      std::move(suppressions), nullptr);
  {
    HazardDetector detector(!HasEdges(path), [&](Finding&& finding) {
      findings.Add(std::move(finding));
    });
    while (const auto event = reader->Next()) detector.OnEvent(*event);
  }
  const std::string why = WhyIncomplete(*reader);
  if (!why.empty()) incomplete_ = path + ": " + why;
  suppressed_ += findings.suppressed();
  all_.insert(all_.end(), findings.all().begin(), findings.all().end());
  readers_.push_back(std::move(reader));
  return absl::OkStatus();
}

}  // namespace npuemu::cli
