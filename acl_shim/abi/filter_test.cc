#include <dlfcn.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>

#include "gtest/gtest.h"

// A program may open any library of either layout and look up any of its names:
// each leads to the one real library (design 3.2).

namespace {

std::string Definer(void* address) {
  Dl_info info;
  if (dladdr(address, &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string path = info.dli_fname;
  return path.substr(path.rfind('/') + 1);
}

TEST(FilterTest, EveryNameOfEveryLibraryLeadsToTheRealOne) {
  std::ifstream file("acl_shim/abi/library_names.txt");
  ASSERT_TRUE(file.good());
  std::map<std::string, void*> libraries;
  std::string library;
  std::string name;
  int count = 0;
  while (file >> library >> name) {
    void*& handle = libraries[library];
    if (handle == nullptr) {
      handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
      ASSERT_NE(handle, nullptr) << dlerror();
    }
    void* address = dlsym(handle, name.c_str());
    ASSERT_NE(address, nullptr) << library << ": " << dlerror();
    EXPECT_EQ(Definer(address), "libascendcl.so") << library << ": " << name;
    ++count;
  }
  std::printf("%d names in %zu libraries\n", count, libraries.size());
  EXPECT_GE(libraries.size(), 18u);
  EXPECT_GE(count, 1149);  // 1,159 less those that no newest library defines
}

TEST(FilterTest, LibrariesWithoutNamesOpen) {
  for (const char* library :
       {"libacl_rt_impl.so", "libopapi.so", "libprofapi.so", "libruntime.so"}) {
    EXPECT_NE(dlopen(library, RTLD_NOW | RTLD_LOCAL), nullptr) << dlerror();
  }
}

}  // namespace
