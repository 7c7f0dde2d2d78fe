// I1-I4: static single operators of several threads on one stream, as scripts.

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

class StaticInterleaving : public InterleavingTest {
 protected:
  // Two launches of one op object under a lock of the program: whatever the
  // seed, all is well.
  void ExpectSilentUnderALock(std::vector<Launch> launches) {
    for (uint64_t seed = Seed(); seed < Seed() + 20; ++seed) {
      std::mutex mutex;
      std::vector<ThreadBody> bodies;
      for (Launch& launch : launches) {
        Renew(&launch);
        bodies.push_back(LockedBody(&launch, &mutex));
      }
      RunSeed(seed, Choice::kRandom, bodies);
      EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS) << seed;
      for (const Launch& launch : launches) {
        EXPECT_EQ(launch.result, ACL_SUCCESS) << seed;
        EXPECT_TRUE(Right(launch)) << seed;
      }
    }
  }
};

TEST_F(StaticInterleaving, I1_NullWorkspaceIsADeviceException) {
  for (int64_t n : {16, 32, 64}) {
    for (bool cube : {true, false}) {
      Launch one = cube ? MatMul(n, 0, kThree, stream_) : Softmax(n, stream_);
      Launch two = one;
      Renew(&two);
      ASSERT_TRUE(RunScript("1:S4 2:S4 1 2", {Body(&one), Body(&two)}));
      EXPECT_EQ(one.result, ACL_SUCCESS);
      EXPECT_EQ(two.result, ACL_SUCCESS);
      EXPECT_EQ(aclrtSynchronizeStream(stream_),
                cube ? ACL_ERROR_RT_AICORE_EXCEPTION
                     : ACL_ERROR_RT_VECTOR_CORE_EXCEPTION);
      EXPECT_TRUE(Right(one));
      EXPECT_TRUE(Unwritten(two));
      // The block of the first S2 is lost: nobody will free it.
      Look(one, [](StreamResource& resource, OpObject& object) {
        EXPECT_EQ(object.mem, 0u);
        EXPECT_EQ(resource.allocator.block(1).count, 1u);
      });
    }
  }
}

TEST_F(StaticInterleaving, I1_SilentUnderALock) {
  const Launch one = MatMul(16, 1, kTwo, stream_);
  ExpectSilentUnderALock({one, one, one});
}

// The order of the two launches decides who has the null workspace.
TEST_F(StaticInterleaving, I1_TheLastLauncherLoses) {
  Launch one = MatMul(48, 0, kThree, stream_);
  Launch two = one;
  Renew(&two);
  ASSERT_TRUE(RunScript("1:S4 2:S4 2 1", {Body(&one), Body(&two)}));
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_ERROR_RT_AICORE_EXCEPTION);
  EXPECT_TRUE(Unwritten(one));
  EXPECT_TRUE(Right(two));
}

TEST_F(StaticInterleaving, I2_DoubleFreeGivesOneBlockToTwo) {
  Launch one = MatMul(32, 0, kOne, stream_);
  Launch two = one;
  Renew(&two);
  Launch three = MatMul(32, 1, kThree, stream_);
  Launch four = MatMul(32, 2, kFour, stream_);
  BlockId third = 0;
  BlockId fourth = 0;
  // Threads 5 and 6 only look, between two steps of the others.
  ASSERT_TRUE(RunScript(
      "1:S4 2:S4 1:S10.free 2:S10.free 1:S10.null 3:S3 5 2:S10.null 4:S3 6 "
      "1 2 3 4",
      {Body(&one), Body(&two), Body(&three), Body(&four),
       [&] { UseDevice(0); third = MemOf(three); },
       [&] { UseDevice(0); fourth = MemOf(four); }}));
  EXPECT_NE(third, 0u);
  EXPECT_EQ(third, fourth);
  // On one stream the kernels still run one after the other.
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  for (const Launch* launch : {&one, &two, &three, &four}) {
    EXPECT_EQ(launch->result, ACL_SUCCESS);
    EXPECT_TRUE(Right(*launch));
  }
}

TEST_F(StaticInterleaving, I2_SecondFreeBeforeTheNextUserIsHarmless) {
  Launch one = MatMul(32, 0, kOne, stream_);
  Launch two = one;
  Renew(&two);
  Launch three = MatMul(32, 1, kThree, stream_);
  Launch four = MatMul(32, 2, kFour, stream_);
  BlockId third = 0;
  BlockId fourth = 0;
  ASSERT_TRUE(RunScript(
      "1:S4 2:S4 1:S10.free 2:S10.free 1:S10.null 2:S10.null 3:S3 5 4:S3 6 "
      "1 2 3 4",
      {Body(&one), Body(&two), Body(&three), Body(&four),
       [&] { UseDevice(0); third = MemOf(three); },
       [&] { UseDevice(0); fourth = MemOf(four); }}));
  EXPECT_NE(third, fourth);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
}

// Both pass `count > 0` before either decrements: the count wraps, the block
// is on no list.
TEST_F(StaticInterleaving, I2_RacingDecrementsLeakTheBlock) {
  Launch one = MatMul(32, 0, kOne, stream_);
  Launch two = one;
  Renew(&two);
  ASSERT_TRUE(RunScript("1:S4 2:S4 1:S10.count 2:S10.count 1 2",
                        {Body(&one), Body(&two)}));
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  Look(one, [](StreamResource& resource, OpObject&) {
    EXPECT_EQ(resource.allocator.block(2).count, UINT64_MAX);
  });
}

TEST_F(StaticInterleaving, I3_ReadOfANullBlockIsReported) {
  for (int64_t n : {16, 64}) {
    Launch one = MatMul(n, 0, kOne, stream_);
    Launch two = one;
    Renew(&two);
    ASSERT_TRUE(RunScript("2:S10 1:S3 2 1", {Body(&one), Body(&two)}));
    EXPECT_EQ(one.result, ACL_ERROR_INTERNAL_ERROR);
    EXPECT_EQ(two.result, ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    EXPECT_TRUE(Unwritten(one));
    EXPECT_TRUE(Right(two));
  }
}

TEST_F(StaticInterleaving, I3_TheMessageSaysWhatTheRealRuntimeDoes) {
  Launch one = MatMul(16, 0, kOne, stream_);
  Launch two = one;
  std::string message;
  ASSERT_TRUE(RunScript("2:S10 1:S3 2 1", {[&] {
                                             UseDevice(0);
                                             Run(&one);
                                             message = Message();
                                           },
                                           Body(&two)}));
  EXPECT_NE(message.find("I3"), std::string::npos) << message;
}

// The store of null comes after the other thread's S6: its kernel runs in a
// freed block.
TEST_F(StaticInterleaving, I3_LaunchInAFreedBlockIsSilent) {
  Launch one = MatMul(16, 0, kOne, stream_);
  Launch two = one;
  Renew(&two);
  Launch three = MatMul(16, 1, kThree, stream_);
  BlockId freed = 0;
  uint64_t used = 0;
  ASSERT_TRUE(RunScript(
      "2:S10 1:S7 2:S10.null 1:S10 3:S3 4 2 1 3",
      {Body(&one), Body(&two), Body(&three), [&] {
         UseDevice(0);
         freed = MemOf(three);
         Look(one, [&](StreamResource& resource, OpObject& object) {
           used = object.workspace;
           EXPECT_EQ(used, resource.allocator.AddressOf(freed));
         });
       }}));
  EXPECT_NE(used, 0u);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  for (const Launch* launch : {&one, &two, &three}) {
    EXPECT_EQ(launch->result, ACL_SUCCESS);
    EXPECT_TRUE(Right(*launch));
  }
}

TEST_F(StaticInterleaving, I4_UnlockedListGivesOneBlockToTwo) {
  std::vector<Launch> ops;
  for (int variant = 0; variant < 4; ++variant) {
    ops.push_back(MatMul(32, variant, kTwo, stream_));
  }
  // Two blocks on the list.
  ASSERT_TRUE(RunScript("1:S3 2:S3 1 2", {Body(&ops[0]), Body(&ops[1])}));
  for (Launch& launch : ops) Renew(&launch);
  BlockId second = 0;
  BlockId fourth = 0;
  // Free has read the head when Malloc takes it, and links to it then.
  ASSERT_TRUE(RunScript(
      "1:S10.list 2:S3 5 1 3:S3 4:S3 6 2 3 4",
      {Body(&ops[0]), Body(&ops[1]), Body(&ops[2]), Body(&ops[3]),
       [&] { UseDevice(0); second = MemOf(ops[1]); },
       [&] { UseDevice(0); fourth = MemOf(ops[3]); }}));
  EXPECT_NE(second, 0u);
  EXPECT_EQ(second, fourth);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  for (const Launch& launch : ops) EXPECT_TRUE(Right(launch));
}

// Malloc has read the head when Free puts a block before it, which is lost.
TEST_F(StaticInterleaving, I4_UnlockedListLosesABlock) {
  std::vector<Launch> ops;
  for (int variant = 0; variant < 3; ++variant) {
    ops.push_back(MatMul(32, variant, kTwo, stream_));
  }
  ASSERT_TRUE(RunScript("1:S3 2:S3 1 2", {Body(&ops[0]), Body(&ops[1])}));
  ASSERT_TRUE(RunScript("1:S10.list 2:S2.list 1 2",
                        {Body(&ops[0]), Body(&ops[1])}));
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  Look(ops[0], [](StreamResource& resource, OpObject&) {
    const uint64_t bytes = resource.allocator.block(1).bytes;
    EXPECT_EQ(resource.allocator.FreeList(bytes).size(), 1u);
  });
}

TEST_F(StaticInterleaving, I4_SilentUnderALock) {
  ExpectSilentUnderALock({MatMul(32, 0, kOne, stream_),
                          MatMul(32, 1, kTwo, stream_),
                          MatMul(32, 2, kThree, stream_)});
}

// Element-wise operators have no workspace: their results are right.
TEST_F(StaticInterleaving, I1_ElementWiseHasNoWorkspace) {
  Launch one;
  one.handle = AddHandle({7, 9});
  one.count = 63;
  one.in = {Half(63, kOne), Half(63, kTwo)};
  one.out = Half(63, kUnwritten);
  one.expected = kThree;
  one.stream = stream_;
  Launch two = one;
  Renew(&two);
  ASSERT_TRUE(RunScript("1:S4 2:S4 1 2", {Body(&one), Body(&two)}));
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_TRUE(Right(one));
  EXPECT_TRUE(Right(two));
}

}  // namespace
}  // namespace npuemu::shim
