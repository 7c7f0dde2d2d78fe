// libFuzzer entry; BUILD.bazel says how to run it.

#include <cstddef>
#include <cstdint>

#include "acl_shim/om/testing/fuzz_targets.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  npuemu::om::FuzzOm({reinterpret_cast<const std::byte*>(data), size});
  return 0;
}
