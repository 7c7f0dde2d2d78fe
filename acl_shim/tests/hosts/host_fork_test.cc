// A host that forks after it used ACL: calls of the child fail with one clear
// error and do not touch the parent's node (design 3.3).

#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "acl_shim/tests/hosts/host_program.h"

namespace npuemu {
namespace {

TEST(HostForkTest, TheChildIsRefusedAndTheParentGoesOn) {
  EXPECT_EQ(RoundTrip(1), 1);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    void* memory = nullptr;
    const aclError error = aclrtMalloc(&memory, 64, ACL_MEM_MALLOC_HUGE_FIRST);
    const char* text = aclGetRecentErrMsg();
    const bool clear = text != nullptr && strstr(text, "forked") != nullptr;
    _exit(error == ACL_ERROR_RT_DEV_SETUP_ERROR && clear ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(RoundTrip(2), 2);
}

}  // namespace
}  // namespace npuemu
