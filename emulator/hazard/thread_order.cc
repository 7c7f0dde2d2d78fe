#include "emulator/hazard/thread_order.h"

#include "emulator/event/kinds.h"

namespace npuemu {
namespace {

constexpr uint64_t kFixedFamily = 2; // of kObjectCreate
constexpr size_t kMostSegments = 1 << 16;
// The first piece of a call that submits several tasks (R90).
constexpr uint64_t kPiece = uint64_t{64} << 20;

bool IsSingleOp(const char* call) {
  return StartsWith(call, "aclop") || StartsWith(call, "aclblas");
}

}  // namespace

void ThreadOrder::OnEvent(const Event& event) {
  switch (event.kind) {
    case EventKind::kSubmit: return OnSubmit(event);
    case EventKind::kRead:
    case EventKind::kWrite: return OnAccess(event);
    case EventKind::kObjectCreate:
      snapshots_[event.a] = event.b < kFixedFamily;
      return;
    case EventKind::kObjectDestroy:
      snapshots_.erase(event.a);
      records_.erase(event.a);
      waits_.erase(event.a);
      return;
    case EventKind::kEffect:
      if (EffectOf(event) != EffectKind::kSet || ObjectOf(event) == 0) return;
      return OnRecord(ObjectOf(event), event.task);
    case EventKind::kWait:
      if (WaitOf(event) == WaitKind::kLevel) {
        OnWait(ObjectOf(event), event.task);
      };
      return;
    case EventKind::kPassed: return OnWait(event.b, 0);
    case EventKind::kStreamDestroy:
      streams_.erase(event.stream);
      accesses_.erase(event.stream);
      return;
    default: return;
  }
}

void ThreadOrder::OnSubmit(const Event& event) {
  const uint64_t thread = calls_->acting();
  if (thread >= kActorHelper) return;
  auto& threads = streams_[event.stream];
  Last* mine = nullptr;
  for (Last& last : threads) {
    if (last.thread == thread) mine = &last;
  }
  if (mine == nullptr) {
    mine = &threads.emplace_back();
    mine->thread = thread;
  }
  if (threads.size() == 2) shared_stream_ = event.stream;
  const CallRecord& call = calls_->Current();
  const bool same_call = mine->call == call.index;
  mine->pieces = same_call ? mine->pieces + 1 : 1;
  if (!same_call) mine->conflict = 0;
  if (mine->conflict != 0) tell_(9, mine->conflict, event.task);
  mine->call = call.index;
  mine->epoch = order_->Submission();
  mine->task = event.task;
  mine->aclop = IsSingleOp(call.name);
  if (threads.size() < 2) return;
  for (const Last& other : threads) {
    if (&other == mine || order_->ActingKnows(other.epoch)) continue;
    if (other.aclop && mine->aclop) {
      const bool on_default = calls_->IsDefaultStream(event.stream);
      tell_(on_default ? 4 : 3, other.task, event.task);
    } else if (other.pieces > 1 && mine->pieces > 1) {
      tell_(9, other.task, event.task);
    }
  }
}

void ThreadOrder::OnAccess(const Event& event) {
  if (event.task == 0 || !order_->several_threads()) return;
  if (event.a >= event.b) return;  // a damaged trace
  const auto shadow = accesses_.try_emplace(event.stream, kMostSegments);
  const uint64_t base = static_cast<uint64_t>(event.device + 1) << 56;
  const bool write = event.kind == EventKind::kWrite;
  const uint64_t bytes = event.b - event.a;
  const Access access{order_->Submission(), event.task, 0, event.name, write,
                      false};
  shadow.first->second.Touch(
      base + event.a, base + event.b, access, order_->ActingKnowledge(),
      [&](const Access& earlier, uint64_t, uint64_t) {
        const bool compound =
            bytes == kPiece || Compound(event.stream, earlier.task, event.task);
        tell_(compound ? 9 : 2, earlier.task, event.task);
        for (Last& last : streams_[event.stream]) {
          if (last.task == event.task) last.conflict = earlier.task;
        }
      });
}

bool ThreadOrder::Compound(int stream, uint64_t first, uint64_t second) const {
  const auto threads = streams_.find(stream);
  if (threads == streams_.end()) return false;
  for (const Last& last : threads->second) {
    const bool one = last.task == first || last.task == second;
    if (one && last.pieces > 1) return true;
  }
  return false;
}

// A wait binds to the latest record at its call (R58): the two calls must be
// ordered, whichever comes first here.
void ThreadOrder::OnRecord(uint64_t object, uint64_t task) {
  records_[object] = {calls_->acting(), order_->Submission(), 0, task};
  const auto wait = waits_.find(object);
  if (wait == waits_.end() || wait->second.thread == calls_->acting()) return;
  if (order_->ActingKnows(wait->second.epoch)) return;
  tell_(21, wait->second.task, task);
}

void ThreadOrder::OnWait(uint64_t object, uint64_t task) {
  if (!snapshots_[object]) return;
  waits_[object] = {calls_->acting(), order_->Submission(), 0, task};
  const auto record = records_.find(object);
  if (record == records_.end()) return;
  if (record->second.thread == calls_->acting()) return;
  if (order_->ActingKnows(record->second.epoch)) return;
  tell_(21, record->second.task, task);
}

}  // namespace npuemu
