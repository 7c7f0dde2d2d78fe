// The detector against the definition: two accesses race if they happen in one
// order in one legal run and in the other order in another.

#include "emulator/hazard/race_detector.h"

#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/base/rounds.h"
#include "emulator/sched/program_run.h"
#include "emulator/sched/small_program.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr const char* kPolicies[] = {"fifo", "timed", "late", "random", "pct"};

// Kernels, events and synchronisations alone, and many of them.
SmallProgram DenseProgram(Prng& prng) {
  constexpr SmallOp::Kind kKinds[] = {
      SmallOp::kKernel, SmallOp::kKernel, SmallOp::kKernel, SmallOp::kRecord,
      SmallOp::kRecord, SmallOp::kWait,   SmallOp::kWait,   SmallOp::kSync};
  SmallProgram program;
  program.streams = 2 + static_cast<int>(prng.Below(2));
  const uint64_t count = 4 + prng.Below(5);
  for (uint64_t i = 0; i < count; ++i) {
    program.ops.push_back(
        {kKinds[prng.Below(8)],
         static_cast<int>(prng.Below(static_cast<uint64_t>(program.streams))),
         static_cast<int>(prng.Below(2))});
  }
  return program;
}

SmallProgram AnyProgram(Prng& prng) {
  return prng.Below(2) == 0 ? DenseProgram(prng)
                            : RandomSmallProgram(prng, 8, true);
}

using Pair = std::pair<size_t, size_t>;

// Each two kernels share bytes of their own: one writes them, the other reads
// or writes them.
struct Sharing {
  std::vector<Pair> pairs;
  std::vector<ProgramRun::Accesses> accesses;
};

Sharing ShareBytes(const SmallProgram& program, Prng& prng) {
  Sharing sharing;
  sharing.accesses.resize(program.ops.size());
  for (size_t j = 0; j < program.ops.size(); ++j) {
    for (size_t i = 0; i < j; ++i) {
      if (program.ops[i].kind != SmallOp::kKernel ||
          program.ops[j].kind != SmallOp::kKernel) {
        continue;
      }
      const uint64_t begin = sharing.pairs.size() * 16;
      const MemoryRange bytes{begin, begin + 1 + prng.Below(16)};
      const uint64_t kind = prng.Below(3);
      auto& first = sharing.accesses[i];
      auto& second = sharing.accesses[j];
      (kind == 0 ? first.reads : first.writes).push_back(bytes);
      (kind == 1 ? second.reads : second.writes).push_back(bytes);
      sharing.pairs.emplace_back(i, j);
    }
  }
  return sharing;
}

std::set<Pair> RacesByDefinition(const std::set<std::string>& orders,
                                 const Sharing& sharing) {
  std::set<Pair> races;
  for (const Pair& pair : sharing.pairs) {
    bool forward = false;
    bool backward = false;
    for (const std::string& order : orders) {
      const size_t i = order.find(static_cast<char>('a' + pair.first));
      const size_t j = order.find(static_cast<char>('a' + pair.second));
      if (i == std::string::npos || j == std::string::npos) continue;
      (i < j ? forward : backward) = true;
    }
    if (forward && backward) races.insert(pair);
  }
  return races;
}

std::set<Pair> RacesFound(const SmallProgram& program, const Sharing& sharing,
                          const char* policy, uint64_t seed, bool hide_waits) {
  std::set<Pair> races;
  RaceDetector detector(/*arrival=*/false, [&](const Race& race) {
    if (race.device != kObjectPlace) {
      races.insert(sharing.pairs[race.begin / 16]);
    }
  });
  // The canary: a detector that is told of no wait.
  struct NoWaits : Observer {
    explicit NoWaits(Observer* other) : to(other) {}
    void OnEvent(const Event& event) override {
      if (event.kind != EventKind::kWait) to->OnEvent(event);
    }
    Observer* const to;
  } no_waits(&detector);
  ProgramRun run(program, policy, seed);
  run.SetAccesses(sharing.accesses,
                  hide_waits ? static_cast<Observer*>(&no_waits) : &detector);
  run.Order();
  return races;
}

bool HasLooseSignals(const SmallProgram& program) {
  for (const SmallOp& op : program.ops) {
    switch (op.kind) {
      case SmallOp::kKernel:
      case SmallOp::kRecord:
      case SmallOp::kWait:
      case SmallOp::kSync:
      case SmallOp::kCallback:
        break;
      default:
        return true;
    }
  }
  return false;
}

TEST(RaceDetectorTest, FindsWhatTheDefinitionSaysUnderEveryPolicy) {
  constexpr uint64_t kSeed = 1000;
  constexpr uint64_t kPrograms = Rounds(12000);
  size_t races = 0;
  std::map<std::string, size_t> loose;  // programs with level signals
  for (uint64_t round = 0; round < kPrograms; ++round) {
    Prng prng(kSeed + round);
    const SmallProgram program = AnyProgram(prng);
    const std::set<std::string> orders = AllLegalOrders(program);
    const Sharing sharing = ShareBytes(program, prng);
    const std::set<Pair> expected = RacesByDefinition(orders, sharing);
    races += expected.size();
    for (const char* policy : kPolicies) {
      const std::set<Pair> found =
          RacesFound(program, sharing, policy, round, /*hide_waits=*/false);
      if (!HasLooseSignals(program)) {
        ASSERT_EQ(found, expected) << "seed " << kSeed + round << " " << policy
                                   << "\n" << program.ToText();
        continue;
      }
      for (const Pair& pair : found) {
        ++loose[expected.contains(pair) ? "confirmed" : "false"];
      }
      for (const Pair& pair : expected) {
        if (!found.contains(pair)) ++loose["missed"];
      }
    }
  }
  EXPECT_EQ(loose["false"], 0u);
  std::printf(
      "seed %d, %d programs: %zu races; with levels, notifies or values, over "
      "all policies: %zu confirmed, %zu missed\n",
      static_cast<int>(kSeed), static_cast<int>(kPrograms), races,
      loose["confirmed"], loose["missed"]);
}

// A task that writes bytes 0 to 8, submitted by `thread` and run at once.
void WriteOn(int stream, uint64_t task, uint64_t thread,
             RaceDetector* detector) {
  Event event;
  event.kind = EventKind::kTurn;
  event.a = thread;
  detector->OnEvent(event);
  event = Event();
  event.stream = stream;
  event.task = task;
  event.kind = EventKind::kSubmit;
  detector->OnEvent(event);
  event.kind = EventKind::kWrite;
  event.b = 8;
  detector->OnEvent(event);
  event.kind = EventKind::kRun;
  detector->OnEvent(event);
}

// Whoever knows of a stream's end knows all of it; others know nothing, though
// the next stream takes its place.
TEST(RaceDetectorTest, TheNextStreamIsNoneOfTheOld) {
  for (const uint64_t second : {1, 2}) {
    int races = 0;
    RaceDetector detector(/*arrival=*/false, [&](const Race&) { ++races; });
    WriteOn(5, 1, /*thread=*/1, &detector);
    Event destroy;
    destroy.kind = EventKind::kStreamDestroy;
    destroy.stream = 5;
    detector.OnEvent(destroy);
    WriteOn(6, 2, second, &detector);
    EXPECT_EQ(races, second == 1 ? 0 : 1);
  }
}

TEST(RaceDetectorTest, ADamagedLogIsNoCrash) {
  RaceDetector detector(/*arrival=*/false, [](const Race&) {});
  for (int kind = 0; kind <= static_cast<int>(EventKind::kPassed); ++kind) {
    Event event;
    event.kind = static_cast<EventKind>(kind);
    event.stream = 1;
    event.task = 7;
    event.b = 8;
    detector.OnEvent(event);
  }
}

TEST(RaceDetectorTest, CanaryADetectorWithoutWaitsIsFound) {
  int wrong = 0;
  for (uint64_t seed = 0; seed < 5000; ++seed) {
    Prng prng(seed);
    const SmallProgram program = DenseProgram(prng);
    const Sharing sharing = ShareBytes(program, prng);
    const std::set<Pair> expected =
        RacesByDefinition(AllLegalOrders(program), sharing);
    for (const Pair& pair : RacesFound(program, sharing, "fifo", seed, true)) {
      wrong += expected.contains(pair) ? 0 : 1;
    }
  }
  EXPECT_GT(wrong, 10);
}

}  // namespace
}  // namespace npuemu
