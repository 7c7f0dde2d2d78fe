// File: capture_testing.h
// What the tests of captures and graphs share. Not thread-safe.

#ifndef ACL_SHIM_TESTS_RULES_CAPTURE_TESTING_H_
#define ACL_SHIM_TESTS_RULES_CAPTURE_TESTING_H_

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <thread>

#include "acl/acl_mdl.h"
#include "acl/acl_rt.h"
#include "acl_shim/tests/rules/rule_testing.h"

namespace npuemu::shim {

inline constexpr auto kGlobal = ACL_MODEL_RI_CAPTURE_MODE_GLOBAL;
inline constexpr auto kThreadLocal = ACL_MODEL_RI_CAPTURE_MODE_THREAD_LOCAL;
inline constexpr auto kRelaxed = ACL_MODEL_RI_CAPTURE_MODE_RELAXED;
inline constexpr size_t kBytes = 64;

class CaptureTest : public RuleTest {
 protected:
  void SetUp() override {
    RuleTest::SetUp();
    stream_ = MakeStream();
    other_ = MakeStream();
  }

  static aclrtEvent MakeEvent(uint32_t flags = ACL_EVENT_SYNC) {
    aclrtEvent event = nullptr;
    EXPECT_EQ(aclrtCreateEventExWithFlag(&event, flags), ACL_SUCCESS);
    return event;
  }

  void Begin(aclmdlRICaptureMode mode = kGlobal) {
    ASSERT_EQ(aclmdlRICaptureBegin(stream_, mode), ACL_SUCCESS);
  }
  aclmdlRI End() {
    aclmdlRI graph = nullptr;
    EXPECT_EQ(aclmdlRICaptureEnd(stream_, &graph), ACL_SUCCESS) << Message();
    return graph;
  }
  aclError EndCode() {
    aclmdlRI graph = nullptr;
    return aclmdlRICaptureEnd(stream_, &graph);
  }
  static aclError Set(std::byte* memory, int value, aclrtStream stream) {
    return aclrtMemsetAsync(memory, kBytes, value, kBytes, stream);
  }
  static aclError Copy(std::byte* to, const std::byte* from,
                       aclrtStream stream) {
    return aclrtMemcpyAsync(to, kBytes, from, kBytes,
                            ACL_MEMCPY_DEVICE_TO_DEVICE, stream);
  }
  static std::string Message() {
    const char* message = aclGetRecentErrMsg();
    return message == nullptr ? "" : message;
  }
  // What another thread's call returns.
  template <typename F>
  static aclError OnThread(F call) {
    aclError code = ACL_SUCCESS;
    std::thread([&] {
      EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
      code = call();
    }).join();
    return code;
  }

  aclrtStream stream_ = nullptr;
  aclrtStream other_ = nullptr;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_RULES_CAPTURE_TESTING_H_
