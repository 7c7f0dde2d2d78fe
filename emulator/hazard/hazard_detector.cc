#include "emulator/hazard/hazard_detector.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "emulator/event/kinds.h"

namespace npuemu {
namespace {

constexpr uint64_t kTensorAlignment = 64;  // R81

}  // namespace

HazardDetector::HazardDetector(bool arrival, Tell tell)
    : arrival_(arrival),
      tell_(std::move(tell)),
      races_(arrival, [this](const Race& race) { OnRace(race); }),
      threads_(&races_.order(), &races_.calls(),
               [this](int rule, uint64_t other, uint64_t task) {
                 OnThreads(rule, other, task);
               }) {
  races_.WhenTouched([this](const RaceSite& site, int device, uint64_t begin,
                            uint64_t end) {
    OnTouched(site, device, begin, end);
  });
}

HazardDetector::~HazardDetector() {
  for (const auto& [object, notify] : notifies_) CheckNotify(notify);
  for (const auto& [id, stream] : streams_) CheckFailure(stream);
}

void HazardDetector::CheckFailure(const StreamState& stream) {
  if (stream.failed == 0) return;
  Found(43, "a task failed and nobody synchronised its stream afterwards",
        {SiteOfTask(stream.failed)},
        "synchronise the stream and check what it returns");
}

void HazardDetector::OnEvent(const Event& event) {
  if (event.kind == EventKind::kStreamDestroy) CheckDestroy(event);
  races_.OnEvent(event);
  threads_.OnEvent(event);
  switch (event.kind) {
    case EventKind::kAlloc:
      return allocations_.OnAlloc(event, races_.calls().Current());
    case EventKind::kFree:
      return allocations_.OnFree(event, races_.calls().Current());
    case EventKind::kDeviceReset: return allocations_.OnReset(event.device);
    case EventKind::kCaptured:
      return graphs_.OnCaptured(event, races_.calls().Current(),
                                allocations_.count());
    case EventKind::kReplayed: return graphs_.OnReplayed(event);
    case EventKind::kGraphDestroy: return graphs_.OnDestroy(event);
    case EventKind::kRead:
    case EventKind::kWrite: return CheckRange(event);
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kObjectCreate:
      if (event.b == kNotifyFamily) notifies_[event.a];
      return;
    case EventKind::kObjectDestroy: {
      records_.erase(event.a);
      const auto notify = notifies_.find(event.a);
      if (notify == notifies_.end()) return;
      CheckNotify(notify->second);
      notifies_.erase(notify);
      return;
    }
    case EventKind::kWait:
    case EventKind::kEffect: return OnSignal(event);
    case EventKind::kFault: return OnFault(event);
    case EventKind::kSync: return OnSync(event);
    case EventKind::kMisuse: return OnMisuse(event);
    case EventKind::kHostTouch: return OnHostTouch(event);
    default: return;
  }
}

bool HazardDetector::Awaited(uint64_t task) {
  const TaskRecord& record = races_.calls().Task(task);
  return record.task == 0 ||
         races_.order().Awaited(record.stream) >= record.place;
}

bool HazardDetector::AwaitedBy(int stream, uint64_t task) {
  const TaskRecord& record = races_.calls().Task(task);
  return record.task == 0 ||
         races_.order().AwaitedBy(stream, record.stream) >= record.place;
}

void HazardDetector::OnSubmit(const Event& event) {
  StreamState& stream = streams_[event.stream];
  stream.last_task = event.task;
  const TaskRecord& task = races_.calls().Task(event.task);
  if (task.kernel && StartsWith(task.call.name, "aclop")) {
    stream.last_single_op = task.place;
  }
}

void HazardDetector::OnSignal(const Event& event) {
  const uint64_t object = ObjectOf(event);
  if (object == 0) return;
  if (event.kind == EventKind::kEffect &&
      EffectOf(event) == EffectKind::kSet) {
    records_[object] = event.task;
  } else if (event.kind == EventKind::kWait) {
    const TaskRecord& record = races_.calls().Task(records_[object]);
    const auto recorder = streams_.find(record.stream);
    if (recorder != streams_.end() && record.stream != event.stream) {
      recorder->second.awaited_record = record.task;
      recorder->second.waiting = event.task;
    }
  }
  const auto notify = notifies_.find(object);
  if (notify == notifies_.end()) return;
  const bool waits = event.kind == EventKind::kWait;
  if (waits && WaitOf(event) == WaitKind::kConsume) ++notify->second.waits;
  if (!waits && EffectOf(event) == EffectKind::kSet) ++notify->second.records;
  notify->second.last = races_.calls().Current();
}

void HazardDetector::CheckNotify(const NotifyState& notify) {
  if (notify.records == notify.waits) return;
  Found(23, absl::StrCat("a notify was recorded ", notify.records,
                         " times for ", notify.waits, " waits"),
        {SiteOfCall(notify.last)}, "pair every record with one wait");
}

void HazardDetector::OnFault(const Event& event) {
  StreamState& stream = streams_[event.stream];
  if (stream.failed != 0) {
    Found(43, "a second task failed before the stream was synchronised: its "
              "error replaces the first",
          {SiteOfTask(stream.failed), SiteOfTask(event.task)},
          "synchronise the stream and check what it returns");
  }
  stream.failed = event.task;
}

void HazardDetector::OnSync(const Event& event) {
  if (!StartsWith(event.name, "aclrtSynchronize")) return;
  streams_[event.stream].failed = 0;
}

// DESTROY_PRE frees what queued single-op tasks use (R49, I10).
void HazardDetector::CheckDestroy(const Event& event) {
  const auto stream = streams_.find(event.stream);
  if (stream == streams_.end()) return;
  CheckFailure(stream->second);
  const uint64_t last = stream->second.last_single_op;
  const uint64_t task = stream->second.last_task;
  if (StartsWith(event.name, "aclrtDestroyStream") &&
      races_.order().Awaited(event.stream) < last) {
    Found(27, absl::StrCat("stream ", event.stream, " is destroyed before its "
                           "single-op tasks were awaited: their resources go "
                           "first"),
          {SiteOfTask(task), SiteOfCall(races_.calls().Current())},
          absl::StrCat("synchronise stream ", event.stream,
                       " before it is destroyed"));
  }
  streams_.erase(stream);
}

void HazardDetector::CheckRange(const Event& event) {
  if (event.device < 0) return;
  const bool write = event.kind == EventKind::kWrite;
  const RaceSite site{event.name, event.task,
                      races_.calls().Current().index, write, false};
  AllocationRecord* memory = allocations_.Find(event.device, event.a);
  const auto tell = [&](int rule, std::string message, std::string fix) {
    Finding finding;
    finding.rule = rule;
    finding.message = std::move(message);
    finding.sites.push_back(SiteOf(site));
    finding.fix = std::move(fix);
    AddMemory(event.device, event.a, event.b, &finding);
    tell_(std::move(finding));
  };
  if (memory != nullptr && event.a < memory->begin + memory->bytes) {
    const uint64_t limit = memory->begin + memory->bytes;
    if (CheckGraph(event, *memory)) return;
    if (memory->freed.index != 0) {
      tell(10, "a task uses memory that was freed before it was submitted",
           "free the memory after its last use");
    } else if (event.b > limit) {
      tell(11, absl::StrCat("an access ends ", event.b - limit,
                            " bytes behind its allocation"),
           "allocate what the operation touches");
    }
  } else if (event.task != 0) {
    tell(11, "an access lies outside of every allocation",
         "check address and offset");
  }
  const TaskRecord& task = races_.calls().Task(event.task);
  const KeptRecord* kept = graphs_.Of(event.task);
  // Operators of aclnn take views, which may begin at any element, also where
  // a graph repeats them.
  const CallRecord& by = kept == nullptr ? task.call : kept->by;
  if (task.kernel && event.a % kTensorAlignment != 0 &&
      !StartsWith(by.name, "aclnn")) {
    tell(12, absl::StrCat("a tensor begins at offset ", event.a,
                          ", no multiple of 64 bytes"),
         "begin every tensor at a multiple of 64 bytes (R81)");
  }
}

// H31: the memory that the graph was given is gone, or somebody else's by now.
bool HazardDetector::CheckGraph(const Event& event,
                                const AllocationRecord& memory) {
  const KeptRecord* kept = graphs_.Of(event.task);
  if (kept == nullptr) return false;
  const bool again = memory.number > kept->allocations;
  const CallRecord& freed = again ? memory.freed_before : memory.freed;
  if (freed.index == 0 || freed.index < kept->by.index) return false;
  Site by = SiteOfCall(freed);
  by.deed = Deed::kFrees;
  Finding finding;
  finding.rule = 31;
  finding.message = absl::StrCat(
      "graph ", kept->graph, " uses memory that was freed after its capture",
      again ? ", and that belongs to another allocation by now" : "");
  finding.sites = {SiteOfCall(kept->by), by, SiteOfTask(event.task)};
  finding.sites[2].argument = event.name;
  finding.fix = "free the memory behind the last execution of the graph, or "
                "capture again";
  AddMemory(event.device, event.a, event.b, &finding);
  tell_(std::move(finding));
  return true;
}

void HazardDetector::OnTouched(const RaceSite& site, int device,
                               uint64_t begin, uint64_t end) {
  if (device < 0 || site.frees) return;
  AllocationRecord* memory = allocations_.Find(device, begin);
  if (memory == nullptr || memory->freed.index != 0) return;
  end = std::min(end, memory->begin + memory->bytes);
  if (begin >= end) return;
  if (site.write) return memory->written.Add(begin, end);
  const uint64_t missing = memory->written.Missing(begin, end);
  if (missing == 0) return;
  memory->written.Add(begin, end);  // told once
  Finding finding;
  finding.rule = 13;
  finding.message = absl::StrCat(missing, " bytes are read that nobody wrote");
  finding.sites.push_back(SiteOf(site));
  finding.fix = "write or set the memory first";
  AddMemory(device, begin, end, &finding);
  tell_(std::move(finding));
}

// What holds only while somebody has not waited.
bool HazardDetector::IsMisused(const Event& event) {
  if (event.a == 8) {
    const auto stream = streams_.find(event.stream);
    return stream != streams_.end() && !Awaited(stream->second.last_task);
  }
  if (event.a == 29 && event.stream >= 0) {
    // Its own waits are dropped: nobody needs their records.
    for (auto& [id, other] : streams_) {
      const TaskRecord& waiting = races_.calls().Task(other.waiting);
      if (waiting.stream == event.stream) other.awaited_record = 0;
    }
    const auto found = streams_.find(event.stream);
    if (found == streams_.end()) return false;
    const StreamState& stream = found->second;
    return stream.awaited_record != 0 && !Awaited(stream.awaited_record) &&
           !Awaited(stream.waiting);
  }
  if (event.a == 40) {
    const auto [user, fresh] =
        allocator_users_.try_emplace(event.b, event.stream);
    const int before = std::exchange(user->second, event.stream);
    const auto other = streams_.find(before);
    return !fresh && before != event.stream && other != streams_.end() &&
           !Awaited(other->second.last_task);
  }
  return true;
}

void HazardDetector::OnMisuse(const Event& event) {
  if (!IsMisused(event)) return;
  std::vector<Site> sites;
  if (event.b != 0 && event.a != 40) sites.push_back(SiteOfTask(event.b));
  sites.push_back(SiteOfCall(races_.calls().Current()));
  Found(static_cast<int>(event.a), event.name, std::move(sites));
}

void HazardDetector::OnHostTouch(const Event& event) {
  const bool write = event.name[0] == 'w';
  CallRecord by;
  by.name = "the program itself";
  by.thread = event.b;
  by.caller = static_cast<uint32_t>(Nanoseconds(event.end));
  by.time = event.time;
  Site site = SiteOfCall(by);
  site.deed = write ? Deed::kWrites : Deed::kReads;
  Finding finding;
  finding.rule = write ? 6 : 15;
  finding.message = write ? "the host writes memory of a copy that it did not "
                            "wait for"
                          : "the host reads what a copy writes, before it "
                            "waited for the copy";
  finding.sites = {SiteOfTask(event.task), site};
  finding.fix = absl::StrCat("synchronise stream ", finding.sites[0].stream,
                             " before");
  AddMemory(-1, event.a, event.a + 1, &finding);
  tell_(std::move(finding));
}

void HazardDetector::OnThreads(int rule, uint64_t other, uint64_t task) {
  std::vector<Site> sites = {other != 0
                                 ? SiteOfTask(other)
                                 : SiteOfCall(races_.calls().Current())};
  if (task != 0) {
    sites.push_back(SiteOfTask(task));
  } else {
    sites.push_back(SiteOfCall(races_.calls().Current()));
  }
  const std::string stream = absl::StrCat("stream ", sites[0].stream);
  const std::string fix = "give each thread its own stream, or order the "
                          "calls with a lock";
  switch (rule) {
    case 2:
      return Found(2, absl::StrCat(stream, " is used by two threads that "
                                   "nothing orders: the order of their tasks "
                                   "is not fixed"), std::move(sites), fix);
    case 3:
      return Found(3, absl::StrCat("aclop calls of two threads on ", stream,
                                   " may overlap: single-op state is not "
                                   "thread-safe"), std::move(sites), fix);
    case 4:
      return Found(4, absl::StrCat("aclop calls of two threads on default ",
                                   stream, " may overlap: single-op state is "
                                   "not thread-safe"), std::move(sites), fix);
    case 9:
      return Found(9, absl::StrCat("a call submits several tasks to ", stream,
                                   "; a thread that nothing orders may submit "
                                   "between them"), std::move(sites), fix);
    default:
      return Found(rule, "a wait binds to a record of another thread that "
                         "nothing orders: it may bind to an earlier one",
                   std::move(sites), "order the record's call before the "
                                     "wait's");
  }
}

void HazardDetector::Found(int rule, std::string message,
                           std::vector<Site> sites, std::string fix) {
  Finding finding;
  finding.rule = rule;
  finding.message = std::move(message);
  finding.sites = std::move(sites);
  finding.fix = std::move(fix);
  tell_(std::move(finding));
}

}  // namespace npuemu
