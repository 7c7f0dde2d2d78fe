#include "emulator/sched/small_program.h"

#include <array>
#include <deque>
#include <iterator>
#include <map>
#include <utility>

namespace npuemu {
namespace {

constexpr int kObjects = 2;

// Mostly work and snapshots: levels and notifies soon block for ever.
constexpr SmallOp::Kind kMix[] = {
    SmallOp::kKernel,       SmallOp::kKernel,    SmallOp::kKernel,
    SmallOp::kKernel,       SmallOp::kRecord,    SmallOp::kRecord,
    SmallOp::kWait,         SmallOp::kWait,      SmallOp::kLevelRecord,
    SmallOp::kLevelRecord,  SmallOp::kLevelWait, SmallOp::kLevelReset,
    SmallOp::kNotifyRecord, SmallOp::kNotifyRecord, SmallOp::kNotifyWait,
    SmallOp::kValueWrite,   SmallOp::kValueWait, SmallOp::kCallback,
    SmallOp::kSync};

// A search over the states of host and streams. The host goes on as far as it
// can: an operation that was issued forbids nothing, so no order is lost.
class Search {
 public:
  explicit Search(const SmallProgram& program) : program_(program) {}

  std::set<std::string> Run() {
    State state;
    state.queues.resize(static_cast<size_t>(program_.streams));
    Visit(state);
    return orders_;
  }

 private:
  struct Entry {
    size_t op;
    int record;  // kWait: the one it is bound to
  };
  struct State {
    size_t host = 0;
    std::vector<std::deque<Entry>> queues;
    std::set<int> records;             // that ran
    std::map<int, int> latest;         // event -> its last issued record
    std::array<bool, kObjects> level{};
    std::array<bool, kObjects> notify{};
    std::array<bool, kObjects> value{};
    std::string order;
  };

  // False if the host must wait first.
  bool Issue(State& state) {
    const size_t at = state.host;
    const SmallOp& op = program_.ops[at];
    auto& queue = state.queues[static_cast<size_t>(op.stream)];
    Entry entry{at, -1};
    if (op.kind == SmallOp::kSync) {
      if (!queue.empty()) return false;
    } else if (op.kind == SmallOp::kWait) {
      const auto latest = state.latest.find(op.object);
      if (latest != state.latest.end()) {
        entry.record = latest->second;
        queue.push_back(entry);
      }
    } else {
      if (op.kind == SmallOp::kRecord) {
        state.latest[op.object] = static_cast<int>(at);
      }
      queue.push_back(entry);
    }
    ++state.host;
    return true;
  }

  bool MayRun(const State& state, const Entry& entry) const {
    const SmallOp& op = program_.ops[entry.op];
    const auto object = static_cast<size_t>(op.object);
    switch (op.kind) {
      case SmallOp::kWait:
        return state.records.count(entry.record) != 0;
      case SmallOp::kLevelWait:
        return state.level[object];
      case SmallOp::kNotifyWait:
        return state.notify[object];
      case SmallOp::kValueWait:
        return state.value[object];
      default:
        return true;
    }
  }

  void RunEntry(State& state, const Entry& entry) const {
    const SmallOp& op = program_.ops[entry.op];
    const auto object = static_cast<size_t>(op.object);
    state.order.push_back(static_cast<char>('a' + entry.op));
    if (op.kind == SmallOp::kRecord) {
      state.records.insert(static_cast<int>(entry.op));
    }
    if (op.kind == SmallOp::kLevelRecord) state.level[object] = true;
    if (op.kind == SmallOp::kLevelReset) state.level[object] = false;
    if (op.kind == SmallOp::kNotifyRecord) state.notify[object] = true;
    if (op.kind == SmallOp::kNotifyWait) state.notify[object] = false;
    if (op.kind == SmallOp::kValueWrite) state.value[object] = true;
  }

  void Visit(State state) {
    while (state.host < program_.ops.size() && Issue(state)) {
    }
    bool moved = false;
    bool empty = state.host == program_.ops.size();
    for (size_t i = 0; i < state.queues.size(); ++i) {
      if (state.queues[i].empty()) continue;
      empty = false;
      if (!MayRun(state, state.queues[i].front())) continue;
      moved = true;
      State next = state;
      RunEntry(next, next.queues[i].front());
      next.queues[i].pop_front();
      Visit(std::move(next));
    }
    if (!moved) orders_.insert(empty ? state.order : state.order + "!");
  }

  const SmallProgram& program_;
  std::set<std::string> orders_;
};

}  // namespace

std::string SmallProgram::ToText() const {
  static constexpr const char* kWords[] = {
      "kernel",       "record",      "wait",     "level-record", "level-wait",
      "level-reset",  "notify-record",
      "notify-wait",  "value-write", "value-wait", "callback", "sync"};
  std::string text;
  for (size_t i = 0; i < ops.size(); ++i) {
    text += static_cast<char>('a' + i);
    text += ": ";
    text += kWords[ops[i].kind];
    text += " s" + std::to_string(ops[i].stream);
    text += " o" + std::to_string(ops[i].object) + "\n";
  }
  return text;
}

SmallProgram RandomSmallProgram(Prng& prng, int most, bool callbacks) {
  SmallProgram program;
  program.streams = 1 + static_cast<int>(prng.Below(3));
  const auto length = 1 + prng.Below(static_cast<uint64_t>(most));
  while (program.ops.size() < length) {
    SmallOp op;
    op.kind = kMix[prng.Below(std::size(kMix))];
    op.stream = static_cast<int>(
        prng.Below(static_cast<uint64_t>(program.streams)));
    op.object = static_cast<int>(prng.Below(kObjects));
    if (op.kind == SmallOp::kCallback && !callbacks) continue;
    program.ops.push_back(op);
  }
  return program;
}

std::set<std::string> AllLegalOrders(const SmallProgram& program) {
  return Search(program).Run();
}

}  // namespace npuemu
