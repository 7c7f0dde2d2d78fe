// The option --threads reaches the kernels: run with NPUEMU_THREADS 1 and 2.

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iterator>

#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

class ThreadsOption : public OpTest {
 protected:
  static int64_t ThreadsOfProcess() {
    return std::distance(
        std::filesystem::directory_iterator("/proc/self/task"),
        std::filesystem::directory_iterator());
  }
  static int Cores() {
    cpu_set_t cores;
    return sched_getaffinity(0, sizeof(cores), &cores) == 0
               ? CPU_COUNT(&cores)
               : 1;
  }
};

TEST_F(ThreadsOption, BoundsTheWorkersOfABigOperator) {
  constexpr int64_t kCount = int64_t{1} << 20;
  aclopHandle* add = AddHandle({kCount});
  aclDataBuffer* out = Half(kCount, kFive);
  ASSERT_EQ(ThreadsOfProcess(), 1);
  ASSERT_EQ(Exec(add, {Half(kCount, kOne), Half(kCount, kTwo)}, {out}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(kCount, kThree));
  const int wanted = std::atoi(std::getenv("NPUEMU_THREADS"));
  EXPECT_EQ(ThreadsOfProcess() > 1, std::min(wanted, Cores()) > 1);
}

}  // namespace
}  // namespace npuemu::shim
