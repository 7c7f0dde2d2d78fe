// File: rule_macros.h
// Short checks for rule tests that call the public C interface only.

#ifndef ACL_SHIM_TESTS_RULES_RULE_MACROS_H_
#define ACL_SHIM_TESTS_RULES_RULE_MACROS_H_

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "acl/acl.h"

// An ACL call must succeed; shows its message if it does not.
#define EXPECT_ACL(call) \
  EXPECT_EQ(call, ACL_SUCCESS) << npuemu::rules::RecentMessage()
#define ASSERT_ACL(call) \
  ASSERT_EQ(call, ACL_SUCCESS) << npuemu::rules::RecentMessage()

// Runs statements in a forked child; for rules about a process's first calls.
// REQUIRES: the test process itself makes no ACL call.
#define IN_CHILD(...)                                   \
  EXPECT_EXIT(                                          \
      {                                                 \
        __VA_ARGS__;                                    \
        std::exit(testing::Test::HasFailure() ? 1 : 0); \
      },                                                \
      testing::ExitedWithCode(0), "")

namespace npuemu::rules {

// The thread's message, cleared by asking; "" if there is none.
inline std::string RecentMessage() {
  const char* message = aclGetRecentErrMsg();
  return message == nullptr ? "" : message;
}

// The path of a new file with this content.
inline std::string TemporaryFile(const std::string& name,
                                 const std::string& content) {
  const std::string path = testing::TempDir() + "/" + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

// Whether the thread's message has this text; clears it.
inline bool MessageHas(const std::string& text) {
  return RecentMessage().find(text) != std::string::npos;
}

}  // namespace npuemu::rules

#endif  // ACL_SHIM_TESTS_RULES_RULE_MACROS_H_
