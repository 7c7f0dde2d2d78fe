#include "emulator/memory/fault_handler.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <csetjmp>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>

// Present where a sanitizer is, with GCC and clang alike.
extern "C" __attribute__((weak, visibility("default"))) void __asan_init();
extern "C" __attribute__((weak, visibility("default"))) void __tsan_init();

namespace npuemu {
namespace {

__attribute__((noinline)) const void* ThisSite() {
  return __builtin_return_address(0);
}

// A node with allocations d0:alloc#1 (100 bytes) and d0:alloc#2 (4096 bytes).
struct Node {
  Node() : memory(DeviceMemory::Create({}).value()) {
    first = memory->Allocate(0, 100).value();
    AllocOptions options;
    options.requested = 4096;
    options.site = ThisSite();
    second = memory->Allocate(0, 4128, options).value();
  }
  std::unique_ptr<DeviceMemory> memory;
  uint64_t first = 0;
  uint64_t second = 0;
};

void Write(uint64_t address) { *reinterpret_cast<volatile char*>(address) = 1; }
void Read(uint64_t address) {
  (void)*reinterpret_cast<volatile const char*>(address);
}

void WriteSecond() {
  Node node;
  if (!InstallFaultHandler(node.memory.get()).ok()) _exit(3);
  Write(node.second + 0x10);
}

TEST(FaultHandlerDeathTest, NamesAWrite) {
  EXPECT_DEATH(WriteSecond(),
               "npuemu: host write of device address 0x410000000210 "
               "\\(d0:alloc#2\\+0x10, 4096 bytes, allocated at "
               "[^ ]*fault_handler_test\\+0x[0-9a-f]+\\); copy it with "
               "aclrtMemcpy first\n");
}

void ReadFreed() {
  Node node;
  if (!node.memory->Free(node.first).ok()) _exit(3);
  if (!InstallFaultHandler(node.memory.get()).ok()) _exit(3);
  Read(node.first);
}

TEST(FaultHandlerDeathTest, NamesAReadOfFreedMemory) {
  EXPECT_DEATH(ReadFreed(),
               "npuemu: host read of device address 0x410000000000 "
               "\\(d0:alloc#1\\(freed\\), 100 bytes\\); copy it");
}

void ReadUnknown() {
  Node node;
  if (!InstallFaultHandler(node.memory.get()).ok()) _exit(3);
  Read(node.first + kDeviceStride + 0x5000);  // device 1 is not even mapped
}

TEST(FaultHandlerDeathTest, NamesUnallocatedMemory) {
  EXPECT_DEATH(ReadUnknown(), "0x411000005000 \\(d1:\\+0x5000\\); copy it");
}

TEST(FaultHandlerDeathTest, DefaultActionFollows) {
  if (__asan_init != nullptr || __tsan_init != nullptr) {
    GTEST_SKIP() << "the sanitizer's own action follows";
  }
  EXPECT_EXIT(WriteSecond(), testing::KilledBySignal(SIGSEGV), "host write");
}

void SendSegv() {
  Node node;
  if (!InstallFaultHandler(node.memory.get()).ok()) _exit(3);
  raise(SIGSEGV);
}

TEST(FaultHandlerDeathTest, SentSignalStillKills) {
  if (__asan_init != nullptr || __tsan_init != nullptr) {
    GTEST_SKIP() << "the sanitizer's own action follows";
  }
  EXPECT_EXIT(SendSegv(), testing::KilledBySignal(SIGSEGV), "^$");
}

// The program's own handlers.
void ExitWith42(int, siginfo_t* info, void*) {
  _exit(info->si_addr == reinterpret_cast<void*>(0x410000000210) ? 42 : 43);
}

void WriteWithEarlierHandler() {
  struct sigaction action = {};
  action.sa_sigaction = ExitWith42;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
  WriteSecond();
}

TEST(FaultHandlerDeathTest, EarlierHandlerSeesTheFaultAfterwards) {
  EXPECT_EXIT(WriteWithEarlierHandler(), testing::ExitedWithCode(42),
              "host write of device address");
}

void WriteUnderALaterHandler() {
  Node node;
  struct sigaction action = {};
  action.sa_sigaction = ExitWith42;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSEGV, &action, nullptr);
  if (!InstallFaultHandler(node.memory.get()).ok()) _exit(3);
  static struct sigaction ours;
  action.sa_sigaction = [](int signal, siginfo_t* info, void* context) {
    ours.sa_sigaction(signal, info, context);
  };
  sigaction(SIGSEGV, &action, &ours);
  Write(node.second + 0x10);
}

TEST(FaultHandlerDeathTest, LaterHandlerMayCallOurs) {
  EXPECT_EXIT(WriteUnderALaterHandler(), testing::ExitedWithCode(42),
              "host write of device address");
}

sigjmp_buf g_back;
int g_calls = 0;

void JumpBack(int) {
  ++g_calls;
  siglongjmp(g_back, 1);
}

TEST(FaultHandler, OtherFaultsGoToTheEarlierHandlerAgainAndAgain) {
  if (__tsan_init != nullptr) {
    GTEST_SKIP() << "TSan takes all after a siglongjmp for a signal handler";
  }
  struct sigaction action = {};
  action.sa_handler = JumpBack;
  action.sa_flags = SA_NODEFER;
  struct sigaction original = {};
  ASSERT_EQ(sigaction(SIGSEGV, &action, &original), 0);
  Node node;
  ASSERT_TRUE(InstallFaultHandler(node.memory.get()).ok());
  void* page =
      mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(page, MAP_FAILED);
  while (g_calls < 2) {
    if (sigsetjmp(g_back, 1) != 0) continue;  // the handler jumped
    Read(reinterpret_cast<uint64_t>(page));
    FAIL() << "the page is readable";
  }
  UninstallFaultHandler();
  struct sigaction current = {};
  ASSERT_EQ(sigaction(SIGSEGV, &original, &current), 0);
  EXPECT_EQ(current.sa_handler, JumpBack);
  munmap(page, 4096);
}
}  // namespace
}  // namespace npuemu
