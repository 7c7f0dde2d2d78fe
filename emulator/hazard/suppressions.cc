#include "emulator/hazard/suppressions.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "emulator/hazard/hazard.h"

namespace npuemu {
namespace {

// '*' is any text; the whole of `text` must match.
bool Glob(std::string_view pattern, std::string_view text) {
  size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      from = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++from;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool Found(std::string_view pattern, std::string_view text) {
  std::string whole(pattern);
  if (!whole.empty() && whole.front() == '^') {
    whole.erase(0, 1);
  } else {
    whole.insert(0, "*");
  }
  if (!whole.empty() && whole.back() == '$') {
    whole.pop_back();
  } else {
    whole += "*";
  }
  return Glob(whole, text);
}

bool TypeMatches(std::string_view type, const Hazard& hazard) {
  return type == "*" || type == WordOf(hazard.check) ||
         type == absl::StrCat("H", hazard.number);
}

}  // namespace

absl::StatusOr<Suppressions> Suppressions::Parse(std::string_view text) {
  Suppressions parsed;
  int number = 0;
  for (absl::string_view line :
       absl::StrSplit(absl::string_view(text.data(), text.size()), '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(':');
    Line entry;
    if (colon != absl::string_view::npos) {
      entry.type = std::string(line.substr(0, colon));
      entry.pattern = std::string(line.substr(colon + 1));
    }
    bool known = entry.type == "*";
    for (const Hazard& hazard : AllHazards()) {
      known |= TypeMatches(entry.type, hazard);
    }
    if (!known || entry.pattern.empty()) {
      return FaultError(
          Fault::kInvalidParam,
          absl::StrCat("line ", number, " of the suppressions is \"", line,
                       "\"; expected type:pattern, the type being H1 to H45, "
                       "a word of --check or *"));
    }
    parsed.lines_.push_back(std::move(entry));
  }
  return parsed;
}

absl::StatusOr<Suppressions> Suppressions::Load(const std::string& path) {
  if (path.empty()) return Suppressions();
  std::FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat("--suppressions (NPUEMU_SUPPRESSIONS): "
                                   "cannot read \"", path, "\": ",
                                   std::strerror(errno)));
  }
  std::string text;
  char buffer[4096];
  size_t got;
  while ((got = std::fread(buffer, 1, sizeof(buffer), file)) > 0) {
    text.append(buffer, got);
  }
  std::fclose(file);
  return Parse(text);
}

bool Suppressions::Match(const Finding& finding) const {
  if (lines_.empty()) return false;
  const Hazard* hazard = FindHazard(finding.rule);
  for (const Line& line : lines_) {
    if (!TypeMatches(line.type, *hazard)) continue;
    for (const Site& site : finding.sites) {
      if (Found(line.pattern, site.call) || Found(line.pattern, site.op) ||
          Found(line.pattern, site.code.module)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace npuemu
