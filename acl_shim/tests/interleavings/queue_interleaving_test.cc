// I14-I17: calls that submit several tasks, or wait in between.

#include <atomic>

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

class QueueInterleaving : public InterleavingTest {
 protected:
  static ThreadBody OnDevice(std::function<void()> body) {
    return [body = std::move(body)] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      body();
    };
  }
};

// "Blocking", but a set of another thread lies between callback and wait.
TEST_F(QueueInterleaving, I14_TaskBetweenCallbackAndWait) {
  static std::byte* memory;
  static std::atomic<int> seen;
  memory = MakeDevice(64, 1);
  for (const char* script : {"1 2", "1:WAIT 2 1"}) {
    seen = 0;
    ASSERT_EQ(aclrtMemset(memory, 64, 1, 64), ACL_SUCCESS);
    // The function is held until the set has run or can not run before it.
    static std::atomic<bool> between;
    between = std::string(script) != "1 2";
    aclrtEvent gate = MakeGate();
    ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
    ASSERT_TRUE(RunScript(
        script,
        {OnDevice([&] {
           EXPECT_EQ(aclrtLaunchHostFunc(
                         stream_,
                         [](void*) {
                           EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
                           while (between && Peek(memory) != 2) {
                             std::this_thread::yield();
                           }
                           seen = Peek(memory);
                         },
                         nullptr),
                     ACL_SUCCESS);
         }),
         OnDevice([&] {
           EXPECT_EQ(aclrtMemsetAsync(memory, 64, 2, 64, stream_),
                     ACL_SUCCESS);
         })}));
    ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(seen, between ? 2 : 1);
    EXPECT_EQ(Peek(memory), 2);
  }
}

// The copy of pageable memory comes after tasks that were submitted later.
TEST_F(QueueInterleaving, I15_PageableCopyIsNotInTheStream) {
  for (const char* script : {"1 2", "1:COPY 2 1"}) {
    const bool overtaken = std::string(script) != "1 2";
    std::byte* source = MakeDevice(64, 1);
    std::byte* result = MakeDevice(64, 0);
    const std::vector<uint8_t> pageable(64, 7);
    ASSERT_TRUE(RunScript(
        script, {OnDevice([&] {
                   EXPECT_EQ(aclrtMemcpyAsync(source, 64, pageable.data(), 64,
                                              ACL_MEMCPY_HOST_TO_DEVICE,
                                              stream_),
                             ACL_SUCCESS);
                 }),
                 OnDevice([&] {
                   EXPECT_EQ(aclrtMemcpyAsync(result, 64, source, 64,
                                              ACL_MEMCPY_DEVICE_TO_DEVICE,
                                              stream_),
                             ACL_SUCCESS);
                 })}));
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Peek(source), 7);
    EXPECT_EQ(Peek(result), overtaken ? 1 : 7);
  }
}

TEST_F(QueueInterleaving, I16_LargeMemsetCopiesWhatCameBetween) {
  constexpr size_t kPiece = size_t{64} << 20;
  constexpr size_t kBytes = 2 * kPiece + 4096;
  std::byte* memory = MakeDevice(kBytes, 1);
  struct Case {
    const char* script;
    int first, second, third;  // a byte of each piece
  };
  const Case cases[] = {{"1 2", 9, 5, 5},
                        {"2 1", 5, 5, 5},
                        {"1:PIECE 2 1", 9, 9, 9},
                        {"1:PIECE 1:PIECE 2 1", 9, 5, 9}};
  for (const Case& each : cases) {
    ASSERT_TRUE(RunScript(
        each.script,
        {OnDevice([&] {
           EXPECT_EQ(aclrtMemsetAsync(memory, kBytes, 5, kBytes, stream_),
                     ACL_SUCCESS);
         }),
         OnDevice([&] {
           EXPECT_EQ(aclrtMemsetAsync(memory, kPiece, 9, kPiece, stream_),
                     ACL_SUCCESS);
         })}));
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(Peek(memory), each.first) << each.script;
    EXPECT_EQ(Peek(memory + kPiece + 77), each.second) << each.script;
    EXPECT_EQ(Peek(memory + kBytes - 1), each.third) << each.script;
  }
}

// The record that would empty the queue needs a slot of the same queue.
TEST_F(QueueInterleaving, I17_FullQueueHangs) {
  for (bool same_stream : {true, false}) {
    aclrtStream full = MakeStream();
    aclrtStream other = MakeStream();
    aclrtEvent gate = MakeGate();
    std::byte* memory = MakeDevice(8);
    aclError filled = ACL_SUCCESS;
    aclError recorded = -1;
    ASSERT_TRUE(RunScript(
        "1 2 1",
        {OnDevice([&] {
           ASSERT_EQ(aclrtStreamWaitEvent(full, gate), ACL_SUCCESS);
           for (int i = 0; i < 2047 && filled == ACL_SUCCESS; ++i) {
             filled = aclrtMemsetAsync(memory, 8, 1, 8, full);
           }
         }),
         OnDevice([&] {
           recorded = aclrtRecordEvent(gate, same_stream ? full : other);
         })}));
    EXPECT_EQ(filled, same_stream ? ACL_ERROR_RT_STREAM_TASK_FULL
                                  : ACL_SUCCESS);
    EXPECT_EQ(recorded, same_stream ? ACL_ERROR_RT_STREAM_TASK_FULL
                                    : ACL_SUCCESS);
  }
}

}  // namespace
}  // namespace npuemu::shim
