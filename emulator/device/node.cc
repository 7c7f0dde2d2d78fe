#include "emulator/device/node.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/base/injection.h"
#include "emulator/base/intern.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"
#include "emulator/device/host_watch.h"
#include "emulator/device/pair_order.h"
#include "emulator/device/tsan_streams.h"
#include "emulator/hazard/findings.h"
#include "emulator/hazard/hazard_detector.h"
#include "emulator/replay/replayer.h"
#include "emulator/task/checksum.h"
#include "emulator/trace/recorder.h"

namespace npuemu {

absl::StatusOr<std::unique_ptr<Node>> Node::Create(const Config& config) {
  const SocProfile* soc = FindSoc(config.soc);
  if (soc == nullptr) {
    return FaultError(Fault::kInvalidParam,
                      absl::StrCat("--soc (NPUEMU_SOC) is \"", config.soc,
                                   "\"; expected one of: ", SocNames()));
  }
  DeviceMemory::Options options;
  options.devices = static_cast<int>(config.devices);
  options.bytes_per_device = soc->memory_bytes;
  options.host_memory_cap = config.host_memory;
  options.poison = config.poison;
  ASSIGN_OR_RETURN(auto memory, DeviceMemory::Create(options));
  std::shared_ptr<Replayer> replayer;
  if (!config.replay.empty()) {
    ASSIGN_OR_RETURN(replayer, Replayer::Open(config));
  }
  std::unique_ptr<Node> node(
      new Node(config, *soc, std::move(memory), replayer));
  ASSIGN_OR_RETURN(Injection injection, Injection::Parse(config.inject));
  node->injection_ = std::make_unique<Injection>(std::move(injection));
  if (!config.verify.empty()) {
    ASSIGN_OR_RETURN(PairSpec pair, PairSpec::Parse(config.verify));
    node->pair_order_ =
        std::make_unique<PairOrder>(node.get(), std::move(pair));
  }
  if (!config.timeline.empty()) {
    ASSIGN_OR_RETURN(auto timeline, TextTrace(config.timeline));
    node->log_.AddObserver(std::move(timeline));
  }
  if (replayer != nullptr) {
    node->log_.AddObserver(Replayer::MakeComparison(replayer));
  }
  RETURN_IF_ERROR(node->StartRecording());
  RETURN_IF_ERROR(node->StartChecking());
  return node;
}

namespace {

std::unique_ptr<Policy> PolicyOf(const Config& config,
                                 const std::shared_ptr<Replayer>& replayer) {
  auto policy = MakePolicy(config.schedule, static_cast<int>(config.pct_depth));
  if (replayer == nullptr) return policy;
  return Replayer::MakeReplayPolicy(replayer, std::move(policy));
}

std::unique_ptr<Turns> TurnsOf(const std::shared_ptr<Replayer>& replayer,
                               EventLog* log) {
  if (replayer == nullptr) return std::make_unique<Turns>(log);
  return Replayer::MakeReplayTurns(replayer, log);
}

// Picks among host threads come from whichever thread decides.
std::shared_ptr<TraceWriter>& PickWriter() {
  static auto& writer = *new std::shared_ptr<TraceWriter>();
  return writer;
}

void RecordPick(uint64_t, int thread, int runnable, const char* label) {
  Event event;
  event.kind = EventKind::kPick;
  event.name = label;
  event.a = static_cast<uint64_t>(thread);
  event.b = static_cast<uint64_t>(runnable);
  PickWriter()->Write(event);
}

}  // namespace

absl::Status Node::StartRecording() {
  if (config_.trace.empty() && config_.replay.empty()) return absl::OkStatus();
  log_.Record();
  executor_.SetChecksum(
      [this](const Task& task) { return ChecksumOf(*memory_, task.writes); });
  if (config_.trace.empty()) return absl::OkStatus();
  const bool fresh = std::getenv("NPUEMU_TRACE_FRESH") != nullptr;
  ASSIGN_OR_RETURN(std::shared_ptr<TraceWriter> writer,
                   TraceWriter::Create(config_.trace, HeaderOf(config_),
                                       config_.trace_limit, fresh));
  if (HostHooks().controlled) {
    writer->Share();
    PickWriter() = writer;
    HostHooks().on_decision(&RecordPick);
  }
  log_.AddObserver(std::make_unique<Recorder>(std::move(writer)));
  return absl::OkStatus();
}

namespace {

// Whom the host threads' observer tells; one node lives at a time.
std::atomic<Node*> g_observed{nullptr};

}  // namespace

// With --check none too: then the log tells what the observer needs.
void Node::StartTsan() {
  if (!tsan::Active()) return;
  log_.Check();
  auto streams = std::make_unique<TsanStreams>([this](uint64_t address) {
    return memory_->IsDeviceAddress(address);
  });
  tsan_ = streams.get();
  scheduler_.WhenSubmitted([this](const Task& task) {
    if (tsan_ != nullptr) tsan_->OnSubmitted(task);
  });
  log_.AddObserver(std::move(streams));
}

void Node::TouchNow(const MemoryRange& range, bool write) {
  if (tsan_ != nullptr) tsan_->OnHostAccess(range.begin, range.end, write);
}

absl::Status Node::StartChecking() {
  StartTsan();
  const bool reports =
      !config_.report_dir.empty() || config_.fail_on != "never";
  if (reports && !HostHooks().observed) {
    std::fputs("npuemu: --report-dir and --fail-on have no effect: this "
               "program was not started by npuemu run\n", stderr);
  }
  const Checks checks(config_.check);
  if (checks.none()) return absl::OkStatus();
  ASSIGN_OR_RETURN(Suppressions suppressions,
                   Suppressions::Load(config_.suppressions));
  log_.Check();
  scheduler_.LogAccesses(
      [this](MemoryRange* rest, uint64_t* bytes) {
        return TakePiece(rest, bytes);
      });
  findings_ =
      std::make_unique<Findings>(checks, std::move(suppressions), stderr);
  const bool observed = HostHooks().observed;
  auto detector = std::make_unique<HazardDetector>(
      /*arrival=*/!observed,
      [this](Finding&& finding) { findings_->Add(std::move(finding)); });
  detector_ = detector.get();
  if (checks.Has(Check::kHost)) {
    host_watch_ = std::make_unique<HostWatch>(&host_memory_, checks.pages());
  }
  log_.AddObserver(std::move(detector));
  if (!observed) return absl::OkStatus();
  g_observed = this;
  HostHooks().on_edge([](bool acquire, const void* object, int thread) {
    Node* node = g_observed;
    if (node != nullptr) node->Observe(acquire, object, thread);
  });
  return absl::OkStatus();
}

// Called outside of all calls of the thread (host_hooks.h).
void Node::Observe(bool acquire, const void* object, int thread) {
  if (thread < 0) return;
  Event event;
  event.kind = EventKind::kEdge;
  event.a = reinterpret_cast<uint64_t>(object);
  event.b = static_cast<uint64_t>(thread) << 1 | (acquire ? 1 : 0);
  const Lock lock(mutex_);
  if (detector_ != nullptr) log_.AppendAside(event);
}

void Node::NoteChanged(const WatchedRange& range) {
  Event event;
  event.kind = EventKind::kMisuse;
  event.time = scheduler_.committed();
  event.name = range.gone
                   ? "the program unmapped the memory of a copy before it "
                     "waited for the copy"
               : range.source
                   ? "the host changed the source of a copy before it waited "
                     "for the copy"
                   : "the host wrote the destination of a copy before it "
                     "waited for the copy";
  event.a = range.gone ? 10 : 6;
  event.b = range.task;
  log_.Append(event);
}

void Node::EndWatches() {
  if (host_watch_ == nullptr) return;
  EndWatchesBeforeFlags();
  host_watch_->EndAwaited(
      [this](uint64_t task) { return detector_->Awaited(task); },
      [this](const WatchedRange& range) { NoteChanged(range); });
}

// Who saw a flag knows what its stream knew.
void Node::EndWatchesBeforeFlags() {
  for (const int stream : host_watch_->TakeFlags()) {
    host_watch_->EndAwaited(
        [&](uint64_t task) { return detector_->AwaitedBy(stream, task); },
        [this](const WatchedRange& range) { NoteChanged(range); });
  }
}

bool Node::OnHostTouch(uint64_t address, bool write, const void* place) {
  if (host_watch_ == nullptr || !host_watch_->pages()) return false;
  if (host_memory_.Find(reinterpret_cast<const void*>(address)) == nullptr) {
    return false;
  }
  EndWatchesBeforeFlags();
  const auto range = host_watch_->OnTouch(address);
  if (range == nullptr || InHostFunction()) return true;
  const Argument begin = Canonical(address);
  Event event;
  event.kind = EventKind::kHostTouch;
  event.task = range->task;
  event.time = scheduler_.committed();
  event.end = SimTime(SimDuration(static_cast<int64_t>(callers_.IdOf(place))));
  event.name = write ? "write" : "read";
  event.a = begin.value;
  const int id = HostHooks().thread();
  event.b = static_cast<uint64_t>(id < 0 ? 0 : id);
  log_.AppendAside(event);
  return true;
}

Node::Node(const Config& config, const SocProfile& soc,
           std::unique_ptr<DeviceMemory> memory,
           std::shared_ptr<Replayer> replayer)
    : config_(config),
      soc_(soc),
      log_(static_cast<size_t>(config.event_log)),
      callers_(&log_),
      full_stacks_(config.stacks == "full"),
      turns_(TurnsOf(replayer, &log_)),
      costs_(soc, static_cast<int>(config.devices)),
      executor_(static_cast<int>(config.threads)),
      memory_(std::move(memory)),
      host_memory_(/*aliased=*/Checks(config.check).pages()),
      scheduler_(&log_, turns_.get(), PolicyOf(config, replayer), &costs_,
                 &executor_, static_cast<uint64_t>(config.seed)),
      devices_(static_cast<size_t>(config.devices)) {
  for (size_t i = 0; i < devices_.size(); ++i) {
    devices_[i].id = static_cast<int>(i);
  }
  helper_ = std::make_unique<HelperThread>(this);
  helper_->DriveWhenAsked();
  if (config_.control_threads && !HostHooks().controlled) {
    std::fputs("npuemu: --control-threads has no effect: this program was not "
               "started by npuemu run\n",
               stderr);
  }
}

Node::~Node() {
  Node* self = this;
  g_observed.compare_exchange_strong(self, nullptr);
  helper_->StopDriving();
  helper_.reset();
}

absl::StatusOr<Device*> Node::FindDevice(int id) {
  if (id < 0 || id >= device_count()) {
    return FaultError(
        Fault::kRtInvalidDeviceid,
        absl::StrCat("value ", id, " for parameter deviceId is invalid. "
                     "Expected value: [0, ", device_count(), ")"));
  }
  return &devices_[static_cast<size_t>(id)];
}

std::unique_ptr<HostThread> Node::MakeThread() {
  const std::lock_guard<std::mutex> guard(mutex_);
  auto thread = std::make_unique<HostThread>();
  // By creation where somebody sees it; threads of ours and oneTBB's come
  // behind them.
  constexpr int kOthers = 1 << 16;
  const bool observed = HostHooks().observed;
  const int id = HostHooks().thread();
  thread->id = id >= 0 ? id : next_thread_id_++ + (observed ? kOthers : 0);
  return thread;
}

void Node::Finish() {
  Lock lock(mutex_);
  turns_->Take(lock, kActorHelper);
  scheduler_.DriveAll(lock, scheduler_.committed());
  const int unchecked =
      detector_ == nullptr ? -1 : detector_->unchecked_stream();
  detector_ = nullptr;
  tsan_ = nullptr;
  host_watch_ = nullptr;
  log_.DropObservers();
  if (findings_ == nullptr) return;
  findings_->Finish();
  if (unchecked < 0) return;
  std::fprintf(stderr,
               "npuemu: several threads use stream %d; what orders them was "
               "not checked: start the program with npuemu run\n",
               unchecked);
}

void Node::Changed() {
  ++changes_;
  if (blocked_ > 0) changed_.notify_all();
  HostHooks().wake();  // cheap if nobody waits
}

uint64_t Node::TakeStreamAddress() {
  constexpr uint64_t kBytesOfAStream = 0x400;
  if (free_stream_addresses_.empty()) {
    return next_stream_address_ += kBytesOfAStream;
  }
  const uint64_t address = free_stream_addresses_.back();
  free_stream_addresses_.pop_back();
  return address;
}

void Node::GiveBackStreamAddress(uint64_t address) {
  free_stream_addresses_.push_back(address);
}

namespace {

// The place where another controlled thread may run first.
Lock EnterNode(std::mutex& mutex, const char* label) {
  const NpuemuHostHooks& hooks = HostHooks();
  hooks.switch_point(label);
  hooks.enter();
  return Lock(mutex);
}

}  // namespace

SimTime ProgramClock() {
  return SimTime(SimDuration(HostHooks().clock()));
}

void SetProgramClock(SimTime time) {
  HostHooks().set_clock(static_cast<uint64_t>(Nanoseconds(time)));
}

namespace {

thread_local bool t_in_host_function = false;
thread_local int t_calls = 0;

}  // namespace

bool InCall() { return t_calls > 0 && !t_in_host_function; }

bool InHostFunction() { return t_in_host_function; }
void SetInHostFunction(bool inside) { t_in_host_function = inside; }

Call::Call(Node& n, HostThread& t, const char* call_name, const void* caller)
    : node(n), thread(t), name(call_name),
      lock(EnterNode(n.mutex_, call_name)) {
  ++node.calls_;
  ++t_calls;
  node.turns().Take(lock, Actor());
  thread.clock = std::max(thread.clock, ProgramClock());
  now = std::max(thread.clock, node.scheduler_.committed());
  // First: what the call decides stands behind it in the log.
  Event event;
  event.kind = EventKind::kCall;
  event.time = now;
  event.name = name;
  event.a = static_cast<uint64_t>(thread.id);
  if (node.log_.checking()) {
    event.b = node.callers_.IdOf(caller);
    if (node.full_stacks_) node.callers_.TellStack(event.a, caller);
  }
  node.log_.Append(event);
  if (node.log_.checking() && InHostFunction()) {
    Misuse(41, "an ACL function is called from a host function: it may fail or "
               "never return (R112)");
  }
  node.scheduler_.AdvanceTo(lock, now);
}

Call::~Call() {
  node.scheduler_.Settle(lock, now);
  thread.clock = now + CostModel::kCall;
  --node.calls_;
  --t_calls;
  node.Changed();
  if (node.scheduler_.HasDeferred()) node.helper_->Wake();
  lock.unlock();
  SetProgramClock(thread.clock);
  HostHooks().leave();
}

void Call::SwitchPoint(const char* label) {
  const NpuemuHostHooks& hooks = HostHooks();
  if (!hooks.controlled) return;
  node.scheduler_.Settle(lock, now);
  --node.calls_;
  lock.unlock();
  hooks.leave();
  lock = EnterNode(node.mutex_, label);
  ++node.calls_;
  node.turns().Take(lock, Actor());
  now = std::max(now, node.scheduler_.committed());
}

Argument Node::Canonical(uint64_t address) {
  const int device = memory_->DeviceOf(address);
  if (device >= 0) {
    return {ArgumentKind::kDevice, static_cast<int16_t>(device),
            memory_->OffsetOf(address)};
  }
  const HostBlock* block =
      host_memory_.Find(reinterpret_cast<const void*>(address));
  if (block == nullptr) return {ArgumentKind::kHost, -1, 0};
  return {ArgumentKind::kPinned, -1,
          block->id << 40 | (address - block->base)};
}

Argument Node::TakePiece(MemoryRange* rest, uint64_t* bytes) {
  const uint64_t begin = rest->begin;
  rest->begin = std::min(rest->end, memory_->PieceEnd(begin));
  *bytes = rest->begin - begin;
  return Canonical(begin);
}

void Call::LogAccess(EventKind kind, const MemoryRange& range,
                     const char* argument) {
  Event event;
  event.kind = kind;
  event.time = now;
  event.name = argument;
  node.scheduler_.LogPieces(range, &event);
}

void Call::LogDescriptor(bool change, const void* handle) {
  Event event;
  event.kind = change ? EventKind::kWrite : EventKind::kRead;
  event.device = kDescPlace;
  event.time = now;
  event.name = "descriptor";
  event.a = reinterpret_cast<uint64_t>(handle) >> 4 & 0xffffffffffff;
  event.b = event.a + 1;
  node.log_.Append(event);
}

void Call::Misuse(int rule, std::string_view text, int stream,
                  uint64_t detail) {
  Event event;
  event.kind = EventKind::kMisuse;
  event.stream = stream;
  event.time = now;
  event.name = Intern(text);
  event.a = static_cast<uint64_t>(rule);
  event.b = detail;
  node.log_.Append(event);
}

void Call::Log(EventKind kind, int device, int stream, uint64_t a,
               uint64_t b) {
  Event event;
  event.kind = kind;
  event.device = static_cast<int16_t>(device);
  event.stream = stream;
  event.time = now;
  event.name = name;
  event.a = a;
  event.b = b;
  node.log_.Append(event);
  const bool waited =
      kind == EventKind::kSync || kind == EventKind::kStreamDestroy;
  if (waited) node.EndWatches();
}

}  // namespace npuemu
