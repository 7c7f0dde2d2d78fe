// I9: out-of-memory recovery returns a workspace that a queued kernel uses.
// Runs with a small NPUEMU_HOST_MEMORY.

#include "acl_shim/tests/interleavings/interleaving_testing.h"

namespace npuemu::shim {
namespace {

class MemoryInterleaving : public InterleavingTest {
 protected:
  static constexpr size_t kSlack = 32;  // R76

  // Takes all that is left, in pieces.
  static void Fill() {
    for (size_t bytes = 1 << 20; bytes >= 1 << 12; bytes /= 4) {
      void* memory = nullptr;
      while (aclrtMalloc(&memory, bytes, ACL_MEM_MALLOC_NORMAL_ONLY) ==
             ACL_SUCCESS) {
      }
    }
  }

  // Queues a product behind the gate, runs out of memory in a larger one, and
  // takes the first one's workspace for the program. Whether the kernel then
  // writes there.
  bool Trampled(bool synchronise) {
    aclrtEvent gate = MakeGate();
    Launch small = MatMul(128, 0, kOne, stream_);
    Launch large = MatMul(512, 0, kOne, stream_);
    EXPECT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
    EXPECT_EQ(Run(&small), ACL_SUCCESS);
    uint64_t address = 0;
    uint64_t bytes = 0;
    Look(small, [&](StreamResource& resource, OpObject& object) {
      address = object.workspace;
      bytes = resource.allocator.block(1).bytes;
    });
    aclrtStream opener = MakeStream();
    if (synchronise) {
      EXPECT_EQ(aclrtRecordEvent(gate, opener), ACL_SUCCESS);
      EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
    }
    Fill();
    EXPECT_EQ(Run(&large), ACL_ERROR_RT_MEMORY_ALLOCATION);
    std::byte* mine = MakeDevice(bytes - kSlack, 0x11);
    EXPECT_EQ(reinterpret_cast<uint64_t>(mine), address);
    EXPECT_EQ(aclrtRecordEvent(gate, opener), ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
    EXPECT_TRUE(Right(small));
    const auto now = Download<uint8_t>(mine, bytes - kSlack);
    return now != std::vector<uint8_t>(now.size(), 0x11);
  }
};

TEST_F(MemoryInterleaving, I9_RecoveryFreesAWorkspaceInUse) {
  EXPECT_TRUE(Trampled(/*synchronise=*/false));
}

TEST_F(MemoryInterleaving, I9_SilentAfterASynchronise) {
  EXPECT_FALSE(Trampled(/*synchronise=*/true));
}

}  // namespace
}  // namespace npuemu::shim
