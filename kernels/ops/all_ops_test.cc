// What holds for every operator: its case runs and gives the same bytes however
// it is split; bad calls are refused with a sentence that names the operator,
// or computed, and never crash.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_cases.h"

namespace npuemu::kernels {
namespace {

const std::vector<OpCase>& Cases() {
  static const auto& cases = *new std::vector<OpCase>(AllOpCases());
  return cases;
}

// Prepares and runs; true if the call was refused. The refusal must name the
// operator; memory is exactly as large as the specs say.
bool Refused(const OpCase& op_case) {
  OpCall call;
  const OpStatus prepared = CallOf(op_case, &call);
  if (!prepared.ok()) {
    EXPECT_EQ(prepared.message.rfind(op_case.type + ": ", 0), 0u)
        << prepared.message;
    EXPECT_NE(prepared.message.find("given"), std::string::npos)
        << prepared.message;
    return true;
  }
  for (const TensorSpec& y : call.outputs) {
    if (y.bytes() > (size_t{1} << 26)) return false;  // valid, but too large
  }
  std::vector<TestTensor> inputs = op_case.inputs;
  std::vector<TestTensor> outputs;
  Operands operands;
  for (TestTensor& x : inputs) {
    operands.inputs.push_back({x.data.data(), x.data.size()});
  }
  for (const TensorSpec& y : call.outputs) {
    outputs.push_back(MakeTensor(y.dtype, y.shape));
  }
  for (TestTensor& y : outputs) {
    operands.outputs.push_back({y.data.data(), y.data.size()});
  }
  const size_t needed =
      call.op->workspace == nullptr ? 0 : call.op->workspace(call);
  std::vector<std::byte> workspace(needed);
  operands.workspace = workspace;
  const OpStatus run = RunSerially(call, operands);
  const Work work = call.op->cost(call);
  EXPECT_LT(work.vector_cycles, uint64_t{1} << 50);
  return !run.ok();
}

TEST(AllOpsTest, EveryOperatorHasACase) {
  std::set<std::string> cases;
  for (const OpCase& op_case : Cases()) cases.insert(op_case.type);
  for (const OpDef* op : AllOps()) {
    EXPECT_EQ(cases.count(op->type), 1u)
        << op->type << ": add a line to kernels/testing/op_cases.txt";
  }
}

TEST(AllOpsTest, SameBytesHoweverItIsSplit) {
  for (const OpCase& op_case : Cases()) {
    SCOPED_TRACE(op_case.type);
    EXPECT_FALSE(RunOp(op_case.type, op_case.inputs, op_case.attrs).empty());
  }
}

TEST(AllOpsTest, EveryDtypeColumn) {
  Prng prng(TestSeed());
  for (const OpCase& op_case : Cases()) {
    const OpDef& op = *FindOp(op_case.type);
    if (op.inputs.empty()) continue;
    for (size_t k = 1; k < op.inputs[0].dtypes.size(); ++k) {
      OpCase other = op_case;
      std::string what = op_case.type;
      for (size_t i = 0, p = 0; i < other.inputs.size(); ++i) {
        TestTensor& x = other.inputs[i];
        const auto value = ValueInputs(op, other.inputs.size());
        const bool keeps = std::count(value.begin(), value.end(), i) > 0;
        const DataType to = op.inputs[p].dtypes[k];
        if (p + 1 < op.inputs.size() &&
            op.inputs[p].kind != ParamKind::kDynamic) {
          ++p;
        }
        if (x.spec.absent()) continue;
        // Integers that mean something stay what they are.
        TestTensor converted = RandomTensor(to, x.spec.shape, &prng);
        converted.spec.format = x.spec.format;
        const bool ints = x.spec.dtype == DataType::kInt32 ||
                          x.spec.dtype == DataType::kInt64 ||
                          x.spec.dtype == DataType::kUint16;
        if (keeps || (ints && BitsOf(to) >= 8)) {
          for (int64_t e = 0; e < x.spec.count(); ++e) {
            const uint64_t bits = x.Get(e);
            converted.Set(
                e, x.spec.dtype == DataType::kInt32
                       ? static_cast<uint64_t>(static_cast<int32_t>(bits))
                       : bits);
          }
        }
        x = converted;
        what += std::string(" ") + NameOf(to);
      }
      SCOPED_TRACE(what);
      OpCall call;
      const OpStatus prepared = CallOf(other, &call);
      // An attribute may choose the column (Cast's dst_type).
      if (!prepared.ok() && !op_case.attrs.empty()) continue;
      EXPECT_EQ(prepared.message, "");
      if (prepared.ok()) {
        EXPECT_FALSE(RunOp(other.type, other.inputs, other.attrs).empty());
      }
    }
  }
}

TEST(AllOpsTest, OddShapesGiveAResultOrARefusal) {
  const std::vector<Shape> kShapes = {{},
                                      {0},
                                      {1},
                                      {1, 0, 3},
                                      {1, 1, 1, 1, 1, 1, 1, 1, 1},
                                      {2, 1, 1, 1},
                                      {-1, 3},
                                      {1 << 20, 1 << 20, 1 << 20, 1 << 20},
                                      {3, 5},
                                      {2, 3, 4, 5},
                                      {7}};
  Prng prng(TestSeed());
  for (const OpCase& op_case : Cases()) {
    for (size_t i = 0; i < op_case.inputs.size(); ++i) {
      if (op_case.inputs[i].spec.absent()) continue;
      for (const Shape& shape : kShapes) {
        SCOPED_TRACE(op_case.type + " input " + std::to_string(i) + " " +
                     ToString(shape));
        OpCase odd = op_case;
        const int64_t count = ElementCount(shape);
        TestTensor& x = odd.inputs[i];
        if (count >= 0 && count < (1 << 20)) {
          x = RandomTensor(x.spec.dtype, shape, &prng);
          x.spec.format = op_case.inputs[i].spec.format;
          Refused(odd);
          continue;
        }
        x.spec.shape = shape;
        OpCall call;  // too large or negative: there is no memory to run with
        const OpStatus status = CallOf(odd, &call);
        if (count < 0) {
          EXPECT_FALSE(status.ok());
        }
      }
    }
  }
}

TEST(AllOpsTest, EveryInputMayBeOddValues) {
  Prng prng(TestSeed());
  for (const OpCase& op_case : Cases()) {
    for (size_t i = 0; i < op_case.inputs.size(); ++i) {
      if (op_case.inputs[i].spec.absent()) continue;
      SCOPED_TRACE(op_case.type + " input " + std::to_string(i));
      OpCase odd = op_case;
      TestTensor& x = odd.inputs[i];
      x = RandomTensor(x.spec.dtype, x.spec.shape, &prng);  // indices and all
      x.spec.format = op_case.inputs[i].spec.format;
      Refused(odd);
    }
  }
}

TEST(AllOpsTest, BadAttributesAreRefused) {
  for (const OpCase& op_case : Cases()) {
    const OpDef& op = *FindOp(op_case.type);
    OpCase unknown = op_case;
    unknown.attrs["no_such_attribute"] = int64_t{1};
    EXPECT_TRUE(Refused(unknown)) << op.type;
    for (const AttrSpec& attr : op.attrs) {
      SCOPED_TRACE(std::string(op.type) + " " + attr.name);
      OpCase odd = op_case;
      if (attr.kind != AttrKind::kListString) {
        odd.attrs[attr.name] = std::vector<std::string>{"x"};
        EXPECT_TRUE(Refused(odd));
      }
      if (attr.required) {
        OpCase without = op_case;
        without.attrs.erase(attr.name);
        EXPECT_TRUE(Refused(without));
      }
      // Numbers out of range: a result or a refusal.
      if (attr.kind == AttrKind::kInt) {
        for (int64_t value :
             {int64_t{-100}, int64_t{0}, int64_t{99}, INT64_MIN, INT64_MAX}) {
          odd.attrs[attr.name] = value;
          Refused(odd);
        }
      }
      if (attr.kind == AttrKind::kListInt) {
        for (const auto& value :
             std::vector<std::vector<int64_t>>{{},
                                               {-100},
                                               {0, 0, 0, 0},
                                               {99, 1},
                                               {INT64_MAX, INT64_MIN, 7},
                                               {1, 2, 3, 4, 5, 6, 7, 8, 9}}) {
          odd.attrs[attr.name] = value;
          Refused(odd);
        }
      }
      if (attr.kind == AttrKind::kString) {
        odd.attrs[attr.name] = std::string("no such word");
        Refused(odd);
      }
      if (attr.kind == AttrKind::kFloat) {
        odd.attrs[attr.name] = -1e30f;
        Refused(odd);
      }
    }
  }
}

TEST(AllOpsTest, WrongOperandsAreRefused) {
  for (const OpCase& op_case : Cases()) {
    SCOPED_TRACE(op_case.type);
    const OpDef& op = *FindOp(op_case.type);
    OpCall call;
    ASSERT_EQ(CallOf(op_case, &call).message, "");
    for (size_t i = 0; i < call.inputs.size(); ++i) {
      if (call.inputs[i].absent()) continue;
      OpCall odd = call;
      odd.inputs[i].dtype = DataType::kComplex128;
      EXPECT_FALSE(CheckCall(&odd).ok()) << "input " << i;
      odd = call;
      odd.inputs[i].format = Format::kFractalZ3d;
      if (std::count(op.formats.begin(), op.formats.end(),
                     Format::kFractalZ3d) == 0) {
        EXPECT_FALSE(CheckCall(&odd).ok()) << "input " << i;
      }
    }
    OpCall odd = call;
    odd.outputs[0].shape.push_back(3);
    EXPECT_FALSE(CheckCall(&odd).ok() && CheckOutputs(odd).ok());
    odd = call;
    for (int k = 0; k < 40; ++k) odd.inputs.push_back(call.outputs[0]);
    const bool dynamic = std::any_of(
        op.inputs.begin(), op.inputs.end(),
        [](const ParamSpec& p) { return p.kind == ParamKind::kDynamic; });
    if (!dynamic) {
      EXPECT_FALSE(CheckCall(&odd).ok());
    }
  }
}

// Kernels read inputs as they were, even where an output lies over them.
TEST(AllOpsTest, OutputOverAnInputChangesNothing) {
  for (const OpCase& op_case : Cases()) {
    SCOPED_TRACE(op_case.type);
    OpCall call;
    ASSERT_EQ(CallOf(op_case, &call).message, "");
    const auto expected = RunOp(op_case.type, op_case.inputs, op_case.attrs);
    if (expected.empty() || op_case.inputs.empty()) continue;
    std::vector<TestTensor> inputs = op_case.inputs;
    std::vector<TestTensor> outputs = expected;
    const size_t bytes =
        std::max(inputs[0].data.size(), outputs[0].data.size()) + 8;
    std::vector<std::byte> shared(bytes);
    std::copy(inputs[0].data.begin(), inputs[0].data.end(), shared.begin());
    Operands operands;
    for (TestTensor& x : inputs) {
      operands.inputs.push_back({x.data.data(), x.data.size()});
    }
    for (TestTensor& y : outputs) {
      operands.outputs.push_back({y.data.data(), y.data.size()});
    }
    operands.inputs[0].data = shared.data();
    operands.outputs[0].data = shared.data();
    std::vector<std::byte> workspace(
        call.op->workspace == nullptr ? 0 : call.op->workspace(call));
    operands.workspace = workspace;
    ASSERT_EQ(RunParallel(call, operands).message, "");
    EXPECT_TRUE(std::equal(expected[0].data.begin(), expected[0].data.end(),
                           shared.begin()));
  }
}

}  // namespace
}  // namespace npuemu::kernels
