// A host that calls ACL inside of tbb::parallel_for: the library's own arenas
// must not take the host's tasks while it waits, nor deadlock.

#include <atomic>

#include "acl_shim/tests/hosts/host_program.h"
#include "oneapi/tbb/parallel_for.h"

namespace npuemu {
namespace {

TEST(HostTbbTest, CallsInsideParallelFor) {
  std::atomic<int> right{0};
  tbb::parallel_for(0, 200, [&](int i) { right += RoundTrip(i) == i; });
  EXPECT_EQ(right, 200);
}

}  // namespace
}  // namespace npuemu
