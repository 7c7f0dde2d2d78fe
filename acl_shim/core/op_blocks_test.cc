#include "acl_shim/core/op_blocks.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/testing/op_cases.h"

namespace npuemu::shim {
namespace {

using kernels::OpCase;

// One launch over host memory that the test owns.
class Launch {
 public:
  explicit Launch(const OpCase& op_case) {
    kernels::OpCall call;
    const kernels::OpStatus status = kernels::CallOf(op_case, &call);
    EXPECT_TRUE(status.ok()) << status.message;
    ConstantList constants(op_case.inputs.size());
    for (size_t i : kernels::ValueInputs(*call.op, call.inputs.size())) {
      if (i < constants.size()) constants[i] = op_case.inputs[i].data;
    }
    for (const auto& bytes : constants) {
      call.const_inputs[static_cast<size_t>(&bytes - constants.data())] = {
          bytes.data(), bytes.size()};
    }
    auto prepared = PrepareOp(call, constants);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    op_ = *prepared;
    Allocate(op_case);
  }

  const PreparedOp& op() const { return *op_; }

  void RunWhole() {
    EXPECT_TRUE(kernels::RunSerially(op_->call, operands_).ok());
  }
  // The number of steps.
  size_t RunInBlocks(uint32_t cores) {
    BlockPlan plan;
    plan.cost = SimDuration(100000);
    plan.cores = cores;
    DescribeBlocks(op_, operands_, &plan);
    for (BlockStep& step : plan.steps) EXPECT_EQ(step.run(), Fault::kNone);
    EXPECT_TRUE(std::is_sorted(
        plan.steps.begin(), plan.steps.end(),
        [](const BlockStep& a, const BlockStep& b) { return a.at < b.at; }));
    EXPECT_EQ(plan.steps.back().at, plan.cost);
    return plan.steps.size();
  }
  const std::vector<std::vector<std::byte>>& outputs() const {
    return outputs_;
  }
  const std::vector<std::vector<std::byte>>& inputs() const { return inputs_; }

 private:
  void Allocate(const OpCase& op_case) {
    for (const kernels::TestTensor& x : op_case.inputs) {
      inputs_.push_back(x.data);
    }
    for (size_t size : op_->output_bytes) outputs_.emplace_back(size);
    workspace_.resize(op_->workspace);
    for (auto& bytes : inputs_) {
      operands_.inputs.push_back({bytes.data(), bytes.size()});
    }
    for (auto& bytes : outputs_) {
      operands_.outputs.push_back({bytes.data(), bytes.size()});
    }
    operands_.workspace = workspace_;
  }

  std::shared_ptr<const PreparedOp> op_;
  std::vector<std::vector<std::byte>> inputs_;
  std::vector<std::vector<std::byte>> outputs_;
  std::vector<std::byte> workspace_;
  kernels::Operands operands_;
};

TEST(OpBlocks, SameBytesAsAWholeRun) {
  for (const OpCase& op_case : kernels::AllOpCases()) {
    SCOPED_TRACE(op_case.type);
    Launch whole(op_case);
    whole.RunWhole();
    for (uint32_t cores : {1u, 3u, 48u}) {
      Launch blocks(op_case);
      const size_t steps = blocks.RunInBlocks(cores);
      EXPECT_EQ(blocks.outputs(), whole.outputs()) << cores;
      // Some operators update inputs.
      EXPECT_EQ(blocks.inputs(), whole.inputs()) << cores;
      const kernels::OpCall& call = blocks.op().call;
      // One item is one block, read and written.
      if (cores > 1 && call.op->items(call, 0) > 1) {
        EXPECT_GT(steps, 2u);
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::shim
