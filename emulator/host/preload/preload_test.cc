// Runs the scenes of testing/scenes.cc under the preloaded library.

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "gtest/gtest.h"

namespace npuemu {
namespace {

constexpr char kFolder[] = "emulator/host/preload/";

struct Result {
  std::string out;  // standard output and error
  int code;
};

using Environment = std::map<std::string, std::string>;

Result RunScene(const std::string& scene, Environment environment = {}) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  char folder[4096];
  const std::string library =
      std::string(getcwd(folder, sizeof(folder))) + "/" + kFolder +
      "libnpuemu_host.so";
  environment.try_emplace("NPUEMU_CONTROL_THREADS", "1");
  environment["LD_PRELOAD"] = library;
  const std::string program = std::string(kFolder) + "testing/scenes";
  const pid_t child = fork();
  if (child == 0) {
    dup2(ends[1], 1);
    dup2(ends[1], 2);
    close(ends[0]);
    close(ends[1]);
    for (const auto& [name, value] : environment) {
      setenv(name.c_str(), value.c_str(), 1);
    }
    execl(program.c_str(), program.c_str(), scene.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  Result result;
  char block[4096];
  ssize_t size;
  while ((size = read(ends[0], block, sizeof(block))) > 0) {
    result.out.append(block, static_cast<size_t>(size));
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  result.code = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
                                    : WEXITSTATUS(status);
  return result;
}

Result RunSeed(const std::string& scene, int seed,
               const std::string& schedule = "random") {
  return RunScene(scene, {{"NPUEMU_SCHEDULE", schedule},
                     {"NPUEMU_SEED", std::to_string(seed)}});
}

// Keeps a core busy while it lives.
class BusyLoop {
 public:
  BusyLoop() {
    child_ = fork();
    if (child_ == 0) {
      alarm(120);  // in case the test is killed
      for (std::atomic<int> spin{0};; ++spin) {
      }
    }
  }
  ~BusyLoop() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
  }

 private:
  pid_t child_;
};

class SceneTest : public testing::TestWithParam<const char*> {};

TEST_P(SceneTest, OneSeedOneInterleavingUnderLoad) {
  const BusyLoop one;
  const BusyLoop two;
  for (const char* schedule : {"fifo", "timed", "late", "random", "pct"}) {
    const Result first = RunSeed(GetParam(), 7, schedule);
    ASSERT_EQ(first.code, 0) << schedule << "\n" << first.out;
    for (int run = 1; run < 20; ++run) {
      const Result again = RunSeed(GetParam(), 7, schedule);
      ASSERT_EQ(again.out, first.out) << schedule << ", run " << run;
      ASSERT_EQ(again.code, 0);
    }
  }
}

TEST_P(SceneTest, RunsWithoutControl) {
  if (std::string(GetParam()) == "timed-wait" ||
      std::string(GetParam()) == "sleep") {
    GTEST_SKIP() << "takes an hour";
  }
  const Result result = RunScene(GetParam(), {{"NPUEMU_CONTROL_THREADS", "0"}});
  EXPECT_EQ(result.code, 0) << result.out;
}

INSTANTIATE_TEST_SUITE_P(
    Scenes, SceneTest,
    testing::Values("atomic-wait", "barrier", "cancel", "condition", "counter",
                    "detach", "exit", "fork", "mutex", "once", "read-write",
                    "semaphore", "sleep", "spin", "timed-wait", "unrelated"));

TEST(PreloadTest, SeedsReachDifferentInterleavings) {
  for (const char* scene : {"mutex", "semaphore", "barrier", "read-write",
                            "once", "spin", "detach", "sleep"}) {
    std::set<std::string> traces;
    for (int seed = 0; seed < 10; ++seed) {
      traces.insert(RunSeed(scene, seed).out);
    }
    EXPECT_GT(traces.size(), 2u) << scene;
  }
}

TEST(PreloadTest, LostUpdateIsFoundBySomeSeed) {
  for (const char* schedule : {"random", "pct"}) {
    std::set<std::string> counters;
    for (int seed = 0; seed < 40; ++seed) {
      counters.insert(RunSeed("unrelated", seed, schedule).out);
    }
    EXPECT_TRUE(counters.contains("counter 1\n\n")) << schedule;
    EXPECT_TRUE(counters.contains("counter 2\n\n")) << schedule;
  }
}

TEST(PreloadTest, ScriptReachesTheLostUpdate) {
  // Each reads before either writes.
  const Result result =
      RunScene("unrelated", {{"NPUEMU_THREAD_SCRIPT",
                         "0:pthread_create 1:pthread_mutex_lock 0 2 1"}});
  EXPECT_EQ(result.out, "counter 1\n\n");
  const Result wrong =
      RunScene("unrelated", {{"NPUEMU_THREAD_SCRIPT", "0 1:sem_post"}});
  EXPECT_EQ(wrong.code, 68);
  EXPECT_NE(wrong.out.find("step 2 \"1:sem_post\" cannot be done"),
            std::string::npos)
      << wrong.out;
}

TEST(PreloadTest, PicksReplayOrNameTheFirstDifference) {
  // All of thread 1 last.
  const Result result = RunScene("mutex", {{"NPUEMU_THREAD_PICKS", "0*2 9"}});
  EXPECT_EQ(result.code, 68);
  EXPECT_NE(result.out.find("replay difference at thread decision 2: "
                            "recorded: thread 9; this run"),
            std::string::npos)
      << result.out;
}

TEST(PreloadTest, SleepIsVirtualAndInOrderByFifo) {
  EXPECT_EQ(RunSeed("sleep", 0, "fifo").out, "cba\n");
  EXPECT_EQ(RunSeed("timed-wait", 0, "fifo").out,
            "timeout after an hour: 1\n\n");
}

TEST(PreloadTest, ThreadThatSpinsIsLetGoAndNamed) {
  const Result result = RunSeed("spinning", 0, "fifo");
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(result.out.find("thread 1 was let go: it computes since start; "
                            "this run is not deterministic"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("done\n"), std::string::npos);
}

TEST(PreloadTest, ThreadBlockedInReadIsLetGoAndNamed) {
  const Result result = RunSeed("pipe", 0, "fifo");
  EXPECT_EQ(result.code, 0);
  EXPECT_NE(result.out.find("thread 1 was let go: it is blocked outside"),
            std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("read x\n"), std::string::npos);
}

TEST(PreloadTest, DeadlockIsNamedAndEndsWithTheHangTimeout) {
  const Result result = RunScene("deadlock", {{"NPUEMU_SCHEDULE", "late"},
                                         {"NPUEMU_HANG_TIMEOUT", "1"}});
  EXPECT_EQ(result.code, 70);
  for (const char* line :
       {"deadlock: every thread waits",
        "thread 0 waits for the end of a thread (pthread_join)",
        "thread 1 waits for a mutex, last at pthread_mutex_lock",
        "thread 2 waits for a mutex, last at pthread_mutex_lock"}) {
    EXPECT_NE(result.out.find(line), std::string::npos) << result.out;
  }
}

}  // namespace
}  // namespace npuemu
