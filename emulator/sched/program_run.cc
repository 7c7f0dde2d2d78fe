#include "emulator/sched/program_run.h"

namespace npuemu {

bool ProgramRun::Issue(size_t i) {
  const SmallOp& op = program_.ops[i];
  const auto object = static_cast<size_t>(op.object);
  switch (op.kind) {
    case SmallOp::kRecord:
      latest_[op.object] = std::make_shared<Signal>();
      return Submit(i, WaitKind::kNone, nullptr, EffectKind::kSet,
                    latest_[op.object], 1 + op.object);
    case SmallOp::kWait:
      if (latest_.count(op.object) == 0) return true;
      return Submit(i, WaitKind::kLevel, latest_[op.object],
                    EffectKind::kNone, nullptr, 1 + op.object);
    case SmallOp::kLevelRecord:
      return Submit(i, WaitKind::kNone, nullptr, EffectKind::kSet,
                    levels_[object], 3 + op.object);
    case SmallOp::kLevelWait:
      return Submit(i, WaitKind::kLevel, levels_[object], EffectKind::kNone,
                    nullptr, 3 + op.object);
    case SmallOp::kLevelReset:
      return Submit(i, WaitKind::kNone, nullptr, EffectKind::kReset,
                    levels_[object], 3 + op.object);
    case SmallOp::kNotifyRecord:
      return Submit(i, WaitKind::kNone, nullptr, EffectKind::kSet,
                    notifies_[object], 5 + op.object);
    case SmallOp::kNotifyWait:
      return Submit(i, WaitKind::kConsume, notifies_[object],
                    EffectKind::kNone, nullptr, 5 + op.object);
    case SmallOp::kValueWait:
      return Submit(i, WaitKind::kValue, nullptr, EffectKind::kNone, nullptr,
                    0);
    case SmallOp::kCallback:
      return Callback(i);
    case SmallOp::kSync:
      return Sync(op.stream);
    default:
      return Submit(i, WaitKind::kNone, nullptr, EffectKind::kNone, nullptr,
                    0);
  }
}

bool ProgramRun::Submit(size_t i, WaitKind wait,
                        std::shared_ptr<Signal> wait_for, EffectKind effect,
                        std::shared_ptr<Signal> target, int object) {
  constexpr Unit kUnits[] = {Unit::kVector, Unit::kCopyIn, Unit::kControl};
  Task task;
  task.name = "small";
  task.cost = SimDuration(static_cast<int64_t>(prng_.Below(3000)));
  task.unit = kUnits[prng_.Below(3)];
  task.wait = ignore_waits_ ? WaitKind::kNone : wait;
  task.wait_for = std::move(wait_for);
  task.effect = effect;
  task.target = std::move(target);
  task.object = static_cast<uint32_t>(object);
  const SmallOp op = program_.ops[i];
  if (op.kind == SmallOp::kKernel && !accesses_.empty()) {
    task.reads = accesses_[i].reads;
    task.writes = accesses_[i].writes;
  }
  if (op.kind == SmallOp::kValueWrite) {
    task.effect = EffectKind::kPublish;
    task.writes.push_back(WordOf(op.object));
  }
  if (op.kind == SmallOp::kValueWait) {
    task.reads.push_back(WordOf(op.object));
  }
  bool* value = &values_[op.object];
  if (op.kind == SmallOp::kValueWait) {
    task.Hooks().value_ready = [value] { return *value; };
  }
  task.body = [this, i, op, value] {
    *value |= op.kind == SmallOp::kValueWrite;
    order_.push_back(static_cast<char>('a' + i));
    return Fault::kNone;
  };
  scheduler_.Submit(lock_, Queue(op.stream), std::move(task), now_);
  return true;
}

// Its letter stands for the third task, which opens the stream again.
bool ProgramRun::Callback(size_t i) {
  const int stream = program_.ops[i].stream;
  const auto signal = callback_signals_[static_cast<size_t>(stream)];
  Task deliver;
  deliver.unit = Unit::kHost;
  deliver.effect = EffectKind::kDeliver;
  deliver.target = signal;
  deliver.Hooks().on_decided = [this, signal](const Task& task) {
    Event event;
    event.kind = EventKind::kCallback;
    event.stream = task.queue->id;
    event.task = task.id;
    event.time = task.end;
    event.b = signal->id;
    log_.set_actor(kActorContext + static_cast<uint64_t>(event.stream));
    log_.Append(event);
    log_.set_actor(0);
    signal->returns.push_back(task.end);
    scheduler_.HostReturned(signal);
  };
  scheduler_.Submit(lock_, Queue(stream), std::move(deliver), now_);
  Task wait;
  wait.wait = WaitKind::kLevel;
  wait.wait_for = signal;
  scheduler_.Submit(lock_, Queue(stream), std::move(wait), now_);
  return Submit(i, WaitKind::kNone, nullptr, EffectKind::kReset, signal, 0);
}

bool ProgramRun::Sync(int stream) {
  StreamQueue* queue = Queue(stream);
  Goal goal;
  goal.roots.push_back({queue, queue->submitted});
  if (scheduler_.Drive(lock_, goal, now_) != Scheduler::Outcome::kReached) {
    return false;
  }
  now_ = std::max(now_, queue->last_end);
  Event event;
  event.kind = EventKind::kSync;
  event.stream = stream;
  event.time = now_;
  event.a = queue->submitted;
  log_.Append(event);
  return true;
}

}  // namespace npuemu
