#include "emulator/device/node.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"
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
  if (!config.timeline.empty()) {
    ASSIGN_OR_RETURN(auto timeline, TextTrace(config.timeline));
    node->log_.AddObserver(std::move(timeline));
  }
  if (replayer != nullptr) {
    node->log_.AddObserver(Replayer::MakeComparison(replayer));
  }
  RETURN_IF_ERROR(node->StartRecording());
  node->StartChecking();
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

void Node::StartChecking() {
  if (config_.check == "none") return;
  log_.Check();
  scheduler_.LogAccesses(
      [this](uint64_t address) { return Canonical(address); });
  findings_ = std::make_unique<Findings>(stderr);
  log_.AddObserver(std::make_unique<RaceDetector>(
      /*arrival=*/true,
      [this](const Race& race) { findings_->Add(race); }));
}

Node::Node(const Config& config, const SocProfile& soc,
           std::unique_ptr<DeviceMemory> memory,
           std::shared_ptr<Replayer> replayer)
    : config_(config),
      soc_(soc),
      log_(static_cast<size_t>(config.event_log)),
      turns_(TurnsOf(replayer, &log_)),
      costs_(soc, static_cast<int>(config.devices)),
      executor_(static_cast<int>(config.threads)),
      memory_(std::move(memory)),
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
  log_.DropObservers();
  if (findings_ != nullptr) findings_->Finish();
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

Call::Call(Node& n, HostThread& t, const char* call_name)
    : node(n), thread(t), name(call_name),
      lock(EnterNode(n.mutex_, call_name)) {
  ++node.calls_;
  node.turns().Take(lock, Actor());
  thread.clock = std::max(thread.clock, ProgramClock());
  now = std::max(thread.clock, node.scheduler_.committed());
  // First: what the call decides stands behind it in the log.
  Event event;
  event.kind = EventKind::kCall;
  event.time = now;
  event.name = name;
  event.a = static_cast<uint64_t>(thread.id);
  node.log_.Append(event);
  node.scheduler_.AdvanceTo(lock, now);
}

Call::~Call() {
  node.scheduler_.Settle(lock, now);
  thread.clock = now + CostModel::kCall;
  --node.calls_;
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
    const uint64_t base = memory_->address_space().device_base +
                          static_cast<uint64_t>(device) * kDeviceStride;
    return {ArgumentKind::kDevice, static_cast<int16_t>(device),
            address - base};
  }
  const HostBlock* block =
      host_memory_.Find(reinterpret_cast<const void*>(address));
  if (block == nullptr) return {ArgumentKind::kHost, -1, 0};
  return {ArgumentKind::kPinned, -1,
          block->id << 40 | (address - block->base)};
}

void Call::LogAccess(EventKind kind, const MemoryRange& range) {
  const Argument place = node.Canonical(range.begin);
  if (place.kind == ArgumentKind::kHost) return;
  Log(kind, place.device, -1, place.value,
      place.value + (range.end - range.begin));
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
}

}  // namespace npuemu
