// RunParallel: every item once, phases in order, errors and the float
// environment, whatever the number of threads.

#include "kernels/op/parallel.h"

#include <gtest/gtest.h>
#include <xmmintrin.h>

#include <cfenv>

namespace npuemu::kernels {
namespace {

constexpr int64_t kItems = 100000;

// Phase 0 counts each item in the workspace; phase 1 adds one and 2^-25 to
// the count of the mirror item, which needs phase 0 done and nearest rounding.
OpStatus Compute(const OpCall&, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  auto* counts = reinterpret_cast<float*>(operands.workspace.data());
  float* y = operands.outputs[0].as<float>();
  for (int64_t i = begin; i < end; ++i) {
    if (phase == 0) counts[i] += 1;
    if (phase == 1) y[i] = counts[kItems - 1 - i] + 0x1p-25f;
  }
  return {};
}

OpStatus Fail(const OpCall&, const Operands&, int, int64_t begin, int64_t end) {
  for (int64_t i = begin; i < end; ++i) {
    if (i % 1000 == 777) return {"item " + std::to_string(i)};
  }
  return {};
}

OpDef MakeOp() {
  OpDef op{.type = "Count",
           .engine = Engine::kVector,
           .basis = DtypeBasis::kPrototype,
           .inputs = {},
           .outputs = {{"y", ParamKind::kRequired, {DataType::kFloat}}},
           .attrs = {},
           .infer = nullptr,
           .items = [](const OpCall&, int) { return kItems; },
           .compute = Compute,
           .cost =
               [](const OpCall&) {
                 return Work{0, 100000, 0, 0};
               },
           .exactness = ""};
  op.phases = [](const OpCall&) { return 2; };
  return op;
}

class ParallelTest : public testing::TestWithParam<int> {
 protected:
  ParallelTest() : op_(MakeOp()), workspace_(kItems, 0), y_(kItems, 0) {
    call_.op = &op_;
    operands_.workspace = std::as_writable_bytes(std::span<float>(workspace_));
    operands_.outputs = {
        {reinterpret_cast<std::byte*>(y_.data()), y_.size() * sizeof(float)}};
    SetKernelThreads(GetParam());
  }
  ~ParallelTest() override { SetKernelThreads(0); }

  OpDef op_;
  OpCall call_;
  Operands operands_;
  std::vector<float> workspace_;
  std::vector<float> y_;
};

TEST_P(ParallelTest, RunsEachItemOnceInPhaseOrder) {
  ASSERT_TRUE(RunParallel(call_, operands_).ok());
  EXPECT_EQ(y_, std::vector<float>(kItems, 1));
}

TEST_P(ParallelTest, ReportsTheFirstError) {
  op_.compute = Fail;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(RunParallel(call_, operands_).message, "item 777");
  }
}

// A host program may have set both by -ffast-math and fesetround.
TEST_P(ParallelTest, IgnoresTheHostsFloatEnvironment) {
  const unsigned saved = _mm_getcsr();
  _mm_setcsr(saved | 0x8040);  // FTZ, DAZ
  std::fesetround(FE_UPWARD);
  const unsigned strange = _mm_getcsr();
  const OpStatus status = RunParallel(call_, operands_);
  const unsigned after = _mm_getcsr();
  _mm_setcsr(saved);
  std::fesetround(FE_TONEAREST);
  ASSERT_TRUE(status.ok());
  EXPECT_EQ(after & 0xffc0u, strange & 0xffc0u);
  EXPECT_EQ(y_, std::vector<float>(kItems, 1));
}

INSTANTIATE_TEST_SUITE_P(Threads, ParallelTest, testing::Values(0, 1, 2, 7));

}  // namespace
}  // namespace npuemu::kernels
