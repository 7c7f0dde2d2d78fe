// Every policy yields only legal orders, and `random` all of them: random
// small programs against a brute-force list of all legal orders, and every log
// against the legality checker.

#include <cstdio>
#include <set>
#include <string>
#include <vector>

#include "emulator/base/prng.h"
#include "emulator/base/rounds.h"
#include "emulator/sched/program_run.h"
#include "emulator/sched/small_program.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr const char* kPolicies[] = {"fifo", "timed", "late", "random", "pct"};

TEST(LegalOrderTest, EveryPolicyStaysWithinTheLegalOrders) {
  constexpr uint64_t kSeed = 4711;
  constexpr uint64_t kPrograms = Rounds(10000);
  size_t orders = 0;
  for (uint64_t round = 0; round < kPrograms; ++round) {
    const uint64_t seed = kSeed + round;
    Prng prng(seed);
    const SmallProgram program = RandomSmallProgram(prng, 8, true);
    const std::set<std::string> legal = AllLegalOrders(program);
    orders += legal.size();
    for (const char* policy : kPolicies) {
      ProgramRun run(program, policy, seed);
      const std::string got = run.Order();
      ASSERT_EQ(legal.count(got), 1u)
          << "seed " << seed << " " << policy << " gave " << got << " of\n"
          << program.ToText();
      ASSERT_TRUE(run.findings().empty())
          << "seed " << seed << " " << policy << ": " << run.findings()[0]
          << " in\n"
          << program.ToText();
    }
  }
  std::printf("seed %d, %d programs, %zu legal orders\n",
              static_cast<int>(kSeed), static_cast<int>(kPrograms), orders);
}

// The seeded bug: tasks do not wait. It must show as an order not in the list.
TEST(LegalOrderTest, CanaryIgnoredWaitsAreFound) {
  int found = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Prng prng(seed);
    const SmallProgram program = RandomSmallProgram(prng, 8, true);
    ProgramRun run(program, "random", seed);
    run.IgnoreWaits();
    found += 1 - static_cast<int>(AllLegalOrders(program).count(run.Order()));
  }
  EXPECT_GT(found, 10);
}

TEST(LegalOrderTest, RandomReachesEveryLegalOrder) {
  constexpr uint64_t kSeed = 815;
  constexpr uint64_t kMostRuns = 100000;
  uint64_t runs = 0;
  uint64_t most = 0;
  size_t orders = 0;
  for (uint64_t round = 0; round < Rounds(1000); ++round) {
    Prng prng(kSeed + round);
    const SmallProgram program = RandomSmallProgram(prng, 7, false);
    std::set<std::string> missing = AllLegalOrders(program);
    orders += missing.size();
    uint64_t seed = 0;
    while (!missing.empty() && seed < kMostRuns) {
      ProgramRun run(program, "random", seed++);
      missing.erase(run.Order());
    }
    ASSERT_TRUE(missing.empty())
        << "seed " << kSeed + round << ": no run gave " << *missing.begin()
        << " of\n"
        << program.ToText();
    runs += seed;
    most = std::max(most, seed);
  }
  std::printf("seed %d, 1000 programs, %zu orders, %d runs, at most %d each\n",
              static_cast<int>(kSeed), orders, static_cast<int>(runs),
              static_cast<int>(most));
}

TEST(LegalOrderTest, SameSeedSameOrder) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Prng prng(seed);
    const SmallProgram program = RandomSmallProgram(prng, 8, true);
    for (const char* policy : kPolicies) {
      EXPECT_EQ(ProgramRun(program, policy, seed).Order(),
                ProgramRun(program, policy, seed).Order());
    }
  }
}

}  // namespace
}  // namespace npuemu
