#include "tools/npuemu/verify.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/pair_spec.h"
#include "emulator/hazard/finding_text.h"
#include "tools/npuemu/byte_diff.h"
#include "tools/npuemu/program.h"

namespace npuemu::cli {
namespace {

constexpr size_t kMostVerified = 20;  // each is two runs

// Standard output and error of children go nowhere while it lives.
class Silence {
 public:
  Silence() {
    std::fflush(nullptr);
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    for (int fd : {1, 2}) {
      kept_[fd - 1] = fcntl(fd, F_DUPFD_CLOEXEC, 3);
      if (nowhere >= 0) dup2(nowhere, fd);
    }
    if (nowhere >= 0) close(nowhere);
  }
  ~Silence() {
    for (int fd : {1, 2}) {
      if (kept_[fd - 1] < 0) continue;
      dup2(kept_[fd - 1], fd);
      close(kept_[fd - 1]);
    }
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int kept_[2];
};

// A folder that goes with all its files.
class Folder {
 public:
  Folder() {
    path_ = TemporaryName("verify");
    if (mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~Folder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Bytes {
  kernels::DataType type = kernels::DataType::kUndefined;
  std::string data;
};

// nullopt: the task that was to be looked at never ran.
std::optional<Bytes> ReadBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  int type = -1;
  file >> type;
  file.get();
  Bytes bytes;
  bytes.type = static_cast<kernels::DataType>(type);
  bytes.data.assign(std::istreambuf_iterator<char>(file), {});
  return bytes;
}

// A race of two tasks, where one at least writes.
bool IsPair(const Finding& finding) {
  if (finding.sites.size() != 2 || !finding.has_bytes) return false;
  const Site& a = finding.sites[0];
  const Site& b = finding.sites[1];
  const auto touches = [](const Site& site) {
    return site.deed == Deed::kReads || site.deed == Deed::kWrites;
  };
  return a.task != 0 && b.task != 0 && a.task != b.task && touches(a) &&
         touches(b) && (a.deed == Deed::kWrites || b.deed == Deed::kWrites);
}

PairSpec SpecOf(const Finding& finding, bool swap, const std::string& folder) {
  const bool in_order = finding.sites[0].task < finding.sites[1].task;
  const Site& first = finding.sites[in_order ? 0 : 1];
  const Site& second = finding.sites[in_order ? 1 : 0];
  PairSpec spec;
  spec.first = first.task;
  spec.second = second.task;
  spec.swap = swap;
  if (first.deed == Deed::kReads || second.deed == Deed::kReads) {
    spec.look = first.deed == Deed::kReads ? first.task : second.task;
    spec.before = true;
  } else {
    spec.look = swap ? first.task : second.task;  // the later one
  }
  spec.device = finding.device;
  spec.begin = finding.begin;
  spec.end = finding.end;
  spec.path = folder + (swap ? "/swapped" : "/ordered");
  return spec;
}

void RunOrdered(const Arguments& program, const PairSpec& spec,
                const std::string& trace) {
  std::remove(trace.c_str());  // a killed process leaves none of this name
  setenv("NPUEMU_VERIFY", spec.ToText().c_str(), 1);
  setenv("NPUEMU_TRACE", trace.c_str(), 1);
  setenv("NPUEMU_TRACE_FRESH", "1", 1);
  unsetenv("NPUEMU_TIMELINE");
  std::ostringstream nobody;
  const Silence silence;
  RunProgram("npuemu run", program, nobody);
}

// Whether the finding is still there in the run that has the wait.
bool Remains(const Finding& finding, const std::string& trace) {
  TraceFindings findings;
  if (!findings.Add(trace).ok()) return true;
  const std::string wanted = finding.Fingerprint();
  return std::any_of(findings.all().begin(), findings.all().end(),
                     [&](const Finding& other) {
                       return other.Fingerprint() == wanted;
                     });
}

std::string Describe(const ByteDiff& diff, const PairSpec& spec) {
  if (diff.differing == 0) {
    return absl::StrCat("  verified: the ", diff.elements, " ", diff.type,
                        " are equal in both orders (benign here)\n");
  }
  std::string text = absl::StrCat(
      "  verified: ", diff.differing, " of ", diff.elements, " ", diff.type,
      " differ between the orders",
      diff.has_ulp ? absl::StrCat(", by up to ", diff.max_ulp, " ulp") : "",
      spec.end - spec.begin > kMostComparedBytes ? " (of the first 64 MiB)"
                                                 : "",
      "\n");
  for (const ByteDiff::Element& element : diff.first) {
    absl::StrAppend(&text, "    [", element.index, "] ", element.a,
                    " if task ", spec.first, " runs first, ", element.b,
                    " if task ", spec.second, " does\n");
  }
  return text;
}

void VerifyOne(const Arguments& program, const std::string& folder,
               Finding* finding) {
  const PairSpec ordered = SpecOf(*finding, /*swap=*/false, folder);
  const PairSpec swapped = SpecOf(*finding, /*swap=*/true, folder);
  const std::string trace = folder + "/trace";
  RunOrdered(program, ordered, trace);
  const bool remains = Remains(*finding, trace);
  RunOrdered(program, swapped, trace);
  const auto a = ReadBytes(ordered.path);
  const auto b = ReadBytes(swapped.path);
  if (!a || !b) {
    finding->verified = absl::StrCat(
        "  not verified: task ", a ? swapped.look : ordered.look,
        " did not run with task ", a ? swapped.second : ordered.first,
        " first; the order of the program's threads may decide "
        "(--control-threads fixes it)\n");
  } else {
    const bool typed = a->type != kernels::DataType::kUndefined;
    const ByteDiff diff = Compare(typed ? a->type : b->type, a->data, b->data);
    finding->verified = Describe(diff, ordered);
    finding->benign = diff.differing == 0;
    absl::StrAppend(&finding->verified, "  the fix was tried: ",
                    remains ? "the finding is still there\n"
                            : "the finding is gone\n");
  }
  std::remove(ordered.path.c_str());
  std::remove(swapped.path.c_str());
}

}  // namespace

void VerifyRaces(const Arguments& program, TraceFindings* findings,
                 std::ostream& err) {
  const Folder folder;
  if (folder.path().empty()) {
    err << "npuemu run: --verify-races: cannot make a temporary folder\n";
    return;
  }
  size_t pairs = 0;
  const size_t wanted = static_cast<size_t>(std::count_if(
      findings->all().begin(), findings->all().end(), IsPair));
  for (Finding& finding : findings->all()) {
    if (!IsPair(finding)) continue;
    if (++pairs > kMostVerified) {
      finding.verified = absl::StrCat("  not verified: only the first ",
                                      kMostVerified, " races are\n");
      continue;
    }
    err << "npuemu run: verifying race " << pairs << " of "
        << std::min(wanted, kMostVerified) << std::endl;
    VerifyOne(program, folder.path(), &finding);
    err << ToText(finding);
  }
  if (pairs == 0) err << "npuemu run: no race of two tasks to verify\n";
  for (Finding& finding : findings->all()) {
    const bool race = finding.sites.size() == 2 && finding.has_bytes;
    if (!race || IsPair(finding) || !finding.verified.empty()) continue;
    finding.verified =
        "  not verified: one side is the host's; --schedule fifo and late give "
        "both orders\n";
  }
  // Listed apart, behind the others.
  std::stable_partition(findings->all().begin(), findings->all().end(),
                        [](const Finding& finding) { return !finding.benign; });
}

}  // namespace npuemu::cli
