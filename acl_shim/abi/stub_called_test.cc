#include <unistd.h>

#include <cstdio>
#include <string>

#include "acl/acl_base.h"
#include "acl_shim/abi/stub.h"
#include "gtest/gtest.h"

namespace {

TEST(StubCalledTest, RefusesEachTimeAndLogsOnce) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(npuemu_stub_called("aclFirst"), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(npuemu_stub_called("aclFirst"), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(npuemu_stub_called("aclSecond"), ACL_ERROR_API_NOT_SUPPORT);
  const std::string head =
      "[ERROR] ASCENDCL(" + std::to_string(getpid()) + ",stub_called_test): ";
  const std::string tail = " is not supported by npuemu (see COVERAGE.md)\n";
  EXPECT_EQ(testing::internal::GetCapturedStdout(),
            head + "aclFirst" + tail + head + "aclSecond" + tail);
}

}  // namespace
