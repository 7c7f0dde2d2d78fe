// Rules R83-R96 by the public functions.

#include <cstring>
#include <string>
#include <vector>

#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {
namespace {

class Copy : public RuleTest {
 protected:
  // Tasks of this name that have run, as the event log knows.
  static int TasksRun(const std::string& name) {
    int count = 0;
    NodeCall("test", [&](Call& call) {
      for (const npuemu::Event& event : call.node.log().Last()) {
        if (event.kind == EventKind::kRun && name == event.name) ++count;
      }
      return absl::OkStatus();
    });
    return count;
  }
};

TEST_F(Copy, R83_ArgumentsInOrder) {
  std::byte* device = MakeDevice(8, 1);
  char host[8] = {};
  constexpr auto kKind = ACL_MEMCPY_HOST_TO_DEVICE;
  constexpr auto kBadKind = static_cast<aclrtMemcpyKind>(6);
  EXPECT_EQ(aclrtMemcpy(nullptr, 0, nullptr, 0, kBadKind), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy(nullptr, 8, host, 8, kKind), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy(device, 8, nullptr, 8, kKind),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy(device, 7, host, 8, kKind),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemcpy(device, 8, host, 8, kBadKind),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy(device, 8, device, 8, kKind), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 1);
}

TEST_F(Copy, R83_DirectionFollowsThePointers) {
  std::byte* device = MakeDevice(8, 1);
  std::byte* other = MakeDevice(8, 2);
  unsigned char host[8] = {9, 9, 9, 9, 9, 9, 9, 9};
  for (int kind = 0; kind <= 5; ++kind) {
    const auto named = static_cast<aclrtMemcpyKind>(kind);
    host[0] = static_cast<unsigned char>(20 + kind);
    ASSERT_EQ(aclrtMemcpy(device, 8, host, 8, named), ACL_SUCCESS);
    ASSERT_EQ(aclrtMemcpy(other, 8, device, 8, named), ACL_SUCCESS);
    unsigned char back[8] = {};
    unsigned char again[8] = {};
    ASSERT_EQ(aclrtMemcpy(back, 8, other, 8, named), ACL_SUCCESS);
    ASSERT_EQ(aclrtMemcpy(again, 8, back, 8, named), ACL_SUCCESS);
    EXPECT_EQ(std::memcmp(again, host, 8), 0);
  }
}

TEST_F(Copy, R84_TheConditionFormCopiesOnTheStream) {
  std::byte* device = MakeDevice(64, 1);
  std::byte* host = MakePinned(64, 5);
  ASSERT_EQ(aclrtMemcpyAsyncWithCondition(device, 64, host, 64,
                                          ACL_MEMCPY_HOST_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device + 63), 5);
}

TEST_F(Copy, R84_ArgumentsInOrder) {
  std::byte* device = MakeDevice(8);
  std::byte* pinned = MakePinned(8, 3);
  char pageable[8] = {};
  constexpr auto kBadKind = static_cast<aclrtMemcpyKind>(9);
  EXPECT_EQ(aclrtMemcpyAsync(nullptr, 0, nullptr, 0, kBadKind, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(device, 8, nullptr, 8, kBadKind, nullptr),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpyAsync(device, 7, pinned, 8, ACL_MEMCPY_DEFAULT,
                             nullptr),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemcpyAsync(device, 8, pageable, 8, kBadKind, nullptr),
            ACL_ERROR_RT_PARAM_INVALID);
  // The pointers force the kind.
  EXPECT_EQ(aclrtMemcpyAsync(device, 8, pinned, 8, ACL_MEMCPY_DEVICE_TO_HOST,
                             nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 3);
}

TEST_F(Copy, R85_PageableCopyIsASynchroniseAndACopy) {
  aclrtStream stream = MakeStream();
  std::byte* device = MakeDevice(8, 1);
  char pageable[8] = {5};
  SubmitFailingTask(stream);
  EXPECT_EQ(aclrtMemcpyAsync(device, 8, pageable, 8, ACL_MEMCPY_HOST_TO_DEVICE,
                             stream),
            ACL_ERROR_RT_SYS_DMA);
  EXPECT_EQ(Peek(device), 1);
  ASSERT_EQ(aclrtMemsetAsync(device, 8, 7, 8, stream), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(pageable, 8, device, 8, ACL_MEMCPY_DEVICE_TO_HOST,
                             stream),
            ACL_SUCCESS);
  EXPECT_EQ(pageable[0], 7);  // without a synchronise
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpyAsync(device, 8, pageable, 8, ACL_MEMCPY_HOST_TO_DEVICE,
                             stream),
            ACL_ERROR_RT_STREAM_SYNC_TIMEOUT);
}

TEST_F(Copy, R85_R89_PinnedCopyReadsTheHostWhenItRuns) {
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  std::byte* device = MakeDevice(8, 1);
  std::byte* pinned = MakePinned(8, 2);
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsync(device, 8, pinned, 8, ACL_MEMCPY_HOST_TO_DEVICE,
                             stream),
            ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 1);
  pinned[0] = std::byte{3};
  ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 3);
}

TEST_F(Copy, R87_HostToHostIsRefused) {
  std::byte* pinned = MakePinned(16, 2);
  char pageable[8] = {};
  EXPECT_EQ(aclrtMemcpyAsync(pinned, 8, pinned + 8, 8, ACL_MEMCPY_HOST_TO_HOST,
                             nullptr),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
  EXPECT_EQ(aclrtMemcpyAsync(pageable, 8, pinned, 8, ACL_MEMCPY_HOST_TO_HOST,
                             nullptr),
            ACL_ERROR_RT_FEATURE_NOT_SUPPORT);
}

TEST_F(Copy, R88_HostToBufToDeviceTakesTheBytesAtTheCall) {
  for (bool pageable : {false, true}) {
    aclrtStream stream = MakeStream();
    aclrtEvent gate = MakeGate();
    std::byte* device = MakeDevice(8, 1);
    std::vector<std::byte> plain(8, std::byte{2});
    std::byte* source = pageable ? plain.data() : MakePinned(8, 2);
    ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
    ASSERT_EQ(aclrtMemcpyAsync(device, 8, source, 8,
                               ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE, stream),
              ACL_SUCCESS);
    source[0] = std::byte{3};
    EXPECT_EQ(Peek(device), 1);
    ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
    ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
    EXPECT_EQ(Peek(device), 2);
  }
  std::byte* pinned = MakePinned(8, 2);
  EXPECT_EQ(aclrtMemcpyAsync(MakeDevice(8), 8, pinned, 8,
                             ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE,
                             MakeStream(ACL_STREAM_PERSISTENT)),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Copy, R90_LongCopiesAreSplit) {
  constexpr size_t kBytes = (size_t{128} << 20) + 1;
  std::byte* pinned = MakePinned(kBytes, 4);
  std::byte* device = MakeDevice(kBytes);
  const int before = TasksRun("aclrtMemcpyAsync");
  ASSERT_EQ(aclrtMemcpyAsync(device, kBytes, pinned, kBytes,
                             ACL_MEMCPY_HOST_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(TasksRun("aclrtMemcpyAsync") - before, 3);
  EXPECT_EQ(Peek(device + kBytes - 1), 4);
  // Within one device up to 4 GiB are one task.
  std::byte* other = MakeDevice(kBytes);
  ASSERT_EQ(aclrtMemcpyAsync(other, kBytes, device, kBytes,
                             ACL_MEMCPY_DEVICE_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(TasksRun("aclrtMemcpyAsync") - before, 4);
  EXPECT_EQ(Peek(other + kBytes - 1), 4);
  const int sets = TasksRun("aclrtMemsetAsync");
  ASSERT_EQ(aclrtMemsetAsync(device, kBytes, 6, kBytes, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(TasksRun("aclrtMemsetAsync") - sets, 3);
  EXPECT_EQ(Peek(device + kBytes - 1), 6);
  EXPECT_EQ(aclrtFreeHost(pinned), ACL_SUCCESS);
}

TEST_F(Copy, R92_BlocksOfRows) {
  std::byte* device = MakeDevice(64);
  std::byte* pinned = MakePinned(64);
  for (int i = 0; i < 64; ++i) pinned[i] = static_cast<std::byte>(i);
  constexpr auto kIn = ACL_MEMCPY_HOST_TO_DEVICE;
  ASSERT_EQ(aclrtMemcpy2d(device, 16, pinned, 8, 5, 3, kIn), ACL_SUCCESS);
  EXPECT_EQ(Peek(device + 4), 4);
  EXPECT_EQ(Peek(device + 5), 0);
  EXPECT_EQ(Peek(device + 36), 20);
  ASSERT_EQ(aclrtMemset(device, 64, 0, 64), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpy2dAsync(device, 16, pinned, 8, 5, 3, kIn, nullptr),
            ACL_SUCCESS);
  std::byte* other = MakeDevice(64);
  ASSERT_EQ(aclrtMemcpy2dAsync(other, 8, device, 16, 5, 3,
                               ACL_MEMCPY_DEVICE_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(other + 20), 20);
  EXPECT_EQ(Peek(other + 21), 0);
}

TEST_F(Copy, R92_Arguments) {
  std::byte* d = MakeDevice(64);
  std::byte* h = MakePinned(64);
  constexpr auto kIn = ACL_MEMCPY_HOST_TO_DEVICE;
  constexpr size_t kWide = 5'000'001;
  constexpr size_t kHigh = 5'242'881;
  EXPECT_EQ(aclrtMemcpy2d(nullptr, 8, nullptr, 8, 0, 1, kIn), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy2d(nullptr, 8, nullptr, 8, 1, 0, kIn), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemcpy2d(nullptr, 8, h, 8, 1, 1, kIn),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy2d(d, 8, h, 7, 8, 1, kIn), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy2d(d, 8, h, 8, 8, 1, ACL_MEMCPY_DEVICE_TO_DEVICE),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemcpy2dAsync(d, kWide, h, kWide, kWide, 1, kIn, nullptr),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemcpy2dAsync(d, 1, h, 1, 1, kHigh, kIn, nullptr),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Copy, R93_MemsetArguments) {
  std::byte* device = MakeDevice(8, 1);
  EXPECT_EQ(aclrtMemset(nullptr, 0, 1, 0), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemset(nullptr, 8, 1, 8), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclrtMemset(device, 7, 1, 8), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemsetAsync(nullptr, 0, 1, 0, nullptr), ACL_SUCCESS);
  EXPECT_EQ(aclrtMemsetAsync(device, 7, 1, 8, nullptr),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemset(device, 8, 0x1ff, 8), ACL_SUCCESS);
  EXPECT_EQ(Peek(device + 7), 0xff);
}

TEST_F(Copy, R93_HostMemoryIsSetAtOnce) {
  aclrtStream stream = MakeStream();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, MakeGate()), ACL_SUCCESS);
  std::byte* pinned = MakePinned(8);
  std::byte* device = MakeDevice(8);
  ASSERT_EQ(aclrtMemsetAsync(pinned, 8, 5, 8, stream), ACL_SUCCESS);
  EXPECT_EQ(pinned[7], std::byte{5});
  ASSERT_EQ(aclrtMemsetAsync(device, 8, 5, 8, stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(device), 0);
}

TEST_F(Copy, R94_Words) {
  std::byte* device = MakeDevice(16);
  uint32_t words[4] = {};
  ASSERT_EQ(aclrtMemsetD32(device, 16, 0x01020304, 2), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemsetD32Async(device + 8, 8, 0xa0b0c0d0, 2, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpy(words, 16, device, 16, ACL_MEMCPY_DEVICE_TO_HOST),
            ACL_SUCCESS);
  EXPECT_EQ(words[1], 0x01020304u);
  EXPECT_EQ(words[2], 0xa0b0c0d0u);
  EXPECT_EQ(aclrtMemsetD32(device + 1, 8, 1, 1), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemsetD32(device, 7, 1, 2), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemsetD32(words, 8, 1, 2), ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(aclrtMemsetD32(nullptr, 8, 1, 2), ACL_ERROR_INVALID_PARAM);
}

class Batch : public Copy {
 protected:
  void SetUp() override {
    Copy::SetUp();
    for (size_t i = 0; i < 3; ++i) {
      host_[i] = MakePinned(8, static_cast<int>(i) + 1);
      device_[i] = MakeDevice(8);
    }
    attr_.dstLoc = {0, ACL_MEM_LOCATION_TYPE_DEVICE};
    attr_.srcLoc = {0, ACL_MEM_LOCATION_TYPE_HOST};
  }

  void* host_[3];
  void* device_[3];
  size_t sizes_[3] = {8, 8, 8};
  aclrtMemcpyBatchAttr attr_{};
  size_t index_ = 0;
  size_t failed_ = 77;
};

TEST_F(Batch, R95_CopiesAllEntries) {
  EXPECT_EQ(aclrtMemcpyBatch(device_, sizes_, host_, sizes_, 3, &attr_,
                             &index_, 1, &failed_),
            ACL_SUCCESS);
  EXPECT_EQ(failed_, SIZE_MAX);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Peek(static_cast<std::byte*>(device_[i]) + 7), i + 1);
    ASSERT_EQ(aclrtMemset(host_[i], 8, 0, 8), ACL_SUCCESS);
  }
  std::swap(attr_.dstLoc, attr_.srcLoc);
  EXPECT_EQ(aclrtMemcpyBatchAsync(host_, sizes_, device_, sizes_, 3, &attr_,
                                  &index_, 1, &failed_, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(static_cast<std::byte*>(host_[2])[0], std::byte{3});
  std::swap(attr_.dstLoc, attr_.srcLoc);
  EXPECT_EQ(aclrtMemcpyBatchV2(device_, sizes_, host_, sizes_, 3, &attr_,
                               &index_, 1),
            ACL_SUCCESS);
  static_cast<std::byte*>(host_[1])[7] = std::byte{99};
  EXPECT_EQ(aclrtMemcpyBatchAsyncV2(device_, sizes_, host_, sizes_, 3, &attr_,
                                    &index_, 1, nullptr),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(static_cast<std::byte*>(device_[1]) + 7), 99);
}

TEST_F(Batch, R95_ErrorsNameTheEntry) {
  EXPECT_EQ(aclrtMemcpyBatch(device_, sizes_, host_, sizes_, 0, &attr_,
                             &index_, 1, &failed_),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(failed_, SIZE_MAX);
  device_[1] = host_[2];  // not where the attribute says
  EXPECT_EQ(aclrtMemcpyBatch(device_, sizes_, host_, sizes_, 3, &attr_,
                             &index_, 1, &failed_),
            ACL_ERROR_RT_PARAM_INVALID);
  EXPECT_EQ(failed_, 1u);
  EXPECT_EQ(Peek(static_cast<std::byte*>(device_[0])), 0);
  aclrtMemcpyBatchAttr both[2] = {attr_, attr_};
  std::swap(both[1].dstLoc, both[1].srcLoc);
  size_t indexes[2] = {0, 1};
  std::swap(device_[1], host_[1]);
  EXPECT_EQ(aclrtMemcpyBatchV2(device_, sizes_, host_, sizes_, 3, both,
                               indexes, 2),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Copy, DescriptorsAreReadWhenTheTaskRuns) {
  std::byte* first = MakeDevice(8, 1);
  std::byte* second = MakeDevice(8, 2);
  std::byte* result = MakeDevice(8);
  constexpr auto kKind = ACL_MEMCPY_INNER_DEVICE_TO_DEVICE;
  size_t size = 0;
  ASSERT_EQ(aclrtGetMemcpyDescSize(kKind, &size), ACL_SUCCESS);
  std::byte* desc = MakeDevice(size);
  ASSERT_EQ(aclrtSetMemcpyDesc(desc, kKind, first, result, 8, nullptr),
            ACL_SUCCESS);
  aclrtStream stream = MakeStream();
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsyncWithDesc(desc, kKind, stream), ACL_SUCCESS);
  ASSERT_EQ(aclrtSetMemcpyDesc(desc, kKind, second, result, 8, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtRecordEvent(gate, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream), ACL_SUCCESS);
  EXPECT_EQ(Peek(result), 2);
  EXPECT_EQ(aclrtGetMemcpyDescSize(ACL_MEMCPY_DEFAULT, &size),
            ACL_ERROR_RT_PARAM_INVALID);
}

TEST_F(Copy, OffsetsAreAddedToPointersInDeviceMemory) {
  std::byte* source = MakeDevice(16, 1);
  std::byte* target = MakeDevice(16, 2);
  std::byte* pointers = MakeDevice(16);
  const std::byte* values[2] = {source, target};
  ASSERT_EQ(aclrtMemcpy(pointers, 16, values, 16, ACL_MEMCPY_HOST_TO_DEVICE),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtMemcpyAsyncWithOffset(
                reinterpret_cast<void**>(pointers + 8), 12, 4,
                reinterpret_cast<const void**>(pointers), 8, 2,
                ACL_MEMCPY_INNER_DEVICE_TO_DEVICE, nullptr),
            ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Peek(target + 3), 2);
  EXPECT_EQ(Peek(target + 4), 1);
  EXPECT_EQ(Peek(target + 11), 1);
  EXPECT_EQ(Peek(target + 12), 2);
}

TEST_F(Copy, R96_DevicesOfA2NeedPeerAccess) {
  std::byte* here = MakeDevice(8, 1);
  ASSERT_EQ(UseDevice(1), ACL_SUCCESS);
  std::byte* there = MakeDevice(8, 2);
  EXPECT_EQ(aclrtMemcpy(there, 8, here, 8, ACL_MEMCPY_DEVICE_TO_DEVICE),
            ACL_ERROR_RT_PARAM_INVALID);
  NodeCall("test", [](Call& call) -> absl::Status {
    ASSIGN_OR_RETURN(Device * device, call.node.FindDevice(1));
    device->peers.insert(0);
    return absl::OkStatus();
  });
  EXPECT_EQ(aclrtMemcpy(there, 8, here, 8, ACL_MEMCPY_DEVICE_TO_DEVICE),
            ACL_SUCCESS);
  EXPECT_EQ(Peek(there), 1);
  NodeCall("test", [](Call& call) { return ResetDevice(call, 1, true); });
  ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
}

}  // namespace
}  // namespace npuemu::shim
