#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <cstdint>
#include <mutex>
#include <set>
#include <string_view>

#include "acl/acl_base.h"
#include "acl_shim/abi/stub.h"

extern "C" int32_t npuemu_stub_called(const char* name) {
  // Never destroyed: programs call the library from their own destructors.
  static auto* mutex = new std::mutex;
  static auto* logged = new std::set<std::string_view>;
  bool first;
  {
    std::lock_guard<std::mutex> lock(*mutex);
    first = logged->insert(name).second;
  }
  if (first) {
    printf(
        "[ERROR] ASCENDCL(%d,%s): %s is not supported by npuemu (see "
        "COVERAGE.md)\n",
        static_cast<int>(getpid()), program_invocation_short_name, name);
    fflush(stdout);
  }
  return ACL_ERROR_API_NOT_SUPPORT;
}
