#include "emulator/memory/device_memory.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "emulator/base/status.h"

// Present where a sanitizer is, with GCC and clang alike.
extern "C" __attribute__((weak, visibility("default"))) void __asan_init();
extern "C" __attribute__((weak, visibility("default"))) void __tsan_init();

namespace npuemu {
namespace {

constexpr uint64_t kMiB = 1ull << 20;

std::unique_ptr<DeviceMemory> Make(DeviceMemory::Options options = {}) {
  auto memory = DeviceMemory::Create(options);
  EXPECT_TRUE(memory.ok()) << memory.status();
  return *std::move(memory);
}

void ExpectFault(const absl::Status& status, Fault fault,
                 const std::string& part) {
  EXPECT_EQ(FaultOf(status), fault) << status;
  EXPECT_NE(std::string(status.message()).find(part), std::string::npos)
      << status;
}

TEST(DeviceMemory, AddressesAreFixedAndBytesAreOneAdditionAway) {
  auto memory = Make();
  const uint64_t a = memory->Allocate(0, 100).value();
  const uint64_t b = memory->Allocate(0, 600).value();
  const uint64_t c = memory->Allocate(3, 100).value();
  EXPECT_EQ(a, 0x410000000000u);
  EXPECT_EQ(b, 0x410000000200u);
  EXPECT_EQ(c, 0x410000000000u + 3 * kDeviceStride);
  EXPECT_EQ(memory->DeviceOf(b), 0);
  EXPECT_EQ(memory->DeviceOf(c), 3);
  EXPECT_EQ(memory->DeviceOf(1), -1);
  EXPECT_FALSE(memory->IsDeviceAddress(&a));
  std::byte* bytes = memory->Translate(c, 100);
  ASSERT_NE(bytes, nullptr);
  EXPECT_EQ(reinterpret_cast<uint64_t>(bytes),
            0x4a0000000000u + 3 * kDeviceStride);
  std::memset(bytes, 1, 100);
}

TEST(DeviceMemory, LargeAllocationsTakeHugePages) {
  auto memory = Make();
  const uint64_t small = memory->Allocate(0, kMiB).value();
  const uint64_t big = memory->Allocate(0, kMiB + 1).value();
  EXPECT_EQ(big % (2 * kMiB), 0u);
  EXPECT_EQ(memory->Find(big)->size, 2 * kMiB);
  AllocOptions huge;
  huge.policy = PagePolicy::kHugeOnly;
  const uint64_t only = memory->Allocate(0, 32, huge).value();
  EXPECT_EQ(only % (2 * kMiB), 0u);
  AllocOptions normal;
  normal.policy = PagePolicy::kNormalOnly;
  EXPECT_EQ(memory->Allocate(0, 512 * 1024, normal).value(), small + kMiB);
}

TEST(DeviceMemory, HugeFirstFallsBackAndHugeOnlyDoesNot) {
  DeviceMemory::Options options;
  options.bytes_per_device = 4 * kMiB;
  auto memory = Make(options);
  AllocOptions normal;
  normal.policy = PagePolicy::kNormalOnly;
  ASSERT_TRUE(memory->Allocate(0, 512, normal).ok());
  ASSERT_TRUE(memory->Allocate(0, 2 * kMiB, normal).ok());
  AllocOptions huge;
  huge.policy = PagePolicy::kHugeOnly;
  ExpectFault(memory->Allocate(0, kMiB + kMiB / 2, huge).status(),
              Fault::kRtMemoryAllocation, "device 0: out of memory");
  EXPECT_TRUE(memory->Allocate(0, kMiB + kMiB / 2).ok());
}

TEST(DeviceMemory, TranslateKnowsWhatIsCommitted) {
  auto memory = Make();
  EXPECT_EQ(memory->Translate(0x410000000000, 1), nullptr);
  const uint64_t a = memory->Allocate(0, 100).value();
  EXPECT_NE(memory->Translate(a + 4096, 10), nullptr);  // slack, no crash
  EXPECT_NE(memory->Translate(a, 2 * kMiB), nullptr);
  EXPECT_EQ(memory->Translate(a, 2 * kMiB + 1), nullptr);
  EXPECT_EQ(memory->Translate(a, ~0ull), nullptr);
  EXPECT_EQ(memory->Translate(a - 1, 2), nullptr);
  const uint64_t big = memory->Allocate(0, 300 * kMiB).value();
  EXPECT_NE(memory->Translate(big, 300 * kMiB), nullptr);
  EXPECT_NE(memory->Translate(a, 302 * kMiB), nullptr);
  EXPECT_EQ(memory->Translate(a, 302 * kMiB + 1), nullptr);
  EXPECT_EQ(memory->committed_bytes(), 302 * kMiB);
}

TEST(DeviceMemory, RangesNeverCrossDevices) {
  DeviceMemory::Options options;
  options.devices = 2;
  options.bytes_per_device = 2 * kMiB;
  auto memory = Make(options);
  const uint64_t a = memory->Allocate(0, 2 * kMiB).value();
  memory->Allocate(1, 2 * kMiB).value();
  EXPECT_EQ(memory->Translate(a + kMiB, 2 * kMiB), nullptr);
  EXPECT_EQ(memory->Translate(a + 2 * kMiB, 1), nullptr);
  EXPECT_FALSE(memory->IsDeviceAddress(a + 2 * kDeviceStride));
}

TEST(DeviceMemory, FreedMemoryKeepsItsBytesUntilReuse) {
  auto memory = Make();
  const uint64_t a = memory->Allocate(0, 3 * kMiB).value();
  std::memset(memory->Translate(a, 3 * kMiB), 0x77, 3 * kMiB);
  ASSERT_TRUE(memory->Free(a).ok());
  EXPECT_EQ(memory->Find(a), nullptr);
  EXPECT_EQ(*memory->Translate(a + kMiB, 1), std::byte{0x77});
  EXPECT_EQ(memory->Allocate(0, 3 * kMiB).value(), a);
  EXPECT_EQ(*memory->Translate(a + kMiB, 1), std::byte{0x77});
}

TEST(DeviceMemory, RecordsAndNames) {
  auto memory = Make();
  AllocOptions options;
  options.requested = 100;
  options.site = &options;
  memory->Allocate(0, 132).value();
  const uint64_t a = memory->Allocate(0, 132, options).value();
  const Allocation* record = memory->Find(a + 511);
  ASSERT_NE(record, nullptr);
  EXPECT_EQ(memory->Find(a + 512), nullptr);
  EXPECT_EQ(record->id, 2u);
  EXPECT_EQ(record->requested, 100u);
  EXPECT_EQ(record->size, 512u);
  EXPECT_EQ(record->site, &options);
  EXPECT_TRUE(record->live);
  EXPECT_EQ(memory->Name(a), "d0:alloc#2");
  EXPECT_EQ(memory->Name(a + 0x40), "d0:alloc#2+0x40");
  EXPECT_EQ(memory->Name(a + 0x1000), "d0:+0x1200");
  EXPECT_EQ(memory->Name(5), "host:0x5");
  EXPECT_EQ(memory->FindFreed(a), nullptr);

  ASSERT_TRUE(memory->Free(a, &memory).ok());
  const Allocation* freed = memory->FindFreed(a + 0x40);
  ASSERT_NE(freed, nullptr);
  EXPECT_FALSE(freed->live);
  EXPECT_EQ(freed->free_site, &memory);
  EXPECT_EQ(memory->Name(a + 0x40), "d0:alloc#2+0x40(freed)");

  EXPECT_EQ(memory->Allocate(0, 132).value(), a);
  EXPECT_EQ(memory->FindFreed(a), nullptr);
  EXPECT_EQ(memory->Name(a), "d0:alloc#3");
}

TEST(DeviceMemory, PartlyReusedMemoryIsStillKnownAsFreed) {
  auto memory = Make();
  const uint64_t a = memory->Allocate(0, 2048).value();
  ASSERT_TRUE(memory->Free(a).ok());
  EXPECT_EQ(memory->Allocate(0, 512).value(), a);
  EXPECT_EQ(memory->FindFreed(a), nullptr);
  ASSERT_NE(memory->FindFreed(a + 512), nullptr);
  EXPECT_EQ(memory->FindFreed(a + 512)->base, a);
}

TEST(DeviceMemory, FreeSaysWhatIsWrong) {
  auto memory = Make();
  const uint64_t a = memory->Allocate(0, 100).value();
  ExpectFault(memory->Free(1234), Fault::kInvalidParam,
              "is not a device address");
  ExpectFault(memory->Free(a + 64), Fault::kInvalidParam,
              "is d0:alloc#1+0x40, inside an allocation of 100 bytes");
  ExpectFault(memory->Free(a + 4096), Fault::kInvalidParam,
              "was never allocated");
  ASSERT_TRUE(memory->Free(a).ok());
  ExpectFault(memory->Free(a), Fault::kInvalidParam,
              "d0:alloc#1(freed), an allocation of 100 bytes that is already");
}

TEST(DeviceMemory, CapacityAndInfo) {
  DeviceMemory::Options options;
  options.devices = 2;
  options.bytes_per_device = 8 * kMiB;
  auto memory = Make(options);
  const uint64_t a = memory->Allocate(1, 6 * kMiB).value();
  EXPECT_EQ(memory->Info(1)->free, 2 * kMiB);
  EXPECT_EQ(memory->Info(1)->total, 8 * kMiB);
  EXPECT_EQ(memory->Info(0)->free, 8 * kMiB);
  ExpectFault(memory->Allocate(1, 3 * kMiB).status(),
              Fault::kRtMemoryAllocation, "largest free piece 2097152 bytes");
  ASSERT_TRUE(memory->Free(a).ok());
  EXPECT_EQ(memory->Info(1)->free, 8 * kMiB);
  EXPECT_EQ(FaultOf(memory->Info(2).status()), Fault::kRtInvalidDeviceid);
  EXPECT_EQ(FaultOf(memory->Allocate(2, 1).status()),
            Fault::kRtInvalidDeviceid);
  EXPECT_EQ(FaultOf(memory->Allocate(-1, 1).status()),
            Fault::kRtInvalidDeviceid);
}

TEST(DeviceMemory, HostMemoryCapNamesTheOption) {
  DeviceMemory::Options options;
  options.host_memory_cap = 8 * kMiB;
  auto memory = Make(options);
  const uint64_t a = memory->Allocate(0, 6 * kMiB).value();
  ExpectFault(memory->Allocate(1, 4 * kMiB).status(),
              Fault::kRtMemoryAllocation, "--host-memory (6291456 of 8388608");
  EXPECT_EQ(memory->Info(1)->free, memory->Info(1)->total);
  EXPECT_TRUE(memory->Allocate(1, 2 * kMiB).ok());
  ASSERT_TRUE(memory->Free(a).ok());  // committed pages serve again
  EXPECT_TRUE(memory->Allocate(0, 6 * kMiB).ok());
  EXPECT_EQ(memory->committed_bytes(), 8 * kMiB);
}

TEST(DeviceMemory, BadArguments) {
  auto memory = Make();
  EXPECT_EQ(FaultOf(memory->Allocate(0, 0).status()), Fault::kInvalidParam);
  AllocOptions options;
  options.alignment = 48;
  EXPECT_EQ(FaultOf(memory->Allocate(0, 1, options).status()),
            Fault::kInvalidParam);
  for (const uint64_t bytes : {~0ull, ~0ull - 31, 1ull << 40}) {
    for (const PagePolicy policy :
         {PagePolicy::kHugeFirst, PagePolicy::kHugeOnly,
          PagePolicy::kHuge1GOnly, PagePolicy::kNormalOnly}) {
      AllocOptions large;
      large.policy = policy;
      EXPECT_EQ(FaultOf(memory->Allocate(0, bytes, large).status()),
                Fault::kRtMemoryAllocation);
    }
  }
  DeviceMemory::Options bad;
  bad.devices = 17;
  EXPECT_EQ(FaultOf(DeviceMemory::Create(bad).status()), Fault::kInvalidParam);
  bad.devices = 1;
  bad.bytes_per_device = 1000;
  EXPECT_EQ(FaultOf(DeviceMemory::Create(bad).status()), Fault::kInvalidParam);
}

TEST(DeviceMemory, PoisonFillsAndDelaysReuse) {
  DeviceMemory::Options options;
  options.poison = true;
  options.bytes_per_device = 4 * kMiB;
  options.quarantine_bytes = 1024;
  auto memory = Make(options);
  const uint64_t a = memory->Allocate(0, 512).value();
  EXPECT_EQ(*memory->Translate(a + 511, 1), std::byte{0xDD});
  ASSERT_TRUE(memory->Free(a).ok());
  EXPECT_EQ(*memory->Translate(a, 1), std::byte{0xFD});
  EXPECT_EQ(memory->Info(0)->free, 4 * kMiB);
  const uint64_t b = memory->Allocate(0, 512).value();
  EXPECT_NE(b, a);
  ASSERT_TRUE(memory->Free(b).ok());
  const uint64_t c = memory->Allocate(0, 512).value();
  ASSERT_TRUE(memory->Free(c).ok());  // 1536 bytes: the oldest leaves
  EXPECT_EQ(memory->Allocate(0, 512).value(), a);
  EXPECT_EQ(*memory->Translate(a, 1), std::byte{0xDD});
}

TEST(DeviceMemory, PoisonGivesWayBeforeOutOfMemory) {
  DeviceMemory::Options options;
  options.poison = true;
  options.bytes_per_device = 4 * kMiB;
  auto memory = Make(options);
  const uint64_t a = memory->Allocate(0, 4 * kMiB).value();
  ASSERT_TRUE(memory->Free(a).ok());
  EXPECT_EQ(memory->Allocate(0, 4 * kMiB).value(), a);
}

TEST(DeviceMemory, LiveListAndFreeAll) {
  auto memory = Make();
  std::vector<uint64_t> p;
  for (int i = 0; i < 3; ++i) p.push_back(memory->Allocate(0, 512).value());
  ASSERT_TRUE(memory->Free(p[0]).ok());
  EXPECT_EQ(memory->Allocate(0, 512).value(), p[0]);
  const std::vector<Allocation> live = memory->Live(0);
  ASSERT_EQ(live.size(), 3u);
  EXPECT_EQ(live[0].base, p[1]);
  EXPECT_EQ(live[2].base, p[0]);
  EXPECT_EQ(live[2].id, 4u);
  EXPECT_EQ(memory->FreeAll(0), 3u);
  EXPECT_TRUE(memory->Live(0).empty());
  EXPECT_EQ(memory->Info(0)->free, memory->Info(0)->total);
  EXPECT_EQ(memory->FreeAll(99), 0u);
}

TEST(DeviceMemory, SecondInstanceTakesTheNextRowAndRowsAreGivenBack) {
  auto first = Make();
  const uint64_t b = first->Allocate(7, 3 * kMiB).value();
  {
    auto second = Make();
    const uint64_t a = second->Allocate(7, 3 * kMiB).value();
    EXPECT_EQ(a, 0x440000000000u + 7 * kDeviceStride);
    std::memset(first->Translate(b, 3 * kMiB), 1, 3 * kMiB);
    std::memset(second->Translate(a, 3 * kMiB), 2, 3 * kMiB);
    EXPECT_EQ(*first->Translate(b, 1), std::byte{1});
    EXPECT_FALSE(first->IsDeviceAddress(a));
    std::vector<std::unique_ptr<DeviceMemory>> rest;
    absl::Status status;
    while (status.ok()) {
      auto more = DeviceMemory::Create({});
      status = more.status();
      if (more.ok()) rest.push_back(*std::move(more));
    }
    ExpectFault(status, Fault::kRtMemoryAllocation, "no free address range");
  }
  EXPECT_TRUE(DeviceMemory::Create({}).ok());
}

TEST(DeviceMemory, TranslateRunsBesideAllocate) {
  auto memory = Make();
  const uint64_t a = memory->Allocate(0, 512).value();
  std::atomic<bool> stop{false};
  std::thread reader([&] {
    while (!stop.load()) {
      std::byte* bytes = memory->Translate(a, 512 * kMiB);
      if (bytes != nullptr) bytes[511 * kMiB] = std::byte{1};
      Allocation record;
      memory->DescribeFromSignal(a, &record);
    }
  });
  for (int i = 0; i < 255; ++i) {
    ASSERT_TRUE(memory->Allocate(0, 2 * kMiB).ok());
  }
  stop = true;
  reader.join();
  EXPECT_NE(memory->Translate(a, 512 * kMiB), nullptr);
}

// Exits 0 when the reservation fails as it should under `ulimit -v`.
void ReserveUnderLimit() {
  auto memory = Make();
  const rlimit limit = {8ull << 30, 8ull << 30};
  if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(2);
  const absl::Status status = memory->Allocate(0, 512).status();
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  _exit(FaultOf(status) == Fault::kRtMemoryAllocation ? 0 : 1);
}

TEST(DeviceMemoryDeathTest, FailedReservationNamesSizeLimitAndNextStep) {
  if (__asan_init != nullptr || __tsan_init != nullptr) {
    GTEST_SKIP() << "a sanitizer needs more address space than the limit";
  }
  EXPECT_EXIT(ReserveUnderLimit(), testing::ExitedWithCode(0),
              "cannot reserve 68719476736 bytes .* for the memory of device "
              "0: .*address space limit 8589934592 bytes.*ulimit -v unlimited");
}
}  // namespace
}  // namespace npuemu
