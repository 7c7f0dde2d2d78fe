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

TEST_F(CostModelTest, KernelTakesTheLargerOfComputeAndMemory) {
  const KernelCost compute =
      costs_.Kernel(Unit::kCube, {.cube_cycles = 24 * 1850 * 1000});
  EXPECT_EQ(compute.cores, 24u);
  EXPECT_EQ(compute.duration, SimDuration(2000 + 1000 * 1000));
  const KernelCost memory =
      costs_.Kernel(Unit::kVector, {.vector_cycles = 1, .bytes = 1600 * 500});
  EXPECT_EQ(memory.cores, 1u);
  EXPECT_EQ(memory.duration, SimDuration(2000 + 500));
}

TEST_F(CostModelTest, CopiesGoAtPcieOrHbmSpeed) {
  EXPECT_EQ(costs_.Copy(Unit::kCopyIn, 25 * 1000), SimDuration(3000 + 1000));
  EXPECT_EQ(costs_.Copy(Unit::kCopyDevice, 1600 * 1000),
            SimDuration(3000 + 2000));
}

}  // namespace
}  // namespace npuemu
