#include "emulator/device/node.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"

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
  std::unique_ptr<Node> node(new Node(config, *soc, std::move(memory)));
  if (!config.trace.empty()) {
    ASSIGN_OR_RETURN(auto trace, TextTrace(config.trace));
    node->log_.AddObserver(std::move(trace));
  }
  return node;
}

Node::Node(const Config& config, const SocProfile& soc,
           std::unique_ptr<DeviceMemory> memory)
    : config_(config),
      soc_(soc),
      log_(static_cast<size_t>(config.event_log)),
      costs_(soc, static_cast<int>(config.devices)),
      executor_(static_cast<int>(config.threads)),
      memory_(std::move(memory)),
      scheduler_(&log_,
                 MakePolicy(config.schedule,
                            static_cast<int>(config.pct_depth)),
                 &costs_, &executor_, static_cast<uint64_t>(config.seed)),
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
  scheduler_.DriveAll(lock, scheduler_.committed());
  log_.DropObservers();
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
  thread.clock = std::max(thread.clock, ProgramClock());
  now = std::max(thread.clock, node.scheduler_.committed());
  node.scheduler_.AdvanceTo(lock, now);
  Event event;
  event.kind = EventKind::kCall;
  event.time = now;
  event.name = name;
  event.a = static_cast<uint64_t>(thread.id);
  node.log_.Append(event);
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
  now = std::max(now, node.scheduler_.committed());
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
