// Rules R76-R82 and R100-R102 by the public functions.

#include <sys/mman.h>

#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "acl/acl_rt_allocator.h"
#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class Memory : public RuleTest {
 protected:
  // The block of the node that an address lies in.
  static Allocation BlockOf(const void* address) {
    Allocation block{};
    NodeCall("test", [&](Call& call) {
      const Allocation* found =
          call.node.memory().Find(reinterpret_cast<uint64_t>(address));
      if (found != nullptr) block = *found;
      return absl::OkStatus();
    });
    return block;
  }
};

TEST_F(Memory, R76_MallocArguments) {
  void* memory = nullptr;
  EXPECT_EQ(aclrtMalloc(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMalloc(nullptr, 8, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMalloc(&memory, std::numeric_limits<size_t>::max() - 30,
                        ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_INVALID_PARAM);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 0, true); });
  EXPECT_EQ(aclrtMalloc(&memory, 0, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_INVALID_PARAM);  // before the context
  EXPECT_EQ(aclrtMalloc(&memory, 8, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_RT_CONTEXT_NULL);
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

TEST_F(Memory, R76_R77_BlocksAreRoundedAndAligned) {
  void* memory = nullptr;
  ASSERT_EQ(aclrtMalloc(&memory, 512, ACL_MEM_MALLOC_HUGE_FIRST), ACL_SUCCESS);
  EXPECT_EQ(reinterpret_cast<uint64_t>(memory) % 64, 0u);
  EXPECT_GE(BlockOf(memory).size, 544u);  // 32 more
  EXPECT_EQ(BlockOf(memory).requested, 512u);
  ASSERT_EQ(aclrtMallocCached(&memory, 512, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_SUCCESS);
  EXPECT_GE(BlockOf(memory).size, 544u);
  ASSERT_EQ(aclrtMallocAlign32(&memory, 481, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_SUCCESS);
  EXPECT_EQ(BlockOf(memory).size, 512u);  // none more
}

TEST_F(Memory, R77_CachedMemoryHoldsBytes) {
  void* memory = nullptr;
  ASSERT_EQ(aclrtMallocCached(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_SUCCESS);
  ASSERT_NE(memory, nullptr);
  ASSERT_EQ(aclrtMemset(memory, 64, 7, 64), ACL_SUCCESS);
  EXPECT_EQ(Peek(static_cast<std::byte*>(memory) + 63), 7);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
}

TEST_F(Memory, R82_FreeHostWithDevSyncFrees) {
  std::byte* pinned = MakePinned(64);
  EXPECT_EQ(aclrtFreeHostWithDevSync(pinned), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(pinned), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, R78_AllPolicies) {
  for (int policy : {0, 1, 2, 3, 4, 5, 77, 0x1000, 0x1002}) {
    for (size_t size : {size_t{1}, size_t{5} << 20}) {
      void* memory = nullptr;
      ASSERT_EQ(aclrtMalloc(&memory, size,
                            static_cast<aclrtMemMallocPolicy>(policy)),
                ACL_SUCCESS)
          << policy;
      EXPECT_EQ(aclrtMemset(memory, size, 1, size), ACL_SUCCESS);
      EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
    }
  }
}

TEST_F(Memory, R79_OutOfMemory) {
  void* memory = nullptr;
  EXPECT_EQ(aclrtMalloc(&memory, size_t{1} << 40, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_ERROR_RT_MEMORY_ALLOCATION);
}

TEST_F(Memory, R80_FreeIsImmediate) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(64);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetAsync(device, 64, 1, 64, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);  // would hang if it waited
  EXPECT_EQ(aclrtFree(device), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFree(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFree(MakeDevice(64) + 32), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, R80_FreeNeedsNoContextOfTheMemory) {
  std::byte* device = MakeDevice(64);
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

TEST_F(Memory, R80_FreeWithDevSyncWaits) {
  aclrtStream stream = MakeStream();
  std::byte* pinned = MakePinned(64);
  std::byte* device = MakeDevice(64, 3);
  ASSERT_EQ(aclrtMemcpyAsync(pinned, 64, device, 64, ACL_MEMCPY_DEVICE_TO_HOST,
                             stream),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeWithDevSync(device), ACL_SUCCESS);
  EXPECT_EQ(pinned[63], std::byte{3});
  EXPECT_EQ(aclrtFreeHostWithDevSync(pinned), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeWithDevSync(nullptr), ACL_ERROR_INVALID_PARAM);
}

TEST_F(Memory, R82_PinnedHostMemory) {
  void* memory = nullptr;
  EXPECT_EQ(aclrtMallocHost(&memory, 0), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMallocHost(nullptr, 8), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtMallocHost(&memory, 100), ACL_SUCCESS);
  EXPECT_EQ(reinterpret_cast<uint64_t>(memory) % 64, 0u);
  EXPECT_EQ(aclrtFreeHost(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtFreeHost(memory), ACL_SUCCESS);
  EXPECT_NE(aclrtFreeHost(memory), ACL_SUCCESS);
}

// H10: the copy runs when its memory is gone. A device error, no crash, and
// nobody else's bytes.
TEST_F(Memory, R82_CopyOfFreedHostMemoryIsADeviceError) {
  for (const size_t bytes : {size_t{64}, size_t{1} << 20}) {
    for (const bool to_host : {true, false}) {
      aclrtStream stream = MakeStream();
      aclrtEvent gate = MakeGate();
      std::byte* pinned = MakePinned(bytes, 3);
      std::byte* device = MakeDevice(bytes, 5);
      ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
      ASSERT_EQ(to_host ? aclrtMemcpyAsync(pinned, bytes, device, bytes,
                                           ACL_MEMCPY_DEVICE_TO_HOST, stream)
                        : aclrtMemcpyAsync(device, bytes, pinned, bytes,
                                           ACL_MEMCPY_HOST_TO_DEVICE, stream),
                ACL_SUCCESS);
      ASSERT_EQ(aclrtFreeHost(pinned), ACL_SUCCESS);
      ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
      EXPECT_EQ(aclrtSynchronizeStream(stream), ACL_ERROR_RT_SYS_DMA);
      EXPECT_EQ(Peek(device), 5);
    }
  }
}

TEST_F(Memory, R82_RegisteredMemoryCountsAsPinned) {
  void* page = std::aligned_alloc(4096, 8192);
  aclrtPtrAttributes attributes{};
  ASSERT_EQ(aclrtPointerGetAttributes(page, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_UNREGISTERED);
  void* mapped = nullptr;
  ASSERT_EQ(aclrtHostRegister(page, 8192, ACL_HOST_REGISTER_MAPPED, &mapped),
            ACL_SUCCESS);
  EXPECT_NE(mapped, nullptr);
  void* again = nullptr;
  EXPECT_EQ(aclrtHostGetDevicePointer(page, &again, 0), ACL_SUCCESS);
  EXPECT_EQ(again, mapped);
  EXPECT_EQ(aclrtPointerGetAttributes(page, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  EXPECT_EQ(aclrtHostRegisterV2(page, 8192, ACL_HOST_REG_PINNED),
            ACL_ERROR_HOST_MEMORY_ALREADY_REGISTERED);
  EXPECT_EQ(aclrtHostUnregister(page), ACL_SUCCESS);
  EXPECT_EQ(aclrtHostUnregister(page), ACL_ERROR_HOST_MEMORY_NOT_REGISTERED);
  EXPECT_EQ(aclrtHostRegisterV2(page, 8192, ACL_HOST_REG_PINNED), ACL_SUCCESS);
  EXPECT_EQ(aclrtHostGetDevicePointer(page, &again, 0),
            ACL_ERROR_HOST_MEMORY_NOT_REGISTERED);
  EXPECT_EQ(aclrtHostUnregister(page), ACL_SUCCESS);
  EXPECT_EQ(aclrtHostRegister(static_cast<char*>(page) + 1, 10,
                              ACL_HOST_REGISTER_MAPPED, &mapped),
            ACL_ERROR_RT_PARAM_INVALID);
  std::free(page);
}

// No crash, whoever watches or not (H10).
TEST_F(Memory, R82_CopyOfUnmappedMemoryFails) {
  constexpr size_t kBytes = 8192;
  void* page = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  ASSERT_EQ(aclrtHostRegisterV2(page, kBytes, ACL_HOST_REG_PINNED),
            ACL_SUCCESS);
  void* device = nullptr;
  ASSERT_EQ(aclrtMalloc(&device, kBytes, ACL_MEM_MALLOC_HUGE_FIRST),
            ACL_SUCCESS);
  for (const bool in : {true, false}) {
    aclrtStream stream = nullptr;
    ASSERT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
    ASSERT_EQ(munmap(page, kBytes), 0);
    EXPECT_EQ(aclrtMemcpyAsync(in ? device : page, kBytes, in ? page : device,
                               kBytes,
                               in ? ACL_MEMCPY_HOST_TO_DEVICE
                                  : ACL_MEMCPY_DEVICE_TO_HOST,
                               stream),
              ACL_SUCCESS);
    EXPECT_EQ(aclrtSynchronizeStream(stream), 507013);
    EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
    ASSERT_EQ(mmap(page, kBytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0),
              page);
  }
  EXPECT_EQ(aclrtHostUnregister(page), ACL_SUCCESS);
  EXPECT_EQ(munmap(page, kBytes), 0);
  EXPECT_EQ(aclrtFree(device), ACL_SUCCESS);
}

TEST_F(Memory, R82_MappingPinnedMemoryKeepsItPinned) {
  std::byte* pinned = MakePinned(1 << 20);
  void* mapped = nullptr;
  ASSERT_EQ(aclrtHostRegister(pinned, 1 << 20, ACL_HOST_REGISTER_MAPPED,
                              &mapped),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtHostUnregister(pinned), ACL_SUCCESS);
  aclrtPtrAttributes attributes{};
  EXPECT_EQ(aclrtPointerGetAttributes(pinned, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_HOST);
  EXPECT_EQ(aclrtFreeHost(pinned), ACL_SUCCESS);
}

TEST_F(Memory, ConfigAttributes) {
  void* memory = nullptr;
  aclrtMallocAttribute attribute{};
  attribute.attr = ACL_RT_MEM_ATTR_DEVICE_ID;
  attribute.value.deviceId = 1;
  aclrtMallocConfig config{&attribute, 1};
  ASSERT_EQ(aclrtMallocWithCfg(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST,
                               &config),
            ACL_SUCCESS);
  aclrtPtrAttributes attributes{};
  ASSERT_EQ(aclrtPointerGetAttributes(memory, &attributes), ACL_SUCCESS);
  EXPECT_EQ(attributes.location.type, ACL_MEM_LOCATION_TYPE_DEVICE);
  EXPECT_EQ(attributes.location.id, 1u);
  EXPECT_EQ(aclrtFree(memory), ACL_SUCCESS);
  attribute.attr = ACL_RT_MEM_ATTR_RSV;
  EXPECT_EQ(aclrtMallocForTaskScheduler(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST,
                                        &config),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMallocHostWithCfg(&memory, 64, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtFreeHost(memory), ACL_SUCCESS);
}

TEST_F(Memory, R100_MemInfoIsASnapshot) {
  size_t free = 0;
  size_t total = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, nullptr, &total),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, nullptr),
            ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total), ACL_SUCCESS);
  EXPECT_GT(free, 0u);
  EXPECT_LE(free, total);
  std::byte* device = MakeDevice(10 << 20);
  size_t less = 0;
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM_HUGE, &less, &total), ACL_SUCCESS);
  EXPECT_LE(less + (10 << 20), free);
  ASSERT_EQ(aclrtFree(device), ACL_SUCCESS);
  ASSERT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &less, &total), ACL_SUCCESS);
  EXPECT_EQ(less, free);
  ASSERT_EQ(aclrtGetMemInfo(ACL_DDR_MEM, &free, &total), ACL_SUCCESS);
  EXPECT_EQ(free, 0u);
  EXPECT_EQ(total, 0u);
  EXPECT_EQ(aclrtGetMemInfo(static_cast<aclrtMemAttr>(18), &free, &total),
            ACL_ERROR_INVALID_PARAM);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 0, true); });
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total),
            ACL_ERROR_RT_CONTEXT_NULL);
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

TEST_F(Memory, CheckMemType) {
  char host = 0;
  void* list[] = {MakeDevice(8), MakeDevice(8)};
  uint32_t result = 9;
  EXPECT_EQ(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 0),
            ACL_SUCCESS);
  EXPECT_EQ(result, 1u);
  EXPECT_EQ(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DVPP, &result, 0),
            ACL_SUCCESS);
  EXPECT_EQ(result, 0u);
  list[1] = &host;
  EXPECT_EQ(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 0),
            ACL_SUCCESS);
  EXPECT_EQ(result, 0u);
  EXPECT_EQ(aclrtCheckMemType(list, 2, 1, &result, 0),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtCheckMemType(list, 2, ACL_RT_MEM_TYPE_DEV, &result, 1),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Memory, CacheCallsCheckTheirRange) {
  std::byte* device = MakeDevice(64, 4);
  EXPECT_EQ(aclrtMemFlush(device, 64), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemInvalidate(device, 64), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemFlush(nullptr, 64), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemInvalidate(device, 0), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemFlush(device, 1 << 20), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtCmoAsync(device, 64, ACL_RT_CMO_TYPE_PREFETCH, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device + 63), 4);
  EXPECT_EQ(aclrtCmoAsync(device, 64, ACL_RT_CMO_TYPE_INVALID, nullptr),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

void* AllocBlock(aclrtAllocator, size_t) { return nullptr; }
void* AdviseBlock(aclrtAllocator, size_t, aclrtAllocatorAddr) {
  return nullptr;
}
void FreeBlock(aclrtAllocator, aclrtAllocatorBlock) {}
void* AddressOf(aclrtAllocatorBlock) { return nullptr; }

TEST_F(Memory, R102_TheLastAllocatorOfAStreamWins) {
  aclrtStream stream = MakeStream();
  int objects[2] = {};
  aclrtAllocatorDesc desc = aclrtAllocatorCreateDesc();
  EXPECT_EQ(aclrtAllocatorRegister(stream, desc), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtAllocatorSetObjToDesc(desc, &objects[0]), ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorSetAllocFuncToDesc(desc, AllocBlock), ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorSetFreeFuncToDesc(desc, FreeBlock), ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorSetGetAddrFromBlockFuncToDesc(desc, AddressOf),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorSetAllocAdviseFuncToDesc(desc, AdviseBlock),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorRegister(nullptr, desc), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclrtAllocatorRegister(stream, desc), ACL_SUCCESS);
  ASSERT_EQ(aclrtAllocatorSetObjToDesc(desc, &objects[1]), ACL_SUCCESS);
  ASSERT_EQ(aclrtAllocatorRegister(stream, desc), ACL_SUCCESS);
  aclrtAllocatorDesc found_desc = nullptr;
  aclrtAllocator found = nullptr;
  aclrtAllocatorAllocFunc alloc = nullptr;
  aclrtAllocatorAllocAdviseFunc advise = nullptr;
  ASSERT_EQ(aclrtAllocatorGetByStream(stream, &found_desc, &found, &alloc,
                                      nullptr, &advise, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(advise, AdviseBlock);
  EXPECT_EQ(found_desc, desc);
  EXPECT_EQ(found, &objects[1]);
  EXPECT_EQ(alloc, AllocBlock);
  EXPECT_EQ(aclrtAllocatorDestroyDesc(desc), ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorDestroyDesc(desc), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtAllocatorUnregister(stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtAllocatorUnregister(stream), ACL_ERROR_INVALID_PARAM);
}

}  // namespace
}  // namespace npuemu::shim
