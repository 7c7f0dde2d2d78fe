// Every interleaving of semantics.md 9.2: its shortest script, and how many
// seeds of `random` and `pct` it takes to meet it. The rows stand in
// docs/interleavings.md; NPUEMU_ROWS=FILE writes them (tools/update).

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>

#include "acl_shim/tests/interleavings/scenarios.h"

namespace npuemu::shim {
namespace {

class InterleavingTable : public InterleavingTest {
 protected:
  static bool HitByScript(const Scenario& scenario, const std::string& script) {
    const Try once = scenario.make();
    const bool fits = RunScript(script, once.bodies);
    return once.hit() && fits;
  }

  // Leaves out steps as long as the interleaving still happens. What is left
  // behind the script runs in order.
  static std::string Shortest(const Scenario& scenario) {
    std::istringstream given(scenario.script);
    std::vector<std::string> steps;
    for (std::string step; given >> step;) steps.push_back(step);
    const auto join = [&](size_t without) {
      std::string text;
      for (size_t i = 0; i < steps.size(); ++i) {
        if (i != without) text += (text.empty() ? "" : " ") + steps[i];
      }
      return text;
    };
    for (bool shorter = true; shorter;) {
      shorter = false;
      for (size_t i = steps.size(); i-- > 0 && steps.size() > 1;) {
        if (!HitByScript(scenario, join(i))) continue;
        steps.erase(steps.begin() + static_cast<ptrdiff_t>(i));
        shorter = true;
        break;
      }
    }
    return join(steps.size());
  }

  static std::string MeanSeeds(const Scenario& scenario, Choice choice) {
    constexpr int kHits = 10;
    int tries = 0;
    int hits = 0;
    while (tries < scenario.most_tries && hits < kHits) {
      const Try once = scenario.make();
      RunSeed(static_cast<uint64_t>(++tries), choice, once.bodies);
      hits += once.hit();
    }
    char text[40];
    if (hits == 0) {
      std::snprintf(text, sizeof(text), "> %d", tries);
    } else {
      std::snprintf(text, sizeof(text), "%d.%d", tries / hits,
                    tries * 10 / hits % 10);
    }
    return text;
  }

  static void Check(const std::vector<Scenario>& scenarios) {
    std::ifstream file("docs/interleavings.md");
    const std::string document{std::istreambuf_iterator<char>(file), {}};
    std::ofstream rows;
    if (const char* path = std::getenv("NPUEMU_ROWS")) {
      rows.open(path, std::ios::app);
    }
    for (const Scenario& scenario : scenarios) {
      SCOPED_TRACE(scenario.name);
      // One thread cannot be shortened or missed; memory is gone only once.
      const bool one = std::string(scenario.script) == "1";
      ASSERT_TRUE(HitByScript(scenario, scenario.script));
      // One after the other: tries leave virtual time behind.
      const std::string script = one ? "1" : Shortest(scenario);
      const std::string random =
          one ? "1.0" : MeanSeeds(scenario, Choice::kRandom);
      const std::string pct = one ? "1.0" : MeanSeeds(scenario, Choice::kPct);
      const std::string row = std::string("| ") + scenario.name + " | " +
                              scenario.threads + " | `" + script + "` | " +
                              scenario.outcome + " | " + random + " | " + pct +
                              " |\n";
      rows << row;
      std::printf("%s", row.c_str());
      EXPECT_NE(document.find(row), std::string::npos)
          << "docs/interleavings.md lacks this row; tools/update rewrites it";
    }
  }
};

TEST_F(InterleavingTable, RowsOfTheDocument) {
  Check(OperatorScenarios());
  Check(QueueScenarios());
}

// Takes all memory: in a process of its own, with little of it.
TEST_F(InterleavingTable, MemoryRowsOfTheDocument) { Check(MemoryScenarios()); }

}  // namespace
}  // namespace npuemu::shim
