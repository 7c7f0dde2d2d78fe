#include "emulator/memory/host_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "emulator/base/status.h"

namespace npuemu {
namespace {

TEST(HostMemory, AllocatesAlignedWritablePinnedMemory) {
  HostMemory memory;
  for (const uint64_t bytes :
       {1ul, 63ul, 65535ul, 65536ul, 100000ul, 2ul << 20, (5ul << 20) + 1}) {
    auto result = memory.Allocate(bytes);
    ASSERT_TRUE(result.ok()) << result.status();
    const auto address = reinterpret_cast<uint64_t>(*result);
    const uint64_t alignment = bytes >= 2 << 20 ? 2 << 20
                               : bytes >= 65536 ? 4096
                                                : 64;
    EXPECT_EQ(address % alignment, 0u);
    std::memset(*result, 0x5A, bytes);
    EXPECT_TRUE(memory.IsPinned(*result, bytes));
    EXPECT_FALSE(memory.IsPinned(*result, bytes + 1));
    EXPECT_EQ(memory.allocated_bytes(), bytes);
    EXPECT_TRUE(memory.Free(*result).ok());
    EXPECT_FALSE(memory.IsPinned(*result, 1));
    EXPECT_EQ(memory.allocated_bytes(), 0u);
  }
}

TEST(HostMemory, RefusesImpossibleSizes) {
  HostMemory memory;
  EXPECT_EQ(FaultOf(memory.Allocate(0).status()), Fault::kInvalidParam);
  for (const uint64_t bytes : {~0ull, 1ull << 60, 1ull << 47}) {
    EXPECT_EQ(FaultOf(memory.Allocate(bytes).status()),
              Fault::kRtMemoryAllocation);
  }
}

TEST(HostMemory, FreeNamesWhatItWasGiven) {
  HostMemory memory;
  char* block = static_cast<char*>(*memory.Allocate(1000));
  int local = 0;
  EXPECT_EQ(FaultOf(memory.Free(&local)), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(memory.Free(nullptr)), Fault::kInvalidParam);
  absl::Status inside = memory.Free(block + 64);
  EXPECT_EQ(FaultOf(inside), Fault::kInvalidParam);
  EXPECT_NE(std::string(inside.message()).find("pinned#1+0x40"),
            std::string::npos)
      << inside;
  EXPECT_TRUE(memory.Free(block).ok());
  EXPECT_EQ(FaultOf(memory.Free(block)), Fault::kInvalidParam);
}

TEST(HostMemory, RegistersUserRanges) {
  HostMemory memory;
  std::vector<char> user(4096);
  EXPECT_EQ(memory.Classify(user.data(), 4096), HostMemoryKind::kPageable);
  ASSERT_TRUE(memory.Register(user.data(), 2048).ok());
  EXPECT_EQ(memory.Classify(user.data(), 2048), HostMemoryKind::kPinned);
  EXPECT_EQ(memory.Classify(user.data(), 2049), HostMemoryKind::kPageable);
  EXPECT_EQ(memory.Classify(user.data() + 2047, 0), HostMemoryKind::kPinned);
  EXPECT_EQ(FaultOf(memory.Register(user.data() + 2047, 10)),
            Fault::kHostMemoryAlreadyRegistered);
  EXPECT_EQ(FaultOf(memory.Free(user.data())), Fault::kInvalidParam);
  ASSERT_TRUE(memory.Register(user.data() + 2048, 2048).ok());
  EXPECT_TRUE(memory.IsPinned(user.data(), 4096));  // by two neighbours
  EXPECT_EQ(memory.Find(user.data() + 2048)->id, 2u);

  EXPECT_EQ(FaultOf(memory.Unregister(user.data() + 1)),
            Fault::kHostMemoryNotRegistered);
  EXPECT_TRUE(memory.Unregister(user.data()).ok());
  EXPECT_FALSE(memory.IsPinned(user.data(), 1));
  EXPECT_EQ(FaultOf(memory.Unregister(user.data())),
            Fault::kHostMemoryNotRegistered);
  EXPECT_TRUE(memory.Unregister(user.data() + 2048).ok());
  EXPECT_EQ(memory.blocks(), 0u);
}

TEST(HostMemory, RegisterChecksItsArguments) {
  HostMemory memory;
  char byte = 0;
  EXPECT_EQ(FaultOf(memory.Register(nullptr, 8)), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(memory.Register(&byte, 0)), Fault::kInvalidParam);
  EXPECT_EQ(FaultOf(memory.Register(&byte, ~0ull)), Fault::kInvalidParam);
  void* block = *memory.Allocate(128);
  EXPECT_EQ(FaultOf(memory.Register(block, 8)),
            Fault::kHostMemoryAlreadyRegistered);
  EXPECT_EQ(FaultOf(memory.Unregister(block)), Fault::kHostMemoryNotRegistered);
}

TEST(HostMemory, NamesDoNotDependOnAddresses) {
  HostMemory memory;
  memory.Allocate(8).value();
  char* block = static_cast<char*>(*memory.Allocate(70000));
  EXPECT_EQ(memory.Name(block), "pinned#2");
  EXPECT_EQ(memory.Name(block + 0x123), "pinned#2+0x123");
  EXPECT_EQ(memory.Name(&memory).substr(0, 11), "pageable:0x");
}

}  // namespace
}  // namespace npuemu
