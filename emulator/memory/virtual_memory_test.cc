#include "emulator/memory/virtual_memory.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>
#include <string>

#include "emulator/base/status.h"
#include "emulator/memory/device_memory.h"

namespace npuemu {
namespace {

constexpr uint64_t kPage = VirtualMemory::kGranularity;
constexpr uint64_t kGiga = 1ull << 30;

std::unique_ptr<DeviceMemory> Make(DeviceMemory::Options options = {}) {
  auto memory = DeviceMemory::Create(options);
  EXPECT_TRUE(memory.ok()) << memory.status();
  return *std::move(memory);
}

class VirtualMemoryTest : public ::testing::Test {
 protected:
  VirtualMemoryTest() : memory_(Make()), virtual_(memory_->virtual_memory()) {}

  uint64_t Reserve(uint64_t pages, int device = 0) {
    return virtual_.Reserve(device, pages * kPage).value();
  }
  uint64_t Create(uint64_t pages, int device = 0) {
    return virtual_.Create(device, pages * kPage, kPage).value();
  }
  absl::Status Map(uint64_t address, uint64_t pages, uint64_t physical) {
    return virtual_.Map(address, pages * kPage, physical, true, nullptr);
  }
  static void ExpectMisuse(const absl::Status& status,
                           const std::string& part) {
    EXPECT_EQ(FaultOf(status), Fault::kRtParamInvalid) << status;
    EXPECT_NE(std::string(status.message()).find(part), std::string::npos)
        << status;
  }

  const std::unique_ptr<DeviceMemory> memory_;
  VirtualMemory& virtual_;
};

TEST_F(VirtualMemoryTest, ReservationsTakeNoCapacityPhysicalMemoryDoes) {
  const uint64_t total = memory_->Info(0)->total;
  const uint64_t all = virtual_.Reserve(0, total).value();
  EXPECT_EQ(memory_->Info(0)->free, total);
  const uint64_t physical = Create(3);
  EXPECT_EQ(memory_->Info(0)->free, total - 3 * kPage);
  EXPECT_EQ(memory_->committed_bytes(), 3 * kPage);
  ASSERT_TRUE(Map(all, 3, physical).ok());
  EXPECT_EQ(memory_->Info(0)->free, total - 3 * kPage);
  ASSERT_TRUE(virtual_.Unmap(all, nullptr).ok());
  ASSERT_TRUE(virtual_.Free(physical).ok());
  EXPECT_EQ(memory_->Info(0)->free, total);
  EXPECT_EQ(memory_->committed_bytes(), 0u);
}

TEST_F(VirtualMemoryTest, BytesAreUsableWhereMappedOnly) {
  const uint64_t at = Reserve(4, 2);
  EXPECT_TRUE(memory_->IsDeviceAddress(at));
  EXPECT_EQ(memory_->DeviceOf(at), 2);
  EXPECT_EQ(memory_->Translate(at, 1), nullptr);
  ASSERT_TRUE(Map(at + kPage, 1, Create(1, 2)).ok());
  EXPECT_EQ(memory_->Translate(at, 1), nullptr);
  EXPECT_EQ(memory_->Translate(at + kPage, kPage + 1), nullptr);
  std::byte* bytes = memory_->Translate(at + kPage, kPage);
  ASSERT_NE(bytes, nullptr);
  std::memset(bytes, 1, kPage);
  ASSERT_TRUE(Map(at + 2 * kPage, 1, Create(1, 2)).ok());
  // Neighbours are one range, as the device's page table has it.
  EXPECT_EQ(memory_->Translate(at + kPage, 2 * kPage), bytes);
  std::memset(bytes + kPage, 2, kPage);
  EXPECT_EQ(bytes[kPage - 1], std::byte{1});
  EXPECT_EQ(memory_->PieceEnd(at + kPage + 8), at + 2 * kPage);
  EXPECT_EQ(memory_->PieceEnd(at), at + kPage);
}

TEST_F(VirtualMemoryTest, BytesMoveWithTheirPhysicalMemory) {
  const uint64_t at = Reserve(2);
  const uint64_t physical = Create(1);
  ASSERT_TRUE(Map(at, 1, physical).ok());
  std::memset(memory_->Translate(at, kPage), 7, kPage);
  ASSERT_TRUE(virtual_.Unmap(at, nullptr).ok());
  EXPECT_EQ(memory_->Translate(at, 1), nullptr);
  ASSERT_TRUE(Map(at + kPage, 1, physical).ok());
  EXPECT_EQ(*memory_->Translate(at + 2 * kPage - 1, 1), std::byte{7});
  EXPECT_TRUE(virtual_.WasMapped(physical));
}

TEST_F(VirtualMemoryTest, FreeWaitsForUnmap) {
  const uint64_t total = memory_->Info(0)->total;
  const uint64_t at = Reserve(1);
  const uint64_t physical = Create(1);
  ASSERT_TRUE(Map(at, 1, physical).ok());
  ASSERT_TRUE(virtual_.Free(physical).ok());
  EXPECT_NE(memory_->Translate(at, kPage), nullptr);
  EXPECT_EQ(memory_->Info(0)->free, total - kPage);
  ASSERT_TRUE(virtual_.Unmap(at, nullptr).ok());
  EXPECT_EQ(memory_->Info(0)->free, total);
  ExpectMisuse(Map(at, 1, physical), "gone");
}

TEST_F(VirtualMemoryTest, MapsAreChecked) {
  const uint64_t at = Reserve(3);
  const uint64_t one = Create(1);
  const uint64_t two = Create(2);
  ExpectMisuse(Map(at + 512, 1, one), "virPtr");
  ExpectMisuse(virtual_.Map(at, kPage - 1, one, true, nullptr), "size");
  ExpectMisuse(Map(at, 1, two), "the size of the physical memory");
  ExpectMisuse(Map(at + 2 * kPage, 2, two), "what is left");
  ExpectMisuse(Map(memory_->Allocate(0, 4 * kPage).value(), 1, one),
               "aclrtReserveMemAddress");
  ASSERT_TRUE(Map(at + kPage, 1, one).ok());
  ExpectMisuse(Map(at, 1, one), "is mapped at");
  ExpectMisuse(Map(at, 2, two), "overlap");
  ExpectMisuse(Map(at + kPage, 1, Create(1)), "overlap");
  ExpectMisuse(Map(at, 1, Create(1, 1)), "device 1, expected device 0");
  ExpectMisuse(virtual_.Unmap(at, nullptr), "nothing is mapped");
  ExpectMisuse(virtual_.Unmap(at + kPage + 1, nullptr), "inside of a mapping");
  ExpectMisuse(virtual_.Release(at), "1 mappings are left");
  ExpectMisuse(virtual_.Release(at + kPage), "start of a reservation");
  ASSERT_TRUE(virtual_.Unmap(at + kPage, nullptr).ok());
  ExpectMisuse(virtual_.Unmap(at + kPage, nullptr), "was undone");
  ASSERT_TRUE(virtual_.Release(at).ok());
  ExpectMisuse(virtual_.Release(at), "start of a reservation");
}

TEST_F(VirtualMemoryTest, SizesAreChecked) {
  ExpectMisuse(virtual_.Reserve(0, 0).status(), "size is 0");
  ExpectMisuse(virtual_.Create(0, 0, kPage).status(), "size is 0");
  ExpectMisuse(virtual_.Create(0, kPage + 1, kPage).status(), "multiple");
  ExpectMisuse(virtual_.Create(0, kPage, kGiga).status(), "multiple");
  EXPECT_EQ(FaultOf(virtual_.Reserve(0, 2 * kVirtualBytes).status()),
            Fault::kRtMemoryAllocation);
  EXPECT_EQ(FaultOf(virtual_.Create(0, 128 * kGiga, kPage).status()),
            Fault::kRtMemoryAllocation);
  EXPECT_EQ(FaultOf(virtual_.Create(99, kPage, kPage).status()),
            Fault::kRtInvalidDeviceid);
}

TEST_F(VirtualMemoryTest, AccessCanComeLater) {
  const uint64_t at = Reserve(1);
  ASSERT_TRUE(virtual_.Map(at, kPage, Create(1), false, nullptr).ok());
  EXPECT_EQ(memory_->Translate(at, 1), nullptr);
  EXPECT_FALSE(*virtual_.IsAccessible(at));
  ExpectMisuse(virtual_.SetAccess(at, 2 * kPage, true), "size");
  ASSERT_TRUE(virtual_.SetAccess(at, kPage, true).ok());
  EXPECT_TRUE(*virtual_.IsAccessible(at));
  EXPECT_NE(memory_->Translate(at, kPage), nullptr);
}

TEST_F(VirtualMemoryTest, MappingsHaveNames) {
  (void)memory_->Allocate(0, 64);
  const uint64_t at = Reserve(1);
  EXPECT_EQ(memory_->Name(at), "d0:+0x1000000000");
  ASSERT_TRUE(Map(at, 1, Create(1)).ok());
  EXPECT_EQ(memory_->Name(at + 64), "d0:alloc#2+0x40");
  EXPECT_EQ(memory_->Find(at + 1)->base, at);
  EXPECT_EQ(FaultOf(memory_->Free(at)), Fault::kInvalidParam);
  ASSERT_TRUE(virtual_.Unmap(at, nullptr).ok());
  EXPECT_EQ(memory_->Name(at + 64), "d0:alloc#2+0x40(freed)");
}

TEST_F(VirtualMemoryTest, ResetTakesWhatIsOfTheDevice) {
  const uint64_t total = memory_->Info(0)->total;
  const uint64_t at = Reserve(2);
  const uint64_t other = Reserve(1, 1);
  const uint64_t kept = Create(1, 1);
  const uint64_t loose = Create(1);
  ASSERT_TRUE(Map(at, 1, Create(1)).ok());
  ASSERT_TRUE(Map(other, 1, kept).ok());
  memory_->FreeAll(0);
  EXPECT_EQ(memory_->Info(0)->free, total);
  EXPECT_EQ(memory_->Translate(at, 1), nullptr);
  EXPECT_NE(memory_->Translate(other, kPage), nullptr);
  ExpectMisuse(virtual_.Free(loose), "reset");
  ExpectMisuse(virtual_.Release(at), "start of a reservation");
  EXPECT_EQ(Reserve(2), at);
}

TEST_F(VirtualMemoryTest, HostMemoryIsLimited) {
  DeviceMemory::Options options;
  options.host_memory_cap = 2 * kPage;
  auto memory = Make(options);
  VirtualMemory& limited = memory->virtual_memory();
  const uint64_t physical = limited.Create(0, 2 * kPage, kPage).value();
  EXPECT_EQ(FaultOf(limited.Create(0, kPage, kPage).status()),
            Fault::kRtMemoryAllocation);
  ASSERT_TRUE(limited.Free(physical).ok());
  EXPECT_TRUE(limited.Create(0, kPage, kPage).ok());
}

TEST_F(VirtualMemoryTest, PoisonFillsNewMemoryOnly) {
  DeviceMemory::Options options;
  options.poison = true;
  auto memory = Make(options);
  VirtualMemory& poisoned = memory->virtual_memory();
  const uint64_t at = poisoned.Reserve(0, kPage).value();
  const uint64_t physical = poisoned.Create(0, kPage, kPage).value();
  for (const int expected : {0xDD, 5}) {
    ASSERT_TRUE(poisoned.Map(at, kPage, physical, true, nullptr).ok());
    EXPECT_EQ(*memory->Translate(at, 1), static_cast<std::byte>(expected));
    *memory->Translate(at, 1) = std::byte{5};
    ASSERT_TRUE(poisoned.Unmap(at, nullptr).ok());
  }
}

}  // namespace
}  // namespace npuemu
