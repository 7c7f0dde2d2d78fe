// A host that links nothing of CANN: it opens the library by name and looks
// the symbols up.

#include <dlfcn.h>

#include <cstdint>

#include "acl/acl.h"
#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(HostDlopenTest, SymbolsByName) {
  void* library = dlopen("libascendcl.so", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(library, nullptr) << dlerror();
  auto* init = reinterpret_cast<decltype(&aclInit)>(dlsym(library, "aclInit"));
  auto* set_device = reinterpret_cast<decltype(&aclrtSetDevice)>(
      dlsym(library, "aclrtSetDevice"));
  auto* count = reinterpret_cast<decltype(&aclrtGetDeviceCount)>(
      dlsym(library, "aclrtGetDeviceCount"));
  auto* finalize =
      reinterpret_cast<decltype(&aclFinalize)>(dlsym(library, "aclFinalize"));
  ASSERT_NE(init, nullptr);
  ASSERT_NE(set_device, nullptr);
  ASSERT_NE(count, nullptr);
  ASSERT_NE(finalize, nullptr);
  EXPECT_EQ(init(nullptr), ACL_SUCCESS);
  uint32_t devices = 0;
  EXPECT_EQ(count(&devices), ACL_SUCCESS);
  EXPECT_EQ(devices, 8u);
  EXPECT_EQ(set_device(0), ACL_SUCCESS);
  EXPECT_EQ(finalize(), ACL_SUCCESS);
}

}  // namespace
}  // namespace npuemu
