#include "emulator/hazard/finding_text.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "emulator/hazard/hazard.h"

namespace npuemu {
namespace {

constexpr const char* kDeeds[] = {"calls", "submits", "reads",
                                  "writes", "frees",  "waits"};

std::string CallOf(const Site& site) {
  std::string text = absl::StrCat(site.call, ", thread ", site.thread);
  if (!site.code.place.empty()) absl::StrAppend(&text, " at ", site.code.place);
  return text;
}

// --stacks full: a line each.
std::string CallersOf(const Site& site) {
  std::string text;
  for (const CodeSite& caller : site.callers) {
    absl::StrAppend(&text, "    called from ",
                    caller.place.empty() ? "?" : caller.place, "\n");
  }
  return text;
}

std::string MemoryOf(const Finding& finding) {
  const Block& block = finding.block;
  std::string text = absl::StrFormat(
      "  allocation %d: %d bytes, %s\n", block.number, block.bytes,
      CallOf(block.made));
  text += CallersOf(block.made);
  if (block.freed.call[0] != '\0') {
    absl::StrAppend(&text, "  freed: ", CallOf(block.freed), "\n",
                    CallersOf(block.freed));
  }
  return text;
}

}  // namespace

const char* WordOf(Deed deed) { return kDeeds[static_cast<int>(deed)]; }

std::string Finding::Fingerprint() const {
  std::string text = absl::StrCat("H", rule);
  for (const Site& site : sites) {
    absl::StrAppend(&text, "|", WordOf(site.deed), " ", site.call, " ", site.op,
                    " ", site.argument, " ", site.code.place);
  }
  if (sites.empty()) absl::StrAppend(&text, "|", message);
  return text;
}

std::string ToText(const Site& site) {
  std::string text = WordOf(site.deed);
  if (site.argument[0] != '\0') absl::StrAppend(&text, " ", site.argument);
  if (site.task == 0) return absl::StrCat(text, ": ", CallOf(site));
  if (site.argument[0] != '\0') absl::StrAppend(&text, " of");
  absl::StrAppend(&text, " ", site.op, ", task ", site.task);
  if (site.stream >= 0) absl::StrAppend(&text, " on stream ", site.stream);
  if (site.call[0] == '\0') return text;
  return absl::StrCat(text, ": ", CallOf(site));
}

std::string BytesOf(const Finding& finding) {
  if (!finding.has_bytes) return "";
  const uint64_t bytes = finding.end - finding.begin;
  if (finding.device >= 0) {
    return absl::StrFormat("%d bytes at device %d offset 0x%x", bytes,
                           finding.device, finding.begin);
  }
  return absl::StrFormat("%d bytes at pinned block %d + 0x%x", bytes,
                         finding.begin >> 40,
                         finding.begin & ((uint64_t{1} << 40) - 1));
}

std::string ToText(const Finding& finding, bool colour) {
  const Hazard* hazard = FindHazard(finding.rule);
  const bool warns =
      hazard != nullptr && hazard->severity == Severity::kWarning;
  const char* on = !colour ? "" : warns ? "\033[1;33m" : "\033[1;31m";
  const char* off = colour ? "\033[0m" : "";
  std::string text = absl::StrFormat("npuemu: %sH%d: %s%s\n", on, finding.rule,
                                     finding.message, off);
  const std::string bytes = BytesOf(finding);
  if (!bytes.empty()) absl::StrAppend(&text, "  ", bytes, "\n");
  for (const Site& site : finding.sites) {
    absl::StrAppend(&text, "  ", ToText(site), "\n", CallersOf(site));
  }
  if (finding.block.number != 0) absl::StrAppend(&text, MemoryOf(finding));
  if (!finding.fix.empty()) {
    absl::StrAppend(&text, "  fix: ", finding.fix, "\n");
  }
  text += finding.verified;
  return text;
}

}  // namespace npuemu
