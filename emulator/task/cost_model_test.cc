#include "emulator/task/cost_model.h"

#include "gtest/gtest.h"

namespace npuemu {
namespace {

SimTime At(int64_t ns) { return SimTime(SimDuration(ns)); }

class CostModelTest : public testing::Test {
 protected:
  CostModel costs_{*FindSoc("Ascend910B1"), 2};
};

TEST_F(CostModelTest, OneCopyEnginePerDirectionAndDevice) {
  costs_.Occupy(0, Unit::kCopyIn, 1, At(100));
  EXPECT_EQ(costs_.Earliest(0, Unit::kCopyIn, 1, At(10)), At(100));
  EXPECT_EQ(costs_.Earliest(0, Unit::kCopyOut, 1, At(10)), At(10));
  EXPECT_EQ(costs_.Earliest(1, Unit::kCopyIn, 1, At(10)), At(10));
}

TEST_F(CostModelTest, KernelsShareCoresByCount) {
  costs_.Occupy(0, Unit::kCube, 20, At(100));  // 4 of 24 stay free
  EXPECT_EQ(costs_.Earliest(0, Unit::kCube, 4, At(10)), At(10));
  EXPECT_EQ(costs_.Earliest(0, Unit::kCube, 5, At(10)), At(100));
  costs_.Occupy(0, Unit::kCube, 4, At(50));
  EXPECT_EQ(costs_.Earliest(0, Unit::kCube, 1, At(10)), At(50));
  EXPECT_EQ(costs_.Earliest(0, Unit::kCube, 5, At(10)), At(100));
}

TEST_F(CostModelTest, ControlTasksNeedNoServer) {
  costs_.Occupy(0, Unit::kControl, 1, At(100));
  EXPECT_EQ(costs_.Earliest(0, Unit::kControl, 1, At(10)), At(10));
}

TEST_F(CostModelTest, KernelTakesTheLargestOfComputeAndMovement) {
  const KernelCost compute =
      costs_.Kernel(Unit::kCube, {.cube_cycles = 24 * 1850 * 1000});
  EXPECT_EQ(compute.cores, 24u);
  EXPECT_EQ(compute.duration, SimDuration(2000 + 1000 * 1000));
  // One core's GM to UB, 108 bytes a ns.
  const KernelCost in = costs_.Kernel(
      Unit::kVector, {.vector_cycles = 1, .bytes_read = 108 * 500});
  EXPECT_EQ(in.cores, 1u);
  EXPECT_EQ(in.duration, SimDuration(2000 + 500));
  // L0C to GM is the narrow way of a cube core.
  const KernelCost out = costs_.Kernel(
      Unit::kCube, {.cube_cycles = 1, .bytes_written = 75 * 500});
  EXPECT_EQ(out.duration, SimDuration(2000 + 500));
}

TEST_F(CostModelTest, BytesSpreadOverCoresUntilHbmIsTheLimit) {
  const KernelCost cached = costs_.Kernel(
      Unit::kVector, {.bytes_read = 48 * 131072});
  EXPECT_EQ(cached.cores, 48u);
  EXPECT_EQ(cached.duration, SimDuration(2000 + 1214));  // 131072 / 108
  const uint64_t bytes = uint64_t{400} << 20;  // more than the L2 holds
  const KernelCost large = costs_.Kernel(
      Unit::kVector, {.bytes_read = bytes / 2, .bytes_written = bytes / 2});
  EXPECT_EQ(large.duration, SimDuration(2000 + bytes / 1600));
}

TEST_F(CostModelTest, TheAiCpuHasAClockOfItsOwn) {
  const KernelCost cost =
      costs_.Kernel(Unit::kAiCpu, {.vector_cycles = 2000 * 30});
  EXPECT_EQ(cost.cores, 1u);
  EXPECT_EQ(cost.duration, SimDuration(10000 + 30000));
}

TEST_F(CostModelTest, CopiesGoAtPcieHbmOrHccsSpeed) {
  EXPECT_EQ(costs_.Copy(Unit::kCopyIn, 25 * 1000), SimDuration(3000 + 1000));
  EXPECT_EQ(costs_.Copy(Unit::kCopyDevice, 1600 * 1000),
            SimDuration(3000 + 2000));
  EXPECT_EQ(costs_.Copy(Unit::kCopyDevice, 56 * 1000, /*peer=*/true),
            SimDuration(3000 + 1000));
}

}  // namespace
}  // namespace npuemu
