// Rule R97: virtual memory, by the public functions.

#include <string>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

constexpr size_t kPage = size_t{2} << 20;

aclrtPhysicalMemProp Prop(uint32_t device = 0) {
  aclrtPhysicalMemProp prop = {};
  prop.handleType = ACL_MEM_HANDLE_TYPE_NONE;
  prop.allocationType = ACL_MEM_ALLOCATION_TYPE_PINNED;
  prop.memAttr = ACL_HBM_MEM_HUGE;
  prop.location = {device, ACL_MEM_LOCATION_TYPE_DEVICE};
  return prop;
}

class VirtualMemoryRules : public RuleTest {
 protected:
  static std::byte* Reserve(size_t pages) {
    void* address = nullptr;
    EXPECT_EQ(aclrtReserveMemAddress(&address, pages * kPage, 0, nullptr, 0),
              ACL_SUCCESS);
    return static_cast<std::byte*>(address);
  }
  static aclrtDrvMemHandle Physical(size_t pages = 1) {
    const aclrtPhysicalMemProp prop = Prop();
    aclrtDrvMemHandle handle = nullptr;
    EXPECT_EQ(aclrtMallocPhysical(&handle, pages * kPage, &prop, 0),
              ACL_SUCCESS);
    return handle;
  }
  static size_t FreeBytes() {
    size_t free = 0, total = 0;
    EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total), ACL_SUCCESS);
    return free;
  }
};

TEST_F(VirtualMemoryRules, R97_GranularityIsThatOfThePages) {
  aclrtPhysicalMemProp prop = Prop();
  size_t granularity = 0;
  for (const auto option : {ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM,
                            ACL_RT_MEM_ALLOC_GRANULARITY_RECOMMENDED}) {
    ASSERT_EQ(aclrtMemGetAllocationGranularity(&prop, option, &granularity),
              ACL_SUCCESS);
    EXPECT_EQ(granularity, kPage);
  }
  prop.memAttr = ACL_HBM_MEM_HUGE1G;
  ASSERT_EQ(aclrtMemGetAllocationGranularity(
                &prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, &granularity),
            ACL_SUCCESS);
  EXPECT_EQ(granularity, size_t{1} << 30);
  EXPECT_EQ(aclrtMemGetAllocationGranularity(
                &prop, ACL_RT_MEM_ALLOC_GRANULARITY_UNDEF, &granularity),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemGetAllocationGranularity(
                nullptr, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, &granularity),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemGetAllocationGranularity(
                &prop, ACL_RT_MEM_ALLOC_GRANULARITY_MINIMUM, nullptr),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(VirtualMemoryRules, R97_PropertiesAreChecked) {
  aclrtDrvMemHandle handle = nullptr;
  const auto result = [&](auto change) {
    aclrtPhysicalMemProp prop = Prop();
    change(&prop);
    return aclrtMallocPhysical(&handle, kPage, &prop, 0);
  };
  EXPECT_EQ(result([](auto* p) { p->memAttr = ACL_DDR_MEM_HUGE; }),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(
      result([](auto* p) { p->location.type = ACL_MEM_LOCATION_TYPE_HOST; }),
      ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(result([](auto* p) { p->handleType = ACL_MEM_HANDLE_TYPE_POSIX; }),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(result([](auto* p) { p->reserve = 1; }),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(result([](auto* p) { p->location.id = 99; }),
            ACL_ERROR_RT_INVALID_DEVICEID);
  const aclrtPhysicalMemProp prop = Prop();
  EXPECT_EQ(aclrtMallocPhysical(&handle, kPage + 1, &prop, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMallocPhysical(&handle, kPage, &prop, 1),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMallocPhysical(&handle, size_t{1} << 40, &prop, 0),
            ACL_ERROR_RT_MEMORY_ALLOCATION);
  EXPECT_EQ(aclrtMallocPhysical(nullptr, kPage, &prop, 0),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMallocPhysical(&handle, kPage, nullptr, 0),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(VirtualMemoryRules, R97_ReserveArguments) {
  void* address = nullptr;
  int other = 0;
  EXPECT_EQ(aclrtReserveMemAddress(&address, 0, 0, nullptr, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReserveMemAddress(&address, kPage, 64, nullptr, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReserveMemAddress(&address, kPage, 0, &other, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReserveMemAddress(&address, kPage, 0, nullptr, 2),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReserveMemAddress(nullptr, kPage, 0, nullptr, 0),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtReserveMemAddress(&address, size_t{1} << 50, 0, nullptr, 0),
            ACL_ERROR_RT_MEMORY_ALLOCATION);
  // As many do: the whole HBM at once, with the flag of huge pages.
  size_t free = 0, total = 0;
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total), ACL_SUCCESS);
  ASSERT_EQ(aclrtReserveMemAddress(&address, total, 0, nullptr, 1),
            ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), free);
  EXPECT_EQ(aclrtReleaseMemAddress(address), ACL_SUCCESS);
  EXPECT_EQ(aclrtReleaseMemAddress(address), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReleaseMemAddress(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(VirtualMemoryRules, R97_ChunksGrowIntoOneBuffer) {
  const size_t free = FreeBytes();
  std::byte* pool = Reserve(4);
  const aclrtDrvMemHandle first = Physical();
  const aclrtDrvMemHandle second = Physical(2);
  EXPECT_EQ(FreeBytes(), free - 3 * kPage);
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, first, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMapMem(pool + kPage, 2 * kPage, 0, second, 0), ACL_SUCCESS);
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtMemsetAsync(pool, 3 * kPage, 9, 3 * kPage, stream),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(pool), 9);
  EXPECT_EQ(Peek(pool + 3 * kPage - 1), 9);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);
  ASSERT_EQ(aclrtUnmapMem(pool + kPage), ACL_SUCCESS);
  ASSERT_EQ(aclrtFreePhysical(first), ACL_SUCCESS);
  ASSERT_EQ(aclrtFreePhysical(second), ACL_SUCCESS);
  ASSERT_EQ(aclrtReleaseMemAddress(pool), ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), free);
}

TEST_F(VirtualMemoryRules, R97_MapArguments) {
  std::byte* pool = Reserve(2);
  const aclrtDrvMemHandle handle = Physical();
  EXPECT_EQ(aclrtMapMem(nullptr, kPage, 0, handle, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMapMem(pool, kPage, 64, handle, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMapMem(pool, kPage, 0, handle, 1), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMapMem(pool, 2 * kPage, 0, handle, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMapMem(pool, kPage, 0, pool, 0), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMapMem(pool + 2 * kPage, kPage, 0, handle, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, handle, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtMapMem(pool + kPage, kPage, 0, handle, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMapMem(pool, kPage, 0, Physical(), 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtReleaseMemAddress(pool), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtFree(pool), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtUnmapMem(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtUnmapMem(pool + 64), ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);
  EXPECT_EQ(aclrtUnmapMem(pool), ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(VirtualMemoryRules, R97_OneReservationHasMemoryOfOneDevice) {
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  aclrtPhysicalMemProp prop = Prop(1);
  aclrtDrvMemHandle other = nullptr;
  ASSERT_EQ(aclrtMallocPhysical(&other, kPage, &prop, 0), ACL_SUCCESS);
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
  std::byte* pool = Reserve(2);
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, Physical(), 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtMapMem(pool + kPage, kPage, 0, other, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  EXPECT_EQ(aclrtFreePhysical(other), ACL_ERROR_RT_PARAM_INVALID);  // gone
}

TEST_F(VirtualMemoryRules, R97_FreePhysicalWaitsForUnmap) {
  const size_t free = FreeBytes();
  std::byte* pool = Reserve(1);
  const aclrtDrvMemHandle handle = Physical();
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, handle, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtFreePhysical(handle), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreePhysical(handle), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtFreePhysical(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemset(pool, kPage, 3, kPage), ACL_SUCCESS);
  EXPECT_EQ(Peek(pool), 3);
  EXPECT_EQ(FreeBytes(), free - kPage);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), free);
}

TEST_F(VirtualMemoryRules, R97_UnmappedMemoryIsAFault) {
  std::byte* pool = Reserve(2);
  const aclrtDrvMemHandle handle = Physical();
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, handle, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemset(pool, kPage + 1, 1, kPage + 1),
            ACL_ERROR_RT_PARAM_INVALID);
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(pool, 64, 1, 64, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);  // does not wait
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
}

TEST_F(VirtualMemoryRules, R97_BytesStayWithTheirPhysicalMemory) {
  std::byte* pool = Reserve(2);
  const aclrtDrvMemHandle handle = Physical();
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, handle, 0), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemset(pool, kPage, 5, kPage), ACL_SUCCESS);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);
  ASSERT_EQ(aclrtMapMem(pool + kPage, kPage, 0, handle, 0), ACL_SUCCESS);
  EXPECT_EQ(Peek(pool + kPage), 5);
}

TEST_F(VirtualMemoryRules, R97_AccessComesWithSetAccess) {
  std::byte* pool = Reserve(1);
  ASSERT_EQ(aclrtMemMapNoAccess(pool, kPage, 0, Physical(), 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemset(pool, 64, 1, 64), ACL_ERROR_RT_PARAM_INVALID);
  aclrtMemLocation here = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
  aclrtMemLocation there = {1, ACL_MEM_LOCATION_TYPE_DEVICE};
  uint64_t flag = 9;
  ASSERT_EQ(aclrtMemGetAccess(pool, &here, &flag), ACL_SUCCESS);
  EXPECT_EQ(flag, ACL_RT_MEM_ACCESS_FLAGS_NONE);
  aclrtMemAccessDesc desc = {};
  desc.flags = ACL_RT_MEM_ACCESS_FLAGS_READ;
  desc.location = here;
  EXPECT_EQ(aclrtMemSetAccess(pool, kPage, &desc, 1),
            ACL_ERROR_RT_PARAM_INVALID);
  desc.flags = ACL_RT_MEM_ACCESS_FLAGS_READWRITE;
  EXPECT_EQ(aclrtMemSetAccess(pool, kPage, &desc, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemSetAccess(pool, 64, &desc, 1), ACL_ERROR_RT_PARAM_INVALID);
  desc.location = there;
  EXPECT_EQ(aclrtMemSetAccess(pool, kPage, &desc, 1),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtMemGetAccess(pool, &there, &flag),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  desc.location = here;
  ASSERT_EQ(aclrtMemSetAccess(pool, kPage, &desc, 1), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemGetAccess(pool, &here, &flag), ACL_SUCCESS);
  EXPECT_EQ(flag, ACL_RT_MEM_ACCESS_FLAGS_READWRITE);
  EXPECT_EQ(aclrtMemset(pool, 64, 1, 64), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemSetAccess(nullptr, kPage, &desc, 1),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemGetAccess(pool, nullptr, &flag), ACL_ERROR_INVALID_PARAM);
}

TEST_F(VirtualMemoryRules, R97_RetainedHandlesAreFreedAsOften) {
  const size_t free = FreeBytes();
  std::byte* pool = Reserve(1);
  const aclrtDrvMemHandle handle = Physical();
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, handle, 0), ACL_SUCCESS);
  aclrtDrvMemHandle again = nullptr;
  ASSERT_EQ(aclrtMemRetainAllocationHandle(pool, &again), ACL_SUCCESS);
  EXPECT_EQ(again, handle);
  aclrtPhysicalMemProp prop = {};
  ASSERT_EQ(aclrtMemGetAllocationPropertiesFromHandle(again, &prop),
            ACL_SUCCESS);
  EXPECT_EQ(prop.memAttr, ACL_HBM_MEM_HUGE);
  EXPECT_EQ(aclrtMemGetAllocationPropertiesFromHandle(again, nullptr),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemRetainAllocationHandle(pool + 64, &again),
            ACL_ERROR_RT_PARAM_INVALID);
  ASSERT_EQ(aclrtUnmapMem(pool), ACL_SUCCESS);
  ASSERT_EQ(aclrtFreePhysical(handle), ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), free - kPage);
  ASSERT_EQ(aclrtFreePhysical(again), ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), free);
  EXPECT_EQ(aclrtMemRetainAllocationHandle(pool, &again),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(VirtualMemoryRules, R97_AddressRangesOfAllMemory) {
  std::byte* pool = Reserve(2);
  ASSERT_EQ(aclrtMapMem(pool + kPage, kPage, 0, Physical(), 0), ACL_SUCCESS);
  void* base = nullptr;
  size_t size = 0;
  ASSERT_EQ(aclrtMemGetAddressRange(pool + kPage + 99, &base, &size),
            ACL_SUCCESS);
  EXPECT_EQ(base, pool + kPage);
  EXPECT_EQ(size, kPage);
  std::byte* device = MakeDevice(100);
  ASSERT_EQ(aclrtMemGetAddressRange(device + 99, &base, &size), ACL_SUCCESS);
  EXPECT_EQ(base, device);
  EXPECT_EQ(size, 100u);
  std::byte* pinned = MakePinned(100);
  ASSERT_EQ(aclrtMemGetAddressRange(pinned + 99, &base, &size), ACL_SUCCESS);
  EXPECT_EQ(base, pinned);
  EXPECT_EQ(size, 100u);
  EXPECT_EQ(aclrtMemGetAddressRange(&size, &base, &size),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemGetAddressRange(pool, &base, &size),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemGetAddressRange(pool, nullptr, &size),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(VirtualMemoryRules, R97_MappedMemoryIsDeviceMemory) {
  std::byte* pool = Reserve(1);
  ASSERT_EQ(aclrtMapMem(pool, kPage, 0, Physical(), 0), ACL_SUCCESS);
  aclrtPtrAttributes attributes = {};
  ASSERT_EQ(aclrtPointerGetAttributes(pool + 8, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_DEVICE);
  EXPECT_EQ(attributes.location.id, 0u);
  EXPECT_EQ(attributes.pageSize, kPage);
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtMemset(pool, 8, 0, 8), ACL_SUCCESS);
  ASSERT_EQ(aclrtValueWrite(pool, 7, 0, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtValueWait(pool, 7, ACL_STREAM_WAIT_VALUE_EQ, stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
}

}  // namespace
}  // namespace npuemu::shim
