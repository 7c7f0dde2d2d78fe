// I5-I7 and I13: aclopExecuteV2 of several threads on one stream.

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

// y = x + x, by a dynamic model.
struct Doubling {
  int64_t count = 0;
  uint16_t x = 0;
  uint16_t expected = 0;
  aclDataBuffer* in = nullptr;
  aclDataBuffer* out = nullptr;
  aclrtStream stream = nullptr;
  aclError result = -1;
};

class DynamicInterleaving : public InterleavingTest {
 protected:
  void SetUp() override {
    InterleavingTest::SetUp();
    ASSERT_EQ(Load(DynamicModel("Add", {{1, 4096}, {3, 3}})), ACL_SUCCESS);
  }

  Doubling Make(int64_t rows, uint16_t x, uint16_t expected,
                int64_t reserved_rows = 0) const {
    Doubling call;
    call.count = rows * 3;
    call.x = x;
    call.expected = expected;
    const auto reserved =
        static_cast<size_t>(3 * std::max(rows, reserved_rows));
    const auto bytes = static_cast<size_t>(call.count) * 2;
    call.in = Buffer(Upload(All(reserved, x)), bytes);
    call.out = Buffer(Upload(All(reserved, kUnwritten)), bytes);
    call.stream = stream_;
    return call;
  }

  static ThreadBody Body(Doubling* call) {
    return [call] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      const Dims dims{call->count / 3, 3};
      call->result = ExecV2("Add", {Desc(dims), Desc(dims)},
                            {call->in, call->in}, {Desc(dims)}, {call->out},
                            call->stream);
    };
  }

  static std::vector<uint16_t> OutputOf(const Doubling& call, int64_t rows) {
    return Download<uint16_t>(aclGetDataBufferAddr(call.out),
                              static_cast<size_t>(rows * 3));
  }
  static bool Holds(const Doubling& call, uint16_t value) {
    return OutputOf(call, call.count / 3) ==
           All(static_cast<size_t>(call.count), value);
  }

  // One order of D2 and D4 and whose x and y the executor has then.
  struct Order {
    const char* script;
    int in;   // thread
    int out;
  };

  static int64_t RandomRows(Prng* prng) {
    return 1 + static_cast<int64_t>(prng->Below(40));
  }
};

// The last D2 names x, the last D4 names y; both D5 run before one returns.
TEST_F(DynamicInterleaving, I5_LastWriterOfTheExecutorWins) {
  const Order orders[] = {
      {"1:D3 2:D3 1:D5 2:D5 1:D6 2:D6 1 2", 2, 2},
      {"2:D3 1:D3 2:D5 1:D5 1:D6 2:D6 2 1", 1, 1},
      {"1:D3 2:D3 2:D5 1:D5 1:D6 2:D6 2 1", 2, 1},
      {"2:D3 1:D3 1:D5 2:D5 1:D6 2:D6 1 2", 1, 2},
  };
  Prng prng(Seed());
  for (const Order& order : orders) {
    const int64_t rows = RandomRows(&prng);
    Doubling calls[] = {Make(rows, kOne, kTwo), Make(rows, kTwo, kFour)};
    ASSERT_TRUE(RunScript(order.script, {Body(&calls[0]), Body(&calls[1])}))
        << order.script;
    EXPECT_EQ(calls[0].result, ACL_SUCCESS);
    EXPECT_EQ(calls[1].result, ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    const uint16_t value = calls[order.in - 1].expected;
    EXPECT_TRUE(Holds(calls[order.out - 1], value)) << order.script;
    EXPECT_TRUE(Holds(calls[2 - order.out], kUnwritten)) << order.script;
  }
}

TEST_F(DynamicInterleaving, I6_DeadFrameIsGarbage) {
  Prng prng(Seed());
  for (int round = 0; round < 4; ++round) {
    Doubling one = Make(RandomRows(&prng), kOne, kTwo);
    Doubling two = Make(RandomRows(&prng), kTwo, kFour);
    ASSERT_TRUE(RunScript("1:D5 2 1", {Body(&one), Body(&two)}));
    EXPECT_EQ(one.result, kGeParamInvalid);
    EXPECT_EQ(two.result, ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_TRUE(Holds(one, kUnwritten));
    EXPECT_TRUE(Holds(two, kFour));
  }
}

// Thread 2 tiles for its extents, thread 1 binds its tensors, thread 2
// launches: past the end of thread 1's output.
TEST_F(DynamicInterleaving, I7_TilingOfOtherExtents) {
  Prng prng(Seed());
  for (int round = 0; round < 4; ++round) {
    const int64_t small = RandomRows(&prng);
    const int64_t large = small + RandomRows(&prng);
    Doubling one = Make(small, kOne, kTwo, /*reserved_rows=*/large);
    Doubling two = Make(large, kTwo, kFour);
    ASSERT_TRUE(RunScript("2:D5.launch 1:D5 2:D6 1:D6 2 1",
                          {Body(&one), Body(&two)}));
    EXPECT_EQ(one.result, ACL_SUCCESS);
    EXPECT_EQ(two.result, ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_EQ(OutputOf(one, large),
              All(static_cast<size_t>(large * 3), kTwo));
    EXPECT_TRUE(Holds(two, kUnwritten));
  }
}

TEST_F(DynamicInterleaving, I7_WorkspaceOfTheNodeIsShared) {
  om::SingleOpModel model = DynamicModel("MatMulV2", {{1, 64}, {1, 64}});
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  const Dims dims{16, 16};
  aclDataBuffer* x = Half(256, kOne);
  aclDataBuffer* outs[] = {Half(256, kUnwritten), Half(256, kUnwritten)};
  aclError results[] = {-1, -1};
  auto body = [&](int k) {
    return [&, k] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      results[k] = ExecV2("MatMulV2", {Desc(dims), Desc(dims)}, {x, x},
                          {Desc(dims)}, {outs[k]}, stream_);
    };
  };
  ASSERT_TRUE(RunScript("1:D5.launch 2:D5.launch 1 2", {body(0), body(1)}));
  EXPECT_EQ(results[0], ACL_SUCCESS);
  EXPECT_EQ(results[1], ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_ERROR_RT_AICORE_EXCEPTION);
  // Thread 1 launched with thread 2's tensors.
  EXPECT_EQ(Result(outs[0]), All(256, kUnwritten));
  EXPECT_EQ(Result(outs[1]), All(256, 0x4c00));
}

TEST_F(DynamicInterleaving, I5_SilentUnderALock) {
  for (uint64_t seed = Seed(); seed < Seed() + 20; ++seed) {
    Prng prng(seed);
    std::mutex mutex;
    Doubling calls[] = {Make(RandomRows(&prng), kOne, kTwo),
                        Make(RandomRows(&prng), kTwo, kFour)};
    std::vector<ThreadBody> bodies;
    for (Doubling& call : calls) {
      bodies.push_back([&mutex, inner = Body(&call)] {
        while (!mutex.try_lock()) EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
        inner();
        mutex.unlock();
      });
    }
    RunSeed(seed, Choice::kRandom, bodies);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS) << seed;
    for (const Doubling& call : calls) {
      EXPECT_EQ(call.result, ACL_SUCCESS) << seed;
      EXPECT_TRUE(Holds(call, call.expected)) << seed;
    }
  }
}

// Streams of their own have executors of their own.
TEST_F(DynamicInterleaving, I5_SilentOnTwoStreams) {
  for (uint64_t seed = Seed(); seed < Seed() + 20; ++seed) {
    Doubling calls[] = {Make(7, kOne, kTwo), Make(7, kTwo, kFour)};
    calls[1].stream = MakeStream();
    RunSeed(seed, Choice::kPct, {Body(&calls[0]), Body(&calls[1])});
    EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
    EXPECT_TRUE(Holds(calls[0], kTwo)) << seed;
    EXPECT_TRUE(Holds(calls[1], kFour)) << seed;
  }
}

// x1 + x2 where x2 lies in host memory behind a descriptor that two threads
// share; each has bytes of its own.
class SharedDescriptor : public InterleavingTest {
 protected:
  static constexpr int64_t kCount = 13;

  void Run(const char* script) {
    const aclTensorDesc* shared = HostDesc({kCount});
    std::vector<uint16_t> host[] = {All(kCount, kOne), All(kCount, kThree)};
    auto body = [&, shared](int k) {
      return [&, shared, k] {
        ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
        results_[k] = ExecV2(
            "Sub", {Desc({kCount}), const_cast<aclTensorDesc*>(shared)},
            {x_, Buffer(host[k].data(), kCount * 2)}, {Desc({kCount})},
            {outs_[k]}, stream_);
      };
    };
    x_ = Half(kCount, kFour);
    for (aclDataBuffer*& out : outs_) out = Half(kCount, kUnwritten);
    ASSERT_TRUE(RunScript(script, {body(0), body(1)}));
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  }

  aclDataBuffer* x_ = nullptr;
  aclDataBuffer* outs_[2] = {};
  aclError results_[2] = {-1, -1};
};

TEST_F(SharedDescriptor, R128_I13_SpuriousNotFoundOrTheOthersConstant) {
  om::SingleOpModel host = BinaryModel("Sub", {kCount});
  host.inputs[1].mem_type = ACL_MEMTYPE_HOST;
  ASSERT_EQ(Load(host), ACL_SUCCESS);
  // In order: 4 - 1 and 4 - 3.
  Run("1 2");
  EXPECT_EQ(Result(outs_[0]), All(kCount, kThree));
  EXPECT_EQ(Result(outs_[1]), All(kCount, kOne));
  // Thread 2 hashes the descriptor that thread 1 made constant.
  Run("1:MATCH 2 1");
  EXPECT_EQ(results_[0], ACL_SUCCESS);
  EXPECT_EQ(results_[1], ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(Result(outs_[0]), All(kCount, kThree));
  EXPECT_EQ(Result(outs_[1]), All(kCount, kUnwritten));

  om::SingleOpModel constant = BinaryModel("Sub", {kCount});
  constant.inputs[1].is_const = true;
  const auto bytes = All(kCount, kOne);
  const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
  constant.inputs[1].const_value.assign(begin, begin + kCount * 2);
  ASSERT_EQ(Load(constant), ACL_SUCCESS);
  Run("1:MATCH 2 1");
  EXPECT_EQ(results_[0], ACL_SUCCESS);
  EXPECT_EQ(results_[1], ACL_SUCCESS);
  EXPECT_EQ(Result(outs_[0]), All(kCount, kThree));
  EXPECT_EQ(Result(outs_[1]), All(kCount, kThree));  // 4 - thread 1's
}

}  // namespace
}  // namespace npuemu::shim
