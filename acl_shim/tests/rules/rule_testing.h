// File: rule_testing.h
// What the rule tests share: a device that is set for each test and reset
// after it. Not thread-safe.

#ifndef ACL_SHIM_TESTS_RULES_RULE_TESTING_H_
#define ACL_SHIM_TESTS_RULES_RULE_TESTING_H_

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/process.h"
#include "emulator/device/context.h"
#include "emulator/sched/legality.h"

namespace npuemu::shim {

inline aclError UseDevice(int device) {
  return NodeCall("test", [&](Call& call) { return SetDevice(call, device); });
}

// Returns when that many threads are blocked in an ACL call: what follows acts
// while they wait.
inline void WaitUntilBlocked(int calls) {
  const auto node = Process::Get().node();
  ASSERT_TRUE(node.ok()) << node.status();
  const auto blocked = [&] {
    const std::lock_guard<std::mutex> guard((*node)->mutex());
    return (*node)->blocked_calls();
  };
  while (blocked() < calls) std::this_thread::yield();
}

// Checks the log of the process's node from the first call of this on.
inline const LegalityChecker& CheckedLog() {
  static const LegalityChecker* const checker = [] {
    const LegalityChecker* added = nullptr;
    NodeCall("test", [&](Call& call) {
      const SocProfile& soc = call.node.soc();
      auto owned = std::make_unique<LegalityChecker>(LegalityChecker::Servers{
          0, static_cast<uint32_t>(soc.cube_cores),
          static_cast<uint32_t>(soc.vector_cores),
          static_cast<uint32_t>(soc.ai_cpus), 1, 1, 1, 0});
      added = owned.get();
      call.node.log().AddObserver(std::move(owned));
      return absl::OkStatus();
    });
    return added;
  }();
  return *checker;
}

class RuleTest : public ::testing::Test {
 protected:
  void SetUp() override {
    CheckedLog();
    ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
  }
  // What a test leaves queued may not be able to end: it is dropped.
  void TearDown() override {
    for (aclrtStream stream : streams_) aclrtStreamAbort(stream);
    NodeCall("test", [](Call& call) {
      return ResetDevice(call, 0, /*force=*/true);
    });
    for (const std::string& finding : CheckedLog().findings()) {
      ADD_FAILURE() << "the log is not legal: " << finding;
    }
  }

  aclrtStream MakeStream(uint32_t flags = 0) {
    aclrtStream stream = nullptr;
    EXPECT_EQ(aclrtCreateStreamWithConfig(&stream, 0, flags), ACL_SUCCESS);
    streams_.push_back(stream);
    return stream;
  }
  // A fixed-id event, not recorded: a stream that waits for it stands still.
  static aclrtEvent MakeGate() {
    aclrtEvent gate = nullptr;
    EXPECT_EQ(aclrtCreateEventWithFlag(&gate, ACL_EVENT_SYNC), ACL_SUCCESS);
    return gate;
  }
  // Device memory whose bytes are all `value`.
  static std::byte* MakeDevice(size_t bytes, int value = 0) {
    void* memory = nullptr;
    EXPECT_EQ(aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_HUGE_FIRST),
              ACL_SUCCESS);
    EXPECT_EQ(aclrtMemset(memory, bytes, value, bytes), ACL_SUCCESS);
    return static_cast<std::byte*>(memory);
  }
  // Pinned host memory whose bytes are all `value`.
  static std::byte* MakePinned(size_t bytes, int value = 0) {
    void* memory = nullptr;
    EXPECT_EQ(aclrtMallocHost(&memory, bytes), ACL_SUCCESS);
    std::fill_n(static_cast<std::byte*>(memory), bytes,
                static_cast<std::byte>(value));
    return static_cast<std::byte*>(memory);
  }
  // A copy by a descriptor that was never set: ends with 507013.
  static void SubmitFailingTask(aclrtStream stream) {
    EXPECT_EQ(aclrtMemcpyAsyncWithDesc(
                  MakeDevice(64), ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, stream),
              ACL_SUCCESS);
  }
  // The byte at a device address now: waits for no stream.
  static int Peek(const std::byte* device) {
    unsigned char byte = 0;
    EXPECT_EQ(aclrtMemcpy(&byte, 1, device, 1, ACL_MEMCPY_DEVICE_TO_HOST),
              ACL_SUCCESS);
    return byte;
  }

 private:
  std::vector<aclrtStream> streams_;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_RULES_RULE_TESTING_H_
