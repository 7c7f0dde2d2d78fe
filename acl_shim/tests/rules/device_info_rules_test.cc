// R34, R188 and arithmetic 1.3, 6.1: what a device says of itself. The
// environment is that of device_context_rules_test.

#include <unistd.h>

#include <cstring>
#include <string>

#include "acl_shim/tests/rules/rule_macros.h"

namespace npuemu::rules {
namespace {

class DeviceInfo : public testing::Test {
 protected:
  void SetUp() override { ASSERT_ACL(aclrtSetDevice(0)); }
  void TearDown() override { aclrtResetDeviceForce(0); }
};

TEST_F(DeviceInfo, FiguresOfAscend910B1) {
  EXPECT_STREQ(aclrtGetSocName(), "Ascend910B1");
  int64_t value = 0;
  EXPECT_ACL(aclGetDeviceCapability(0, ACL_DEVICE_INFO_AI_CORE_NUM, &value));
  EXPECT_EQ(value, 24);
  EXPECT_ACL(
      aclGetDeviceCapability(0, ACL_DEVICE_INFO_VECTOR_CORE_NUM, &value));
  EXPECT_EQ(value, 48);
  EXPECT_ACL(aclGetDeviceCapability(0, ACL_DEVICE_INFO_L2_SIZE, &value));
  EXPECT_EQ(value, 192 << 20);
  EXPECT_EQ(aclGetDeviceCapability(0, ACL_DEVICE_INFO_UNDEFINED, &value),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_ACL(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_TOTAL_GLOBAL_MEM_SIZE, &value));
  EXPECT_EQ(value, int64_t{64} << 30);
  EXPECT_ACL(aclrtGetDeviceInfo(2, ACL_DEV_ATTR_PHY_CHIP_ID, &value));
  EXPECT_EQ(value, 5);
  EXPECT_EQ(aclrtGetDeviceInfo(0, ACL_DEV_ATTR_WARP_SIZE, &value),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtGetDeviceInfo(3, ACL_DEV_ATTR_SMP_ID, &value),
            ACL_ERROR_RT_INVALID_DEVICEID);
}

TEST_F(DeviceInfo, FeaturesAreNotSupported) {
  int32_t value = 9;
  EXPECT_ACL(aclrtGetDeviceCapability(
      0, ACL_FEATURE_SYSTEM_MEMQ_EVENT_CROSS_DEV, &value));
  EXPECT_EQ(value, 0);
  EXPECT_EQ(
      aclrtGetDeviceCapability(0, static_cast<aclrtDevFeatureType>(2), &value),
      ACL_ERROR_INVALID_PARAM);
}

TEST_F(DeviceInfo, R34_PriorityRange) {
  int32_t least = -1;
  int32_t greatest = -1;
  EXPECT_ACL(aclrtDeviceGetStreamPriorityRange(&least, &greatest));
  EXPECT_EQ(least, 7);
  EXPECT_EQ(greatest, 0);
}

TEST_F(DeviceInfo, RunModeIsHost) {
  aclrtRunMode mode = ACL_DEVICE;
  EXPECT_ACL(aclrtGetRunMode(&mode));
  EXPECT_EQ(mode, ACL_HOST);
  EXPECT_EQ(aclrtGetRunMode(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(DeviceInfo, StatusIsNormal) {
  aclrtDeviceStatus status = ACL_RT_DEVICE_STATUS_END;
  EXPECT_ACL(aclrtQueryDeviceStatus(0, &status));
  EXPECT_EQ(status, ACL_RT_DEVICE_STATUS_NORMAL);
  EXPECT_EQ(aclrtQueryDeviceStatus(9, &status), ACL_ERROR_RT_INVALID_DEVICEID);
}

TEST_F(DeviceInfo, UtilizationCountsMemory) {
  aclrtUtilizationInfo info = {9, 9, 9, 9, nullptr};
  EXPECT_ACL(aclrtGetDeviceUtilizationRate(0, &info));
  EXPECT_EQ(info.cubeUtilization, 0);
  EXPECT_EQ(info.vectorUtilization, 0);
  EXPECT_EQ(info.aicpuUtilization, 0);
  EXPECT_EQ(info.memoryUtilization, 0);
  void* memory = nullptr;  // 1 of 64 GiB
  ASSERT_ACL(aclrtMalloc(&memory, size_t{1} << 30, ACL_MEM_MALLOC_HUGE_FIRST));
  EXPECT_ACL(aclrtGetDeviceUtilizationRate(0, &info));
  EXPECT_EQ(info.memoryUtilization, 1);
  EXPECT_ACL(aclrtFree(memory));
  EXPECT_EQ(aclrtGetDeviceUtilizationRate(0, nullptr),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(DeviceInfo, PciBusIdAndUuidArePerDevice) {
  char bus[13] = "";
  EXPECT_ACL(aclrtDeviceGetPCIBusId(1, bus, sizeof(bus)));
  EXPECT_STREQ(bus, "0000:84:00.0");  // of physical device 3
  EXPECT_EQ(aclrtDeviceGetPCIBusId(1, bus, 12), ACL_ERROR_RT_PARAM_INVALID);
  int32_t device = -1;
  EXPECT_ACL(aclrtDeviceGetByPCIBusId(bus, &device));
  EXPECT_EQ(device, 1);
  EXPECT_EQ(aclrtDeviceGetByPCIBusId("0000:81:00.0", &device),
            ACL_ERROR_RT_PARAM_INVALID);
  aclrtUuid one = {};
  aclrtUuid two = {};
  EXPECT_ACL(aclrtDeviceGetUuid(1, &one));
  EXPECT_ACL(aclrtDeviceGetUuid(2, &two));
  EXPECT_NE(std::memcmp(&one, &two, sizeof(one)), 0);
  EXPECT_EQ(std::memcmp(&one, "npuemu", 6), 0);
}

TEST_F(DeviceInfo, CoreLimitsAreKept) {
  uint32_t cores = 0;
  EXPECT_ACL(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, &cores));
  EXPECT_EQ(cores, 48u);
  EXPECT_ACL(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, 8));
  EXPECT_ACL(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, &cores));
  EXPECT_EQ(cores, 8u);
  cores = 0;
  EXPECT_ACL(aclrtGetResInCurrentThread(ACL_RT_DEV_RES_VECTOR_CORE, &cores));
  EXPECT_EQ(cores, 8u);
  EXPECT_EQ(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 25),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtSetDeviceResLimit(0, ACL_RT_DEV_RES_CUBE_CORE, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_ACL(aclrtResetDeviceResLimit(0));
  EXPECT_ACL(aclrtGetDeviceResLimit(0, ACL_RT_DEV_RES_VECTOR_CORE, &cores));
  EXPECT_EQ(cores, 48u);
}

TEST_F(DeviceInfo, R185_SizeLimitsAreKept) {
  size_t value = 0;
  EXPECT_ACL(aclrtDeviceGetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, &value));
  EXPECT_EQ(value, 32768u);
  EXPECT_ACL(aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, 65536));
  EXPECT_ACL(aclrtDeviceGetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, &value));
  EXPECT_EQ(value, 65536u);
  EXPECT_EQ(aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMD_STACK_SIZE, 40000),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtDeviceSetLimit(ACL_RT_DEV_LIMIT_SIMT_STACK_SIZE, 65536),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

TEST_F(DeviceInfo, SatModeIsKept) {
  aclrtFloatOverflowMode mode = ACL_RT_OVERFLOW_MODE_UNDEF;
  EXPECT_ACL(aclrtGetDeviceSatMode(&mode));
  EXPECT_EQ(mode, ACL_RT_OVERFLOW_MODE_INFNAN);
  EXPECT_ACL(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_SATURATION));
  EXPECT_ACL(aclrtGetDeviceSatMode(&mode));
  EXPECT_EQ(mode, ACL_RT_OVERFLOW_MODE_SATURATION);
  EXPECT_EQ(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_UNDEF),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_ACL(aclrtSetDeviceSatMode(ACL_RT_OVERFLOW_MODE_INFNAN));
}

TEST_F(DeviceInfo, ArgumentsWithOneLegalValue) {
  EXPECT_ACL(aclrtSetTsDevice(ACL_TS_ID_AICORE));
  EXPECT_EQ(aclrtSetTsDevice(ACL_TS_ID_AIVECTOR), ACL_ERROR_INVALID_PARAM);
  EXPECT_ACL(aclrtDeviceL2CacheFlush(nullptr));
  int reserved = 0;
  EXPECT_EQ(aclrtDeviceL2CacheFlush(&reserved), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(DeviceInfo, ProcessAndChip) {
  int32_t pid = 0;
  EXPECT_ACL(aclrtDeviceGetBareTgid(&pid));
  EXPECT_EQ(pid, getpid());
  int32_t compatible = -1;
  EXPECT_ACL(aclrtCheckArchCompatibility("Ascend910B4", &compatible));
  EXPECT_EQ(compatible, 1);
  EXPECT_ACL(aclrtCheckArchCompatibility("Ascend310", &compatible));
  EXPECT_EQ(compatible, 0);
}

TEST_F(DeviceInfo, ExecuteTimeoutsAreKeptInIntervals) {
  uint64_t interval = 0;
  EXPECT_ACL(aclrtGetOpTimeOutInterval(&interval));
  EXPECT_EQ(interval, 1000u);
  uint32_t milliseconds = 0;
  EXPECT_ACL(aclrtSetOpExecuteTimeOut(2));
  EXPECT_ACL(aclrtGetOpExecuteTimeout(&milliseconds));
  EXPECT_EQ(milliseconds, 2000u);
  EXPECT_ACL(aclrtSetOpExecuteTimeOutWithMs(30));
  EXPECT_ACL(aclrtGetOpExecuteTimeout(&milliseconds));
  EXPECT_EQ(milliseconds, 30u);
  uint64_t actual = 0;
  EXPECT_ACL(aclrtSetOpExecuteTimeOutV2(1001, &actual));
  EXPECT_EQ(actual, 2000u);
}

}  // namespace
}  // namespace npuemu::rules
