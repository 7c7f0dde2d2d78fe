// Libraries are opened and added to the registry; the sample's bytes.

#include "acl_shim/op_library/op_library.h"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "acl_shim/op_library/table_testing.h"
#include "emulator/base/status.h"
#include "gtest/gtest.h"
#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim {
namespace {

using kernels::DataType;
using kernels::OpCall;
using kernels::Operands;
using kernels::TensorSpec;

TEST(OpsOfLibraryTest, GivesOperatorsOrTheSentenceWithThePath) {
  Table table;
  const auto ops = OpsOfLibrary(&table.library, "lib.so");
  ASSERT_TRUE(ops.ok()) << ops.status();
  ASSERT_EQ(ops->size(), 1u);
  EXPECT_STREQ(ops->front()->type, "Everything");
  EXPECT_STREQ(ops->front()->library, "tests");
  table.op.compute = nullptr;
  const auto refused = OpsOfLibrary(&table.library, "lib.so");
  EXPECT_EQ(refused.status().message(),
            "NPUEMU_OP_LIBRARY: lib.so: Everything: compute: given null, "
            "expected a function");
}

constexpr char kSample[] = "testdata/op_library/libsample_ops.so";

std::string LoadRefusal(const std::string& paths) {
  const absl::Status status = LoadOpLibraries(paths);
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(FaultOf(status), Fault::kInvalidParam);
  EXPECT_EQ(kernels::AddedOps().size(), 0u);
  return std::string(status.message());
}

// Also the sample's bytes: serially, and on threads.
TEST(LoadTest, LibrariesAreAddedTogetherOrNotAtAll) {
  EXPECT_TRUE(LoadOpLibraries("").ok());
  const std::string missing =
      LoadRefusal(std::string(kSample) + ":./no_such_library.so");
  EXPECT_EQ(missing.find("NPUEMU_OP_LIBRARY: library: given "
                         "./no_such_library.so, expected a shared library "
                         "that can be opened (./no_such_library.so: cannot "
                         "open shared object file"),
            0u)
      << missing;
  EXPECT_EQ(LoadRefusal("libm.so.6"),
            "NPUEMU_OP_LIBRARY: library: given libm.so.6, expected one that "
            "exports npuemu_op_library_entry");
  EXPECT_EQ(LoadRefusal(std::string(kSample) + ":" + kSample),
            std::string("NPUEMU_OP_LIBRARY: ") + kSample +
                ": operator type: given ScaleShift, which sample_ops has, "
                "expected a new one");
  EXPECT_EQ(kernels::FindOp("ScaleShift"), nullptr);
  const absl::Status status = LoadOpLibraries(std::string(":") + kSample);
  ASSERT_TRUE(status.ok()) << status;
  ASSERT_EQ(kernels::AddedOps().size(), 2u);
  EXPECT_EQ(kernels::FindOp("ScaleShift"), kernels::AddedOps()[0]);
  EXPECT_EQ(kernels::FindOp("SubtractMean"), kernels::AddedOps()[1]);
  EXPECT_EQ(kernels::FindOp("SubtractMeans"), nullptr);
  EXPECT_NE(kernels::FindOp("Add"), nullptr);
  EXPECT_FALSE(LoadOpLibraries(kSample).ok());
}

// REQUIRES: the test above has run.
TEST(LoadTest, TheSampleGivesTheSameBytesOnThreads) {
  ASSERT_NE(kernels::FindOp("SubtractMean"), nullptr);
  OpCall call;
  call.op = kernels::FindOp("SubtractMean");
  const int64_t count = 100'003;
  call.inputs = call.outputs = {
      TensorSpec{DataType::kFloat, kernels::Format::kNd, {count}}};
  ASSERT_EQ(kernels::CheckCall(&call).message, "");
  ASSERT_EQ(kernels::CheckOutputs(call).message, "");
  std::vector<float> x(count), serial(count), parallel(count);
  for (size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(i % 977) * 0.37f;
  }
  std::vector<std::byte> workspace(call.op->workspace(call));
  EXPECT_EQ(workspace.size(), 98 * sizeof(double));
  const auto run = [&](std::vector<float>* y, auto runner) {
    Operands operands;
    const size_t bytes = x.size() * sizeof(float);
    operands.inputs = {{reinterpret_cast<std::byte*>(x.data()), bytes}};
    operands.outputs = {{reinterpret_cast<std::byte*>(y->data()), bytes}};
    operands.workspace = workspace;
    EXPECT_EQ(runner(call, operands).message, "");
  };
  run(&serial, kernels::RunSerially);
  run(&parallel, kernels::RunParallel);
  EXPECT_EQ(std::memcmp(serial.data(), parallel.data(), count * 4), 0);
  double mean = 0;
  for (float value : x) mean += value;
  EXPECT_NEAR(serial[0], -mean / count, 1e-3);
  call.inputs = call.outputs = {
      TensorSpec{DataType::kFloat, kernels::Format::kNd, {0, 4}}};
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(kernels::CheckOutputs(call).message,
            "SubtractMean: input x: given no elements, expected some");
}

}  // namespace
}  // namespace npuemu::shim
