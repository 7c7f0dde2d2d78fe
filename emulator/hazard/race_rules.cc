// Which hazard of the catalogue a race is, and how it is told.

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "emulator/hazard/hazard_detector.h"

namespace npuemu {
namespace {

struct Words {
  int rule;
  const char* message;
};

constexpr Words kWords[] = {
    {5, "nothing orders two accesses of the same bytes"},
    {6, "the host writes memory of a copy that is not complete"},
    {7, "a copy with pageable memory is no task of its stream: nothing orders "
        "it and a task of another thread"},
    {8, "aclrtMemsetAsync on host memory runs at once, not in its stream"},
    {10, "memory is freed that a task still uses"},
    {15, "the host reads what a task writes, before it is synchronised"},
    {16, "aclrtSynchronizeDevice waits for the streams of the current context "
         "only"},
    {17, "a default stream orders nothing on other streams"},
    {19, "an event is reset by a task that nothing orders behind the wait"},
    {20, "it is destroyed while a stream waits for it"},
    {24, "a value wait was satisfied, but the data was written by a task that "
         "nothing orders"},
    {39, "aclop calls of two threads share a descriptor, which matching "
         "changes (R128)"},
    {40, "two streams use one workspace and nothing orders them"},
};

const char* MessageOf(int rule) {
  for (const Words& words : kWords) {
    if (words.rule == rule) return words.message;
  }
  return "";
}

std::string Sync(const Site& task) {
  return absl::StrCat("synchronise stream ", task.stream, " after task ",
                      task.task);
}

// The smallest fix: the wait that is missing.
std::string FixOf(const Site& a, const Site& b) {
  if (a.task == 0 && b.task == 0) {
    return absl::StrCat("order thread ", a.thread, " and thread ", b.thread);
  }
  if (a.task == 0 || b.task == 0) {
    const Site& task = a.task != 0 ? a : b;
    const Site& host = a.task != 0 ? b : a;
    return absl::StrCat(Sync(task), " before ", host.call);
  }
  const Site& first = a.task < b.task ? a : b;
  const Site& second = a.task < b.task ? b : a;
  return absl::StrCat("record an event on stream ", first.stream,
                      " after task ", first.task, " and make stream ",
                      second.stream, " wait for it before task ", second.task);
}

// The part of an asynchronous call that the host did itself.
bool AtOnce(const Site& site, const char* prefix) {
  return site.task == 0 && absl::StartsWith(site.call, prefix) &&
         absl::StrContains(site.call, "Async");
}

}  // namespace

// The most telling one; H5 is what is left.
int HazardDetector::RuleOf(const Race& race) const {
  if (race.device == kDescPlace) return 39;
  if (race.device == kObjectPlace && race.begin >= kFirstGroupObject) return 5;
  if (race.device == kObjectPlace) {
    return race.earlier.frees || race.later.frees ? 20 : 19;
  }
  if (race.earlier.frees || race.later.frees) return 10;
  const Site a = SiteOf(race.earlier);
  const Site b = SiteOf(race.later);
  if (AtOnce(a, "aclrtMemset") || AtOnce(b, "aclrtMemset")) return 8;
  if (AtOnce(a, "aclrtMemcpy") || AtOnce(b, "aclrtMemcpy")) return 7;
  const TaskRecord& last = races_.calls().Task(std::max(a.task, b.task));
  const uint64_t first = std::min(a.task, b.task);
  const bool tasks = first != 0;
  if (tasks && last.call.synchronised >= first) return 16;
  if (!tasks && (a.task != 0 || b.task != 0)) {
    const RaceSite& host = a.task == 0 ? race.earlier : race.later;
    if (races_.calls().Call(host.call).synchronised >= last.task) return 16;
    if (!host.write) return 15;
    return race.device < 0 ? 6 : 5;
  }
  if (!tasks) return 5;
  const bool workspaces = std::strcmp(a.argument, "workspace") == 0 &&
                          std::strcmp(b.argument, "workspace") == 0;
  if (workspaces) return 40;
  if (last.behind_value || races_.calls().Task(first).behind_value) return 24;
  const bool on_default = races_.calls().IsDefaultStream(a.stream) ||
                          races_.calls().IsDefaultStream(b.stream);
  return on_default ? 17 : 5;
}

void HazardDetector::OnRace(const Race& race) {
  Finding finding;
  finding.rule = RuleOf(race);
  finding.message = MessageOf(finding.rule);
  finding.sites = {SiteOf(race.earlier), SiteOf(race.later)};
  finding.fix = FixOf(finding.sites[0], finding.sites[1]);
  if (race.device >= -1) {
    AddMemory(race.device, race.begin, race.end, &finding);
  }
  tell_(std::move(finding));
}

Site HazardDetector::SiteOfCall(const CallRecord& call) const {
  Site site;
  site.call = call.name;
  site.thread = call.thread;
  site.time = call.time;
  const auto code_of = [&](uint32_t caller) {
    CodeSite code;
    code.place = races_.calls().Place(caller);
    const char* module = races_.calls().Module(caller, &code.offset);
    if (module != nullptr) code.module = module;
    return code;
  };
  site.code = code_of(call.caller);
  const std::vector<uint32_t> stack = races_.calls().Stack(call.frame);
  for (size_t i = 1; i < stack.size(); ++i) {
    site.callers.push_back(code_of(stack[i]));
  }
  return site;
}

Site HazardDetector::SiteOfTask(uint64_t task) const {
  const TaskRecord& record = races_.calls().Task(task);
  Site site = SiteOfCall(record.call);
  site.deed = Deed::kSubmits;
  site.task = task;
  site.op = record.name;
  site.stream = record.stream;
  return site;
}

Site HazardDetector::SiteOf(const RaceSite& race) const {
  const bool host = race.task == 0;
  Site site = host ? SiteOfCall(races_.calls().Call(race.call))
                   : SiteOfTask(race.task);
  site.deed = race.frees   ? Deed::kFrees
              : race.write ? Deed::kWrites
                           : Deed::kReads;
  const char* other = host ? site.call : site.op;
  if (std::strcmp(race.name, other) != 0) site.argument = race.name;
  return site;
}

void HazardDetector::AddMemory(int device, uint64_t begin, uint64_t end,
                               Finding* finding) {
  finding->has_bytes = true;
  finding->device = device;
  finding->begin = begin;
  finding->end = end;
  const AllocationRecord* memory = allocations_.Find(device, begin);
  if (memory == nullptr) return;
  finding->block.number = memory->number;
  finding->block.begin = memory->begin;
  finding->block.bytes = memory->bytes;
  finding->block.made = SiteOfCall(memory->made);
  finding->block.freed = SiteOfCall(memory->freed);
}

}  // namespace npuemu
