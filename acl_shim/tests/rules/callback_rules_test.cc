// Rules R105-R113 and I14 by the public functions.

#include <pthread.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

uint64_t ThisThread() { return static_cast<uint64_t>(pthread_self()); }

// What the functions of one test did, in order.
struct Journal {
  std::mutex mutex;
  std::vector<int> entries;
  std::vector<std::thread::id> threads;

  void Add(int entry) {
    const std::lock_guard<std::mutex> guard(mutex);
    entries.push_back(entry);
    threads.push_back(std::this_thread::get_id());
  }
};

struct Note {
  Journal* journal;
  int value;
};

void Write(void* user_data) {
  auto* note = static_cast<Note*>(user_data);
  note->journal->Add(note->value);
}

class Callback : public RuleTest {};

// A thread that serves reports until it is told to end.
class Server {
 public:
  Server() {
    thread_ = std::thread([this] {
      id_ = ThisThread();
      while (!stop_) aclrtProcessReport(20);
    });
    while (id_ == 0) std::this_thread::yield();
  }
  ~Server() {
    stop_ = true;
    thread_.join();
  }
  uint64_t id() const { return id_; }
  std::thread::id std_id() const { return thread_.get_id(); }

 private:
  std::atomic<uint64_t> id_{0};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

TEST_F(Callback, R105_AStreamIsBoundOnce) {
  aclrtStream stream = MakeStream();
  EXPECT_EQ(aclrtSubscribeReport(11, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSubscribeReport(11, stream), ACL_ERROR_RT_STREAM_SUBSCRIBE);
  EXPECT_EQ(aclrtSubscribeReport(12, stream), ACL_ERROR_RT_STREAM_SUBSCRIBE);
  EXPECT_EQ(aclrtSubscribeReport(11, MakeStream()), ACL_SUCCESS);
}

TEST_F(Callback, R105_AThreadServesOneDevice) {
  EXPECT_EQ(aclrtSubscribeReport(11, MakeStream()), ACL_SUCCESS);
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSubscribeReport(11, stream), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  EXPECT_EQ(aclrtSubscribeReport(12, stream), ACL_SUCCESS);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

TEST_F(Callback, R105_AtMost1024Threads) {
  std::vector<aclrtStream> streams(1025);
  for (aclrtStream& stream : streams) {
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  }
  for (uint64_t i = 0; i < 1024; ++i) {
    ASSERT_EQ(aclrtSubscribeReport(100 + i, streams[i]), ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtSubscribeReport(9999, streams[1024]),
            ACL_ERROR_RT_RESOURCE_ALLOC_FAIL);
  EXPECT_EQ(aclrtUnSubscribeReport(100, streams[0]), ACL_SUCCESS);
  EXPECT_EQ(aclrtSubscribeReport(9999, streams[1024]), ACL_SUCCESS);
}

TEST_F(Callback, R106_RunsInTheThreadThatServesTheStream) {
  aclrtStream stream = MakeStream();
  Journal journal;
  Note note{&journal, 1};
  EXPECT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
            ACL_ERROR_RT_STREAM_NO_CB_REG);
  Server server;
  ASSERT_EQ(aclrtSubscribeReport(server.id(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtLaunchCallback(nullptr, &note, ACL_CALLBACK_BLOCK, stream),
            ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(journal.entries.size(), 1u);
  EXPECT_EQ(journal.threads[0], server.std_id());
  EXPECT_EQ(aclrtUnSubscribeReport(server.id(), stream), ACL_SUCCESS);
}

TEST_F(Callback, R107_ProcessReportArgumentsAndOrder) {
  EXPECT_EQ(aclrtProcessReport(0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtProcessReport(-2), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtProcessReport(10), ACL_ERROR_RT_THREAD_SUBSCRIBE);
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtProcessReport(10), ACL_ERROR_RT_REPORT_TIMEOUT);
  Journal journal;
  std::vector<Note> notes;
  for (int i = 0; i < 5; ++i) notes.push_back({&journal, i});
  for (Note& note : notes) {
    ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_NO_BLOCK, stream),
              ACL_SUCCESS);
  }
  while (journal.entries.size() < 5) {
    ASSERT_EQ(aclrtProcessReport(10), ACL_SUCCESS);
  }
  EXPECT_EQ(journal.entries, (std::vector<int>{0, 1, 2, 3, 4}));
  EXPECT_EQ(aclrtProcessReport(10), ACL_ERROR_RT_REPORT_TIMEOUT);
}

TEST_F(Callback, R108_NoBlockDoesNotHoldTheStream) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  Journal journal;
  Note note{&journal, 1};
  ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_NO_BLOCK, stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
  EXPECT_TRUE(journal.entries.empty());
  EXPECT_EQ(aclrtProcessReport(10), ACL_SUCCESS);
  EXPECT_EQ(journal.entries.size(), 1u);
}

TEST_F(Callback, R108_BlockHoldsTheStreamUntilItReturns) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(1);
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  Journal journal;
  Note note{&journal, 1};
  ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 1, 5, 1, stream), ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(status, ACL_STREAM_STATUS_NOT_READY);
  EXPECT_EQ(Peek(device), 0);
  EXPECT_EQ(aclrtProcessReport(10), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 5);
}

TEST_F(Callback, R109_ABlockingOneIsThreeEntries) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  Journal journal;
  Note note{&journal, 1};
  // 2046 entries are left: 682 times three.
  for (int i = 0; i < 682; ++i) {
    ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
              ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtMemsetAsync(MakeDevice(1), 1, 1, 1, stream),
            ACL_ERROR_RT_STREAM_TASK_FULL);
}

TEST_F(Callback, R110_HostFunctionsOfAContextShareOneThread) {
  Journal journal;
  std::vector<Note> notes;
  for (int i = 0; i < 6; ++i) notes.push_back({&journal, i});
  std::vector<aclrtStream> streams = {MakeStream(), MakeStream(),
                                      MakeStream()};
  for (int i = 0; i < 6; ++i) {
    ASSERT_EQ(aclrtLaunchHostFunc(streams[static_cast<size_t>(i) % 3], Write,
                                  &notes[static_cast<size_t>(i)]),
              ACL_SUCCESS);
  }
  for (aclrtStream stream : streams) {
    EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  }
  ASSERT_EQ(journal.entries.size(), 6u);
  for (const std::thread::id& id : journal.threads) {
    EXPECT_EQ(id, journal.threads[0]);
    EXPECT_NE(id, std::this_thread::get_id());
  }
  EXPECT_EQ(aclrtLaunchHostFunc(streams[0], nullptr, nullptr),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(Callback, R110_HostFunctionIsOrderedAmongTheTasksOfItsStream) {
  aclrtStream stream = MakeStream();
  std::byte* pinned = MakePinned(1, 0);
  std::byte* device = MakeDevice(1, 5);
  ASSERT_EQ(aclrtMemcpyAsync(pinned, 1, device, 1, ACL_MEMCPY_DEVICE_TO_HOST,
                             stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtLaunchHostFunc(
                stream,
                [](void* at) { *static_cast<unsigned char*>(at) += 1; },
                pinned),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(device, 1, pinned, 1, ACL_MEMCPY_HOST_TO_DEVICE,
                             stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 6);
}

TEST_F(Callback, R111_SubscribeAfterAHostFunctionIsRefused) {
  aclrtStream stream = MakeStream();
  Journal journal;
  Note note{&journal, 1};
  ASSERT_EQ(aclrtLaunchHostFunc(stream, Write, &note), ACL_SUCCESS);
  EXPECT_EQ(aclrtSubscribeReport(11, stream), ACL_ERROR_RT_STREAM_SUBSCRIBE);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

TEST_F(Callback, R111_HostFunctionOnASubscribedStreamGoesToItsThread) {
  aclrtStream stream = MakeStream();
  Server server;
  ASSERT_EQ(aclrtSubscribeReport(server.id(), stream), ACL_SUCCESS);
  Journal journal;
  Note note{&journal, 1};
  ASSERT_EQ(aclrtLaunchHostFunc(stream, Write, &note), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  ASSERT_EQ(journal.entries.size(), 1u);
  EXPECT_EQ(journal.threads[0], server.std_id());
}

TEST_F(Callback, R113_UnsubscribeWaitsForTheFunctionsUnderWay) {
  aclrtStream stream = MakeStream();
  Server server;
  ASSERT_EQ(aclrtSubscribeReport(server.id(), stream), ACL_SUCCESS);
  Journal journal;
  std::vector<Note> notes;
  for (int i = 0; i < 20; ++i) notes.push_back({&journal, i});
  for (Note& note : notes) {
    ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
              ACL_SUCCESS);
  }
  EXPECT_EQ(aclrtUnSubscribeReport(server.id(), stream), ACL_SUCCESS);
  EXPECT_EQ(journal.entries.size(), 20u);
  EXPECT_EQ(aclrtUnSubscribeReport(server.id(), stream),
            ACL_ERROR_RT_THREAD_SUBSCRIBE);
}

TEST_F(Callback, R113_DestroyUnsubscribes) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtProcessReport(10), ACL_ERROR_RT_REPORT_TIMEOUT);
  ASSERT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtProcessReport(10), ACL_ERROR_RT_THREAD_SUBSCRIBE);
}

TEST_F(Callback, R113_StreamGoesWhileItsThreadWaitsForReports) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  Server server;
  ASSERT_EQ(aclrtSubscribeReport(server.id(), stream), ACL_SUCCESS);
  WaitUntilBlocked(1);
  EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
}

TEST_F(Callback, R113_ForcedDestroyForgetsWhatHasNotReturned) {
  aclrtStream stream = nullptr;
  ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSubscribeReport(ThisThread(), stream), ACL_SUCCESS);
  Journal journal;
  Note note{&journal, 1};
  ASSERT_EQ(aclrtLaunchCallback(Write, &note, ACL_CALLBACK_BLOCK, stream),
            ACL_SUCCESS);
  aclrtStreamStatus status = ACL_STREAM_STATUS_COMPLETE;
  EXPECT_EQ(aclrtStreamQuery(stream, &status), ACL_SUCCESS);
  EXPECT_EQ(aclrtDestroyStreamForce(stream), ACL_SUCCESS);
  NodeCall("test", [](Call& call) {
    EXPECT_FALSE(call.node.scheduler().HasDeferred());
    return absl::OkStatus();
  });
}

struct Flagged {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
};

TEST_F(Callback, MainThreadMayWaitOnAConditionForAHostFunction) {
  aclrtStream stream = MakeStream();
  Flagged flagged;
  ASSERT_EQ(aclrtLaunchHostFunc(
                stream,
                [](void* at) {
                  auto* f = static_cast<Flagged*>(at);
                  const std::lock_guard<std::mutex> guard(f->mutex);
                  f->done = true;
                  f->changed.notify_all();
                },
                &flagged),
            ACL_SUCCESS);
  std::unique_lock<std::mutex> lock(flagged.mutex);
  EXPECT_TRUE(flagged.changed.wait_for(lock, std::chrono::seconds(20),
                                       [&] { return flagged.done; }));
}

TEST_F(Callback, MainThreadMaySpinOnAPinnedFlag) {
  aclrtStream stream = MakeStream();
  auto* flag = reinterpret_cast<std::atomic<unsigned char>*>(MakePinned(1, 0));
  ASSERT_EQ(aclrtMemcpyAsync(flag, 1, MakeDevice(1, 1), 1,
                             ACL_MEMCPY_DEVICE_TO_HOST, stream),
            ACL_SUCCESS);
  const auto give_up =
      std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (flag->load() == 0 && std::chrono::steady_clock::now() < give_up) {
  }
  EXPECT_EQ(flag->load(), 1);
}

}  // namespace
}  // namespace npuemu::shim
