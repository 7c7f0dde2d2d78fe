// I8-I12: op objects that outlive, or are shared beyond, their stream. Most
// need one thread only.

#include "acl_shim/op/model_store.h"
#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

// What aclrtMalloc adds (R76): a request of this much less fills the block.
constexpr size_t kMallocSlack = 32;

class StreamInterleaving : public InterleavingTest {
 protected:
  struct Workspace {
    uint64_t address = 0;
    uint64_t bytes = 0;
  };
  static Workspace WorkspaceOf(const Launch& launch) {
    Workspace workspace;
    Look(launch, [&](StreamResource& resource, OpObject& object) {
      workspace.address = object.workspace;
      workspace.bytes = resource.allocator.block(1).bytes;
    });
    return workspace;
  }
  // Takes the memory that the launch's workspace had, all bytes 0x11.
  static std::byte* Squat(const Workspace& workspace) {
    std::byte* memory = MakeDevice(workspace.bytes - kMallocSlack, 0x11);
    EXPECT_EQ(reinterpret_cast<uint64_t>(memory), workspace.address);
    return memory;
  }
  static bool Trampled(const std::byte* memory, uint64_t bytes) {
    const auto now = Download<uint8_t>(memory, bytes - kMallocSlack);
    return now != std::vector<uint8_t>(now.size(), 0x11);
  }
  static void Open(aclrtEvent gate) {
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    ASSERT_EQ(aclrtRecordEvent(gate, stream), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  }
};

// Two contexts on one device, one handle, null streams: two kernels in flight
// on two streams with one workspace.
TEST_F(StreamInterleaving, I8_NullStreamsOfTwoContextsShareAWorkspace) {
  aclrtContext contexts[2] = {};
  for (aclrtContext& context : contexts) {
    ASSERT_EQ(aclrtCreateContext(&context, 0), ACL_SUCCESS);
  }
  ASSERT_EQ(aclrtSetCurrentContext(contexts[0]), ACL_SUCCESS);
  aclrtEvent gate = MakeGate();
  Launch one = MatMul(32, 0, kOne, nullptr);
  ASSERT_EQ(aclrtStreamWaitEvent(nullptr, gate), ACL_SUCCESS);
  ASSERT_EQ(Run(&one), ACL_SUCCESS);
  const Workspace first = WorkspaceOf(one);
  Launch two = one;
  Renew(&two);
  ASSERT_EQ(aclrtSetCurrentContext(contexts[1]), ACL_SUCCESS);
  ASSERT_EQ(Run(&two), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_TRUE(Right(two));
  EXPECT_TRUE(Unwritten(one));  // in flight, behind its gate
  // Nothing was made for the second context: P and its workspace are A's.
  Look(two, [](StreamResource&, OpObject& object) {
    EXPECT_EQ(object.workspace, 0u);
  });
  ASSERT_EQ(aclrtSetCurrentContext(contexts[0]), ACL_SUCCESS);
  EXPECT_EQ(WorkspaceOf(one).address, first.address);
  Open(gate);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_TRUE(Right(one));
  for (aclrtContext context : contexts) {
    ASSERT_EQ(aclrtDestroyContext(context), ACL_SUCCESS);
  }
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

// The second context on another device: its kernel is given the workspace of
// the first one's device.
TEST_F(StreamInterleaving, I8_OtherDeviceFaults) {
  Launch one = MatMul(32, 1, kOne, nullptr);
  ASSERT_EQ(Run(&one), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_TRUE(Right(one));
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  Launch two = MatMul(32, 1, kOne, nullptr);
  two.handle = one.handle;
  EXPECT_EQ(Run(&two), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_TRUE(Unwritten(two));
  // A handle of its own finds the device's own resource.
  Launch fixed = MatMul(32, 1, kOne, nullptr);
  EXPECT_EQ(Run(&fixed), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_TRUE(Right(fixed));
  ASSERT_EQ(aclrtResetDevice(1), ACL_SUCCESS);
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

// Explicit streams, or aclopExecuteV2, are keys of their own.
TEST_F(StreamInterleaving, I8_SilentWithExplicitStreams) {
  Launch one = MatMul(32, 2, kOne, stream_);
  ASSERT_EQ(Run(&one), ACL_SUCCESS);
  Launch two = one;
  Renew(&two);
  two.stream = MakeStream();
  ASSERT_EQ(Run(&two), ACL_SUCCESS);
  EXPECT_NE(WorkspaceOf(one).address, WorkspaceOf(two).address);
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  EXPECT_TRUE(Right(one));
  EXPECT_TRUE(Right(two));
}

TEST_F(StreamInterleaving, I10_DestroyFreesWhatQueuedKernelsUse) {
  for (int64_t n : {32, 64}) {
    aclrtEvent gate = MakeGate();
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    Launch launch = MatMul(n, 3, kOne, stream);
    ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
    ASSERT_EQ(Run(&launch), ACL_SUCCESS);
    const Workspace workspace = WorkspaceOf(launch);
    std::byte* squatter = nullptr;
    aclError destroyed = -1;
    ASSERT_TRUE(RunScript("1:DESTROY_PRE 2 1",
                          {[&] {
                             UseDevice(0);
                             destroyed = aclrtDestroyStream(stream);
                           },
                           [&] {
                             UseDevice(0);
                             squatter = Squat(workspace);
                             Open(gate);
                           }}));
    EXPECT_EQ(destroyed, ACL_SUCCESS);
    EXPECT_TRUE(Right(launch));
    EXPECT_TRUE(Trampled(squatter, workspace.bytes));
  }
}

TEST_F(StreamInterleaving, I10_SilentAfterASynchronise) {
  Launch launch = MatMul(32, 3, kOne, MakeStream());
  ASSERT_EQ(Run(&launch), ACL_SUCCESS);
  const Workspace workspace = WorkspaceOf(launch);
  ASSERT_EQ(aclrtSynchronizeStream(launch.stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtDestroyStream(launch.stream), ACL_SUCCESS);
  std::byte* squatter = Squat(workspace);
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  EXPECT_TRUE(Right(launch));
  EXPECT_FALSE(Trampled(squatter, workspace.bytes));
}

// A launch that is under way when its stream is destroyed.
TEST_F(StreamInterleaving, I10_LaunchUnderWayIsReported) {
  for (const char* step : {"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9",
                           "S10", "S10.free", "S10.null"}) {
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    Launch launch = MatMul(16, 3, kOne, stream);
    aclError destroyed = -1;
    ASSERT_TRUE(RunScript(std::string("1:") + step + " 2 1",
                          {Body(&launch), [&] {
                             UseDevice(0);
                             destroyed = aclrtDestroyStream(stream);
                           }}))
        << step;
    EXPECT_EQ(destroyed, ACL_SUCCESS);
    EXPECT_EQ(launch.result, ACL_ERROR_INTERNAL_ERROR) << step;
  }
}

// Addresses of streams are given out last freed first; the handle remembers.
TEST_F(StreamInterleaving, I11_HandleOfADestroyedStream) {
  Prng prng(Seed());
  for (int round = 0; round < 10; ++round) {
    Launch launch = MatMul(16, static_cast<int>(prng.Below(4)), kOne, nullptr);
    std::vector<aclrtStream> streams(2 + prng.Below(4));
    for (aclrtStream& stream : streams) {
      ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    }
    std::vector<bool> freed;  // whether the handle ran there; last is next
    for (aclrtStream stream : streams) {
      const bool used = prng.Below(2) == 0;
      launch.stream = stream;
      if (used) {
        ASSERT_EQ(Run(&launch), ACL_SUCCESS);
      }
      ASSERT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
      freed.push_back(used);
    }
    for (; !freed.empty(); freed.pop_back()) {
      launch.stream = MakeStream();
      Renew(&launch);
      EXPECT_EQ(Run(&launch),
                freed.back() ? ACL_ERROR_INTERNAL_ERROR : ACL_SUCCESS);
      EXPECT_EQ(aclrtSynchronizeStream(launch.stream), ACL_SUCCESS);
      EXPECT_TRUE(freed.back() ? Unwritten(launch) : Right(launch));
      if (freed.back()) {
        EXPECT_NE(Message().find("I11"), std::string::npos);
      }
    }
  }
}

TEST_F(StreamInterleaving, I11_SilentWithANewHandle) {
  for (int round = 0; round < 3; ++round) {
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    Launch launch = MatMul(16, 0, kTwo, stream);
    EXPECT_EQ(Run(&launch), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    EXPECT_TRUE(Right(launch));
    ASSERT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
  }
}

class Ageing : public StreamInterleaving {
 protected:
  static aclError Compile(int64_t extent) {
    const DescList in = {Desc({extent}), Desc({extent})};
    const DescList out = {Desc({extent})};
    return aclopCompile("Mul", 2, in.data(), 1, out.data(), nullptr,
                        ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr);
  }
  // Room for this many compiled models.
  static void SetRoom(size_t room) {
    ASSERT_EQ(aclopSetMaxOpQueueNum(ModelStore::Get().size() + room),
              ACL_SUCCESS);
  }
  Launch Compiled(int64_t extent) {
    EXPECT_EQ(Compile(extent), ACL_SUCCESS);
    Launch launch;
    EXPECT_EQ(CreateHandle("Mul", {Desc({extent}), Desc({extent})},
                           {Desc({extent})}, &launch.handle),
              ACL_SUCCESS);
    launch.count = static_cast<size_t>(extent);
    launch.in = {Half(launch.count, kTwo), Half(launch.count, kTwo)};
    launch.out = Half(launch.count, kUnwritten);
    launch.expected = kFour;
    launch.stream = stream_;
    return launch;
  }
  void TearDown() override {
    EXPECT_EQ(aclopSetMaxOpQueueNum(20000), ACL_SUCCESS);
    StreamInterleaving::TearDown();
  }
};

TEST_F(Ageing, I12_HandleOfAnAgedModel) {
  const auto room = static_cast<int64_t>(2 + Prng(Seed()).Below(4));
  SetRoom(static_cast<size_t>(room));
  Launch launch = Compiled(1200);
  for (int64_t others = 0; others < room; ++others) {
    Renew(&launch);
    EXPECT_EQ(Run(&launch), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_TRUE(Right(launch));
    ASSERT_EQ(Compile(1201 + others), ACL_SUCCESS);
  }
  Renew(&launch);
  EXPECT_EQ(Run(&launch), ACL_ERROR_INTERNAL_ERROR);
  EXPECT_NE(Message().find("I12"), std::string::npos);
  EXPECT_TRUE(Unwritten(launch));
}

TEST_F(Ageing, I12_AgedDuringALaunch) {
  // Every compilation ages all earlier ones.
  ASSERT_EQ(aclopSetMaxOpQueueNum(1), ACL_SUCCESS);
  Launch launch = Compiled(1300);
  ASSERT_TRUE(RunScript("1:S1 2 1", {Body(&launch), [] {
                                       UseDevice(0);
                                       EXPECT_EQ(Compile(1301), ACL_SUCCESS);
                                     }}));
  EXPECT_EQ(launch.result, ACL_ERROR_INTERNAL_ERROR);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_TRUE(Unwritten(launch));
}

}  // namespace
}  // namespace npuemu::shim
