#include "acl_shim/core/op_blocks.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "emulator/base/prng.h"
#include "gtest/gtest.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim {
namespace {

using kernels::Attrs;
using kernels::DataType;
using kernels::Shape;

struct Case {
  const char* type;
  std::vector<Shape> inputs;
  Attrs attrs = {};
  std::vector<int32_t> value = {};  // of the value input, if there is one
};

using Ints = std::vector<int64_t>;

const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      {"Abs", {{37, 11}}},
      {"Add", {{37, 11}, {1, 11}}},
      {"BatchMatMulV2", {{3, 20, 33}, {3, 33, 18}}},
      {"BiasAdd", {{5, 7, 3}, {3}}},
      {"Cast", {{301}}, {{"dst_type", int64_t{0}}}},
      {"ConcatD", {{3, 4}, {3, 9}}, {{"concat_dim", int64_t{1}},
                                     {"N", int64_t{2}}}},
      {"Exp", {{129}}},
      {"Fill", {{2}, {}}, {}, {13, 7}},
      {"GEMM", {{20, 33}, {33, 18}, {20, 18}, {1}, {1}}},
      {"Log", {{129}}},
      {"MatMulV2", {{50, 70}, {70, 40}}},
      {"Maximum", {{37, 11}, {37, 1}}},
      {"Minimum", {{37, 11}, {37, 11}}},
      {"Mul", {{400}, {1}}},
      {"Neg", {{129}}},
      {"RealDiv", {{129}, {129}}},
      {"Reciprocal", {{129}}},
      {"ReduceMax", {{21, 17}, {1}}, {}, {1}},
      {"ReduceSum", {{21, 17}, {1}}, {}, {0}},
      {"Relu", {{129}}},
      {"Rsqrt", {{129}}},
      {"Sigmoid", {{129}}},
      {"SoftmaxV2", {{19, 23}}, {{"axes", Ints{1}}}},
      {"Sqrt", {{129}}},
      {"Square", {{129}}},
      {"Sub", {{129}, {129}}},
      {"Tanh", {{129}}},
      {"Transpose", {{7, 9, 2}, {3}}, {}, {2, 0, 1}},
      {"TransposeD", {{7, 9, 2}}, {{"perm", Ints{1, 2, 0}}}},
      {"ZerosLike", {{129}}},
  };
  return cases;
}

// One launch over host memory that the test owns.
class Launch {
 public:
  explicit Launch(const Case& row) {
    kernels::OpCall call;
    call.op = kernels::FindOp(row.type);
    call.attrs = row.attrs;
    ConstantList constants(row.inputs.size());
    for (size_t i = 0; i < row.inputs.size(); ++i) {
      kernels::TensorSpec spec;
      spec.dtype = call.op->inputs[std::min(i, call.op->inputs.size() - 1)]
                       .dtypes.front();
      spec.format = kernels::Format::kNd;
      spec.shape = row.inputs[i];
      const auto& values = call.op->value_inputs;
      if (std::count(values.begin(), values.end(), static_cast<int>(i)) > 0) {
        spec.dtype = DataType::kInt32;
        constants[i].resize(row.value.size() * 4);
        std::memcpy(constants[i].data(), row.value.data(),
                    constants[i].size());
      }
      call.inputs.push_back(spec);
    }
    for (const auto& bytes : constants) {
      call.const_inputs.emplace_back(bytes.data(), bytes.size());
    }
    for (const kernels::AttrSpec& attr : call.op->attrs) {
      if (!attr.required) call.attrs.emplace(attr.name, attr.fallback);
    }
    const kernels::OpStatus inferred = call.op->infer(call, &call.outputs);
    EXPECT_TRUE(inferred.ok()) << inferred.message;
    auto prepared = PrepareOp(call, constants);
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    op_ = *prepared;
    Allocate();
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
    EXPECT_TRUE(std::is_sorted(plan.steps.begin(), plan.steps.end(),
                               [](const BlockStep& a, const BlockStep& b) {
                                 return a.at < b.at;
                               }));
    EXPECT_EQ(plan.steps.back().at, plan.cost);
    return plan.steps.size();
  }
  const std::vector<std::vector<std::byte>>& outputs() const {
    return outputs_;
  }

 private:
  void Allocate() {
    Prng prng(7);
    for (size_t i = 0; i < op_->call.inputs.size(); ++i) {
      std::vector<std::byte> bytes(op_->input_bytes[i]);
      for (std::byte& byte : bytes) byte = std::byte(prng.Below(60));
      if (kernels::IsConst(op_->call, i)) {
        std::memcpy(bytes.data(), op_->constants[i].data(), bytes.size());
      }
      inputs_.push_back(std::move(bytes));
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

TEST(OpBlocks, EveryOperatorHasACase) {
  std::set<std::string> cases;
  for (const Case& row : Cases()) cases.insert(row.type);
  for (const kernels::OpDef* op : kernels::AllOps()) {
    EXPECT_EQ(cases.count(op->type), 1u) << op->type;
  }
}

TEST(OpBlocks, SameBytesAsAWholeRun) {
  for (const Case& row : Cases()) {
    SCOPED_TRACE(row.type);
    Launch whole(row);
    whole.RunWhole();
    for (uint32_t cores : {1u, 3u, 48u}) {
      Launch blocks(row);
      const size_t steps = blocks.RunInBlocks(cores);
      EXPECT_EQ(blocks.outputs(), whole.outputs()) << cores;
      if (cores > 1) {
        EXPECT_GT(steps, 2u);
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::shim
