// I14-I17, compound calls, and I9, which needs memory pressure.

#include <atomic>
#include <memory>
#include <string>

#include "acl_shim/tests/interleavings/scenario_kit.h"

namespace npuemu::shim {
namespace {

// Counts the host functions that have returned.
class Returns : public Observer {
 public:
  static Returns& Get() {
    static Returns* const added = [] {
      auto owned = std::make_unique<Returns>();
      Returns* raw = owned.get();
      NodeCall("look", [&](Call& call) {
        call.node.log().AddObserver(std::move(owned));
        return absl::OkStatus();
      });
      return raw;
    }();
    return *added;
  }
  void OnEvent(const Event& event) override {
    if (event.kind == EventKind::kCallback) ++count;
  }
  std::atomic<int> count{0};
};

// Each is callback, wait, reset. Where both functions have returned before the
// first wait, they set one level: the second wait comes behind a reset.
Try BlockingCallbacks() {
  auto own = std::make_shared<OwnStream>();
  const int before = Returns::Get().count;
  const auto launch = [own] {
    EXPECT_EQ(aclrtLaunchHostFunc(own->stream, [](void*) {}, nullptr),
              ACL_SUCCESS);
  };
  // Two sets on another stream, the first of them long: whoever sees the second
  // has waited.
  constexpr size_t kBytes = 32 << 20;
  static std::byte* memory = Kit::MakeDevice(kBytes);
  auto other = std::make_shared<OwnStream>();
  for (size_t bytes : {kBytes, size_t{8}}) {
    EXPECT_EQ(aclrtMemsetAsync(memory, bytes, 0, bytes, other->stream),
              ACL_SUCCESS);
  }
  const auto pass_time = [other] {
    EXPECT_EQ(aclrtSynchronizeStream(other->stream), ACL_SUCCESS);
  };
  return {{OnDevice(launch), OnDevice(launch), OnDevice(pass_time)},
          [own, before] {
            aclrtStreamStatus status = ACL_STREAM_STATUS_NOT_READY;
            while (Returns::Get().count < before + 2) {
              aclrtStreamQuery(own->stream, &status);
            }
            for (int poll = 0; poll < 200; ++poll) {
              aclrtStreamQuery(own->stream, &status);
            }
            return status == ACL_STREAM_STATUS_NOT_READY;
          }};
}

Try PageableCopy() {
  struct State {
    OwnStream own;
    std::byte* source = Kit::MakeDevice(64, 1);
    std::byte* result = Kit::MakeDevice(64, 0);
    std::vector<uint8_t> pageable = std::vector<uint8_t>(64, 7);
  };
  auto s = std::make_shared<State>();
  // The second thread knows that the first one's copy was called: it waits for
  // nothing else.
  auto called = std::make_shared<bool>(false);
  return {{OnDevice([s, called] {
             *called = true;
             EXPECT_EQ(aclrtMemcpyAsync(s->source, 64, s->pageable.data(), 64,
                                        ACL_MEMCPY_HOST_TO_DEVICE,
                                        s->own.stream),
                       ACL_SUCCESS);
           }),
           OnDevice([s, called] {
             if (!*called) return;
             EXPECT_EQ(aclrtMemcpyAsync(s->result, 64, s->source, 64,
                                        ACL_MEMCPY_DEVICE_TO_DEVICE,
                                        s->own.stream),
                       ACL_SUCCESS);
           })},
          [s, called] {
            aclrtSynchronizeStream(s->own.stream);
            return Kit::Peek(s->result) == 1;  // old bytes, after the call
          }};
}

Try LargeMemset() {
  constexpr size_t kPiece = size_t{64} << 20;
  constexpr size_t kBytes = 2 * kPiece + 4096;
  static std::byte* memory = Kit::MakeDevice(kBytes, 1);
  auto own = std::make_shared<OwnStream>();
  const auto set = [own](int value, size_t bytes) {
    return OnDevice([own, value, bytes] {
      EXPECT_EQ(aclrtMemsetAsync(memory, bytes, value, bytes, own->stream),
                ACL_SUCCESS);
    });
  };
  return {{set(5, kBytes), set(9, kPiece)}, [own] {
            aclrtSynchronizeStream(own->stream);
            return Kit::Peek(memory + kBytes - 1) == 9;
          }};
}

Try FullQueue() {
  struct State {
    OwnStream own;
    aclrtEvent gate = Kit::MakeGate();
    std::byte* memory = Kit::MakeDevice(8);
    aclError filled = ACL_SUCCESS;
  };
  auto s = std::make_shared<State>();
  return {{OnDevice([s] {
             ASSERT_EQ(aclrtStreamWaitEvent(s->own.stream, s->gate),
                       ACL_SUCCESS);
             for (int i = 0; i < 2047 && s->filled == ACL_SUCCESS; ++i) {
               s->filled = aclrtMemsetAsync(s->memory, 8, 1, 8, s->own.stream);
             }
           }),
           OnDevice([s] { aclrtRecordEvent(s->gate, s->own.stream); })},
          [s] { return s->filled == ACL_ERROR_RT_STREAM_TASK_FULL; }};
}

// Queues a product, runs out of memory in a larger one, takes the workspace of
// the first.
Try Recovery() {
  static bool taken = false;  // memory is gone for good: one try a process
  struct State {
    Launch small, large;
    std::shared_ptr<Squatter> squatter;
  };
  auto s = std::make_shared<State>();
  aclrtStream stream = nullptr;
  EXPECT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  aclrtEvent gate = Kit::MakeGate();
  return {{OnDevice([=] {
            if (taken) return;
            taken = true;
            s->small = Kit::MatMul(128, 0, kOne, stream);
            s->large = Kit::MatMul(512, 0, kOne, stream);
            EXPECT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
            EXPECT_EQ(Kit::Run(&s->small), ACL_SUCCESS);
            s->squatter = std::make_shared<Squatter>(s->small);
            for (size_t bytes = 1 << 20; bytes >= 1 << 12; bytes /= 4) {
              void* memory = nullptr;
              while (aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_NORMAL_ONLY) ==
                     ACL_SUCCESS) {
              }
            }
            EXPECT_EQ(Kit::Run(&s->large), ACL_ERROR_RT_MEMORY_ALLOCATION);
            s->squatter->Take();
            Open(gate);
          })},
          [=] {
            if (s->squatter == nullptr) return true;
            aclrtSynchronizeDevice();
            return s->squatter->Trampled();
          }};
}

}  // namespace

std::vector<Scenario> QueueScenarios() {
  return {
      {"I14", "two host functions on one stream; waits elsewhere",
       "1:WAIT 2:WAIT 3 1 2", "the second wait never ends", BlockingCallbacks},
      {"I15", "a pageable copy; a later copy of its target", "1:COPY 2 1",
       "the later copy has the old bytes", PageableCopy},
      {"I16", "a set of 128 MiB; a set of its first part", "1:PIECE 2 1",
       "bytes of the other set everywhere", LargeMemset, 8},
      {"I17", "fills a queue behind a wait; records what it waits for", "1 2",
       "507002 for both: nobody can go on", FullQueue, 40},
  };
}

std::vector<Scenario> MemoryScenarios() {
  return {{"I9", "one thread: launch, run out of memory, allocate", "1",
           "the kernel writes into memory that was given away", Recovery, 1}};
}

}  // namespace npuemu::shim
