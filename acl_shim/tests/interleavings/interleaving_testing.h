// File: interleaving_testing.h
// What the tests of I1-I17 share: operators with a workspace whose result is
// one value everywhere, and threads that launch them. Not thread-safe.

#ifndef ACL_SHIM_TESTS_INTERLEAVINGS_INTERLEAVING_TESTING_H_
#define ACL_SHIM_TESTS_INTERLEAVINGS_INTERLEAVING_TESTING_H_

#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "acl_shim/op/op_handle.h"
#include "acl_shim/tests/interleavings/scripted_threads.h"
#include "acl_shim/tests/rules/op_testing.h"
#include "emulator/base/prng.h"

namespace npuemu::shim {

using ::npuemu::testing::Choice;
using ::npuemu::testing::RunScript;
using ::npuemu::testing::RunSeed;
using ::npuemu::testing::ThreadBody;

// What an output holds before it is written.
constexpr uint16_t kUnwritten = 0x7bff;

// One aclopExecWithHandle and what came of it.
struct Launch {
  aclopHandle* handle = nullptr;
  BufferHandles in;
  aclDataBuffer* out = nullptr;
  size_t count = 0;       // elements of the output
  uint16_t expected = 0;  // each of them
  aclrtStream stream = nullptr;
  aclError result = -1;
};

class InterleavingTest : public OpTest {
 protected:
  // Matrix products of one size have equal workspaces: the four models differ
  // in their transposes. x1 is the unit matrix, x2 holds one value: y is x2.
  static Launch MatMul(int64_t n, int variant, uint16_t value,
                       aclrtStream stream) {
    const Dims dims{n, n};
    om::SingleOpModel model = BinaryModel("MatMulV2", dims);
    model.attrs = {{"transpose_x1", (variant & 1) != 0},
                   {"transpose_x2", (variant & 2) != 0}};
    EXPECT_EQ(Load(model), ACL_SUCCESS);
    aclopAttr* attr = aclopCreateAttr();
    aclopSetAttrBool(attr, "transpose_x1", variant & 1);
    aclopSetAttrBool(attr, "transpose_x2", (variant & 2) >> 1);
    Launch launch;
    EXPECT_EQ(CreateHandle("MatMulV2", {Desc(dims), Desc(dims)}, {Desc(dims)},
                           &launch.handle, attr),
              ACL_SUCCESS)
        << Message();
    const auto size = static_cast<size_t>(n);
    std::vector<uint16_t> unit(size * size, 0);
    for (size_t i = 0; i < size; ++i) unit[i * (size + 1)] = kOne;
    launch.count = size * size;
    launch.in = {Buffer(Upload(unit), launch.count * 2),
                 Half(launch.count, value)};
    launch.out = Half(launch.count, kUnwritten);
    launch.expected = value;
    launch.stream = stream;
    return launch;
  }

  // Rows of n equal values: each result is 1 / n, n a power of two.
  static Launch Softmax(int64_t n, aclrtStream stream) {
    const Dims dims{n, n};
    om::SingleOpModel model;
    model.op_type = "SoftmaxV2";
    model.inputs = {ModelTensor(ACL_FLOAT16, dims)};
    model.outputs = {ModelTensor(ACL_FLOAT16, dims)};
    EXPECT_EQ(Load(model), ACL_SUCCESS);
    Launch launch;
    EXPECT_EQ(CreateHandle("SoftmaxV2", {Desc(dims)}, {Desc(dims)},
                           &launch.handle),
              ACL_SUCCESS)
        << Message();
    launch.count = static_cast<size_t>(n * n);
    launch.in = {Half(launch.count, kTwo)};
    launch.out = Half(launch.count, kUnwritten);
    launch.expected = kOne;
    for (int64_t i = n; i > 1; i /= 2) launch.expected -= 0x400;
    launch.stream = stream;
    return launch;
  }

  static aclError Run(Launch* launch) {
    return launch->result =
               Exec(launch->handle, launch->in, {launch->out}, launch->stream);
  }
  static ThreadBody Body(Launch* launch) {
    return [launch] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      Run(launch);
    };
  }
  // The same under a lock of the program's own: the documented use.
  static ThreadBody LockedBody(Launch* launch, std::mutex* mutex) {
    return [launch, mutex] {
      ASSERT_EQ(UseDevice(0), ACL_SUCCESS);
      // A scripted thread must not block outside of ACL: it comes back later.
      while (!mutex->try_lock()) EXPECT_EQ(UseDevice(0), ACL_SUCCESS);
      Run(launch);
      mutex->unlock();
    };
  }

  static std::vector<uint16_t> OutputOf(const Launch& launch) {
    return Download<uint16_t>(aclGetDataBufferAddr(launch.out), launch.count);
  }
  static bool Right(const Launch& launch) {
    return OutputOf(launch) == All(launch.count, launch.expected);
  }
  static bool Unwritten(const Launch& launch) {
    return OutputOf(launch) == All(launch.count, kUnwritten);
  }
  // A new output for the next round.
  static void Renew(Launch* launch) {
    launch->out = Half(launch->count, kUnwritten);
    launch->result = -1;
  }

  // Looks at the runtime's modelled state of the launch's own stream.
  template <typename F>
  static void Look(const Launch& launch, F look) {
    NodeCall("look", [&](Call& call) -> absl::Status {
      ASSIGN_OR_RETURN(auto handle, OpHandles().Get(launch.handle, "handle"));
      ASSIGN_OR_RETURN(auto stream,
                       Process::Get().FindStream(call, launch.stream));
      const auto resource = ResourceOf(call, stream);
      look(*resource, *resource->ObjectOf(handle->plan().model));
      return absl::OkStatus();
    });
  }
  // P.mem of the launch's op object.
  static BlockId MemOf(const Launch& launch) {
    BlockId mem = 0;
    Look(launch, [&](StreamResource&, OpObject& object) { mem = object.mem; });
    return mem;
  }

  // A seed that the test prints; --test_env=NPUEMU_TEST_SEED=N repeats it.
  static uint64_t Seed() {
    const char* given = std::getenv("NPUEMU_TEST_SEED");
    const uint64_t seed = given == nullptr
                              ? 1
                              : static_cast<uint64_t>(std::atoll(given));
    RecordProperty("seed", std::to_string(seed));
    return seed;
  }
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_TESTS_INTERLEAVINGS_INTERLEAVING_TESTING_H_
