// Calls of operators that come from a table: what its functions see, and what
// is made of what they give.

#include "acl_shim/op_library/library_op.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "acl_shim/op_library/call_view.h"
#include "acl_shim/op_library/table_testing.h"
#include "gtest/gtest.h"

namespace npuemu::shim {
namespace {

using kernels::DataType;
using kernels::Format;
using kernels::OpCall;
using kernels::OpDef;
using kernels::Operands;
using kernels::TensorSpec;

// What a table's functions saw last; none of the tests runs them in parallel.
std::string g_seen;

std::string TextOf(const npuemu_attr& attr) {
  std::string text = std::string(attr.name) + "=";
  switch (attr.type) {
    case NPUEMU_ATTR_FLOAT:
      return text + std::to_string(attr.value.f);
    case NPUEMU_ATTR_STRING:
      return text + attr.value.s;
    case NPUEMU_ATTR_LIST_BOOL:
    case NPUEMU_ATTR_LIST_INT:
    case NPUEMU_ATTR_LIST_FLOAT:
    case NPUEMU_ATTR_LIST_STRING:
      for (size_t i = 0; i < attr.count; ++i) {
        if (attr.type == NPUEMU_ATTR_LIST_BOOL) {
          text += std::to_string(attr.value.bools[i]) + ",";
        } else if (attr.type == NPUEMU_ATTR_LIST_INT) {
          text += std::to_string(attr.value.ints[i]) + ",";
        } else if (attr.type == NPUEMU_ATTR_LIST_FLOAT) {
          text += std::to_string(attr.value.floats[i]) + ",";
        } else {
          text += std::string(attr.value.strings[i]) + ",";
        }
      }
      return text;
    default:
      return text + std::to_string(attr.value.i);
  }
}

// Everything of a call but addresses.
std::string TextOf(const npuemu_op_call& call) {
  std::string text = call.op->type;
  const auto add = [&text](const npuemu_tensor* tensors, size_t count) {
    for (size_t i = 0; i < count; ++i) {
      const npuemu_tensor& t = tensors[i];
      text += std::string(" ") + t.name + ":" + std::to_string(t.dtype) + "[";
      for (int32_t k = 0; k < t.rank; ++k) {
        text += std::to_string(t.dims[k]) + ",";
      }
      text += "]" + std::to_string(t.count) + "/" + std::to_string(t.bytes);
      if (t.data != nullptr) text += "!";
    }
  };
  add(call.inputs, call.input_count);
  text += " ->";
  add(call.outputs, call.output_count);
  for (size_t i = 0; i < call.attr_count; ++i) {
    text += " " + TextOf(call.attrs[i]);
  }
  return text;
}

int InferAll(const npuemu_op_call* call, npuemu_shape* outputs) {
  g_seen = TextOf(*call);
  const int64_t axis = npuemu_attr_int(call, "axis");
  if (axis < 0 || axis >= call->inputs[0].rank) {
    return npuemu_op_error(call, "attribute axis: given %d, expected [0, %d)",
                           static_cast<int>(axis), call->inputs[0].rank);
  }
  const npuemu_tensor& at = call->inputs[call->input_count - 1];
  for (size_t i = 0; i < call->output_count; ++i) {
    outputs[i].dims[axis] =
        at.data == nullptr ? 1 : *static_cast<const int32_t*>(at.data);
  }
  return 0;
}

int InferSilent(const npuemu_op_call*, npuemu_shape*) { return 7; }
int InferLongRank(const npuemu_op_call*, npuemu_shape* outputs) {
  outputs[0].rank = 9;
  return 0;
}
int InferNegative(const npuemu_op_call*, npuemu_shape* outputs) {
  outputs[0].rank = 1;
  outputs[0].dims[0] = -3;
  return 0;
}
int InferNoType(const npuemu_op_call*, npuemu_shape* outputs) {
  outputs[0].dtype = 99;
  return 0;
}

int ComputeAll(const npuemu_op_call* call, int32_t phase, int64_t begin,
               int64_t end) {
  g_seen = TextOf(*call) + " " + std::to_string(phase) + " " +
           std::to_string(begin) + ".." + std::to_string(end) + " " +
           std::to_string(call->workspace_bytes) + " " +
           std::to_string(call->saturate);
  if (*static_cast<const float*>(call->inputs[0].data) == 13) {
    return npuemu_op_error(call, "the number %d", 13);
  }
  for (; begin < end; ++begin) {
    static_cast<float*>(call->outputs[0].data)[begin] += 1;
  }
  return 0;
}

struct Everything : Table {
  Everything() {
    op.infer = InferAll;
    op.compute = ComputeAll;
  }
};

// Kept until the test program ends.
const OpDef* MakeOp(const Table& table) {
  static std::vector<std::shared_ptr<const OpDef>> made;
  return made.emplace_back(MakeLibraryOp(table.op, table.library.name)).get();
}

TensorSpec Spec(std::vector<int64_t> shape, DataType type = DataType::kFloat) {
  return {type, Format::kNd, std::move(shape)};
}

// x, two of ys, no at; two of z, reduced along axis 1.
OpCall GoodCall(const OpDef* op) {
  OpCall call;
  call.op = op;
  call.inputs = {Spec({2, 3}), Spec({2, 3}), Spec({2, 3}), TensorSpec()};
  call.outputs = {Spec({2, 1}), Spec({2, 1})};
  call.attrs = {{"axis", int64_t{1}}};
  return call;
}

constexpr char kGoodAttrs[] =
    " axis=1 flag=1 rate=0.250000 mode=fast type=27 bools=1,0, ints=-1,2, "
    "reals=0.500000, words=a,bc,";

TEST(LibraryOpTest, InferSeesTheWholeCall) {
  const Everything table;
  const OpDef* op = MakeOp(table);
  ASSERT_NE(op, nullptr);
  EXPECT_STREQ(op->library, "tests");
  OpCall call = GoodCall(op);
  ASSERT_EQ(kernels::CheckCall(&call).message, "");
  EXPECT_EQ(kernels::CheckOutputs(call).message, "");
  EXPECT_EQ(g_seen,
            std::string("Everything x:0[2,3,]6/24 ys:0[2,3,]6/24 ys:0[2,3,]6/24"
                        " at:-1[]0/0 -> z:0[2,1,]2/8 z:0[2,1,]2/8") +
                kGoodAttrs);
  // A value that is known, and attributes that are given.
  const int32_t value = 1;
  call.inputs[3] = Spec({1}, DataType::kInt32);
  call.const_inputs.resize(4);
  call.const_inputs[3] = std::as_bytes(std::span(&value, 1));
  call.attrs["words"] = std::vector<std::string>{};
  call.attrs["flag"] = false;
  call.attrs["type"] = DataType::kInt32;
  ASSERT_EQ(kernels::CheckOutputs(call).message, "");
  EXPECT_NE(g_seen.find(" at:3[1,]1/4! ->"), std::string::npos) << g_seen;
  EXPECT_NE(g_seen.find(" flag=0 "), std::string::npos) << g_seen;
  EXPECT_NE(g_seen.find(" type=3 "), std::string::npos) << g_seen;
  EXPECT_NE(g_seen.find(" words="), std::string::npos) << g_seen;
}

TEST(LibraryOpTest, CallsAreRefusedAsThoseOfOurOwnOperators) {
  const Everything table;
  const OpDef* op = MakeOp(table);
  OpCall call = GoodCall(op);
  call.inputs[1].dtype = DataType::kInt32;
  EXPECT_EQ(kernels::CheckCall(&call).message,
            "Everything: input ys0: given int32, expected float, float16");
  call = GoodCall(op);
  call.attrs.clear();
  EXPECT_EQ(kernels::CheckCall(&call).message,
            "Everything: attribute axis: given none, expected int");
  call = GoodCall(op);
  call.attrs["axis"] = int64_t{2};
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(kernels::CheckOutputs(call).message,
            "Everything: attribute axis: given 2, expected [0, 2)");
  call = GoodCall(op);
  call.outputs[1].shape = {2, 2};
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(kernels::CheckOutputs(call).message,
            "Everything: output 1 shape: given [2,2], expected [2,1]");
  call = GoodCall(op);
  call.inputs[2].shape = kernels::Shape(9, 1);
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(kernels::CheckOutputs(call).message,
            "Everything: extents of a tensor: given 9, expected at most 8");
  call = GoodCall(op);
  call.inputs[3] = Spec({1}, DataType::kInt32);
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  std::vector<TensorSpec> outputs;
  EXPECT_EQ(op->infer(call, &outputs).message,
            "Everything: value of input at: given none, expected a constant, "
            "or a tensor in host memory");
}

TEST(LibraryOpTest, WrongInferredShapesAreRefused) {
  const std::vector<std::pair<decltype(npuemu_op::infer), std::string>> cases =
      {
          {InferSilent,
           "Everything: infer returned 7 without a sentence (npuemu_op_error)"},
          {InferLongRank,
           "Everything: inferred output 0 rank: given 9, expected 0 to 8"},
          {InferNegative,
           "Everything: inferred output 0 shape: given [-3], expected extents "
           ">= 0 whose product fits in int64"},
          {InferNoType,
           "Everything: inferred output 0 dtype: given 99, expected a number "
           "of aclDataType"},
      };
  for (const auto& [infer, expected] : cases) {
    Everything table;
    table.op.infer = infer;
    OpCall call = GoodCall(MakeOp(table));
    ASSERT_TRUE(kernels::CheckCall(&call).ok());
    EXPECT_EQ(kernels::CheckOutputs(call).message, expected);
  }
}

TEST(LibraryOpTest, WithoutInferOutputsAreAsTheFirstInput) {
  Everything table;
  table.op.infer = nullptr;
  OpCall call = GoodCall(MakeOp(table));
  for (TensorSpec& spec : call.inputs) {
    if (!spec.absent()) spec.dtype = DataType::kFloat16;
  }
  call.outputs = {Spec({2, 3}, DataType::kFloat16)};
  ASSERT_EQ(kernels::CheckCall(&call).message, "");
  std::vector<TensorSpec> outputs;
  ASSERT_EQ(call.op->infer(call, &outputs).message, "");
  EXPECT_EQ(outputs, call.outputs);
}

TEST(LibraryOpTest, ComputeSeesMemoryAndItems) {
  Everything table;
  table.op.workspace = [](const npuemu_op_call* c) {
    return c->inputs[0].bytes;
  };
  const OpDef* op = MakeOp(table);
  OpCall call = GoodCall(op);
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(op->workspace(call), 24u);
  EXPECT_EQ(op->items(call, 0), 2);
  float x[6] = {}, y[2] = {4, 5}, z[2] = {};
  std::byte workspace[24];
  Operands operands;
  const auto view = [](float* data, size_t bytes) {
    return kernels::TensorView{reinterpret_cast<std::byte*>(data), bytes};
  };
  operands.inputs = {view(x, 24), view(x, 24), view(x, 24), {}};
  operands.outputs = {view(y, 8), view(z, 8)};
  operands.workspace = workspace;
  operands.saturate = true;
  EXPECT_EQ(kernels::RunSerially(call, operands).message, "");
  EXPECT_EQ(g_seen, std::string("Everything x:0[2,3,]6/24! ys:0[2,3,]6/24! "
                                "ys:0[2,3,]6/24! at:-1[]0/0 -> z:0[2,1,]2/8! "
                                "z:0[2,1,]2/8!") +
                        kGoodAttrs + " 0 0..2 24 1");
  EXPECT_EQ(y[0], 5);
  EXPECT_EQ(y[1], 6);
  x[0] = 13;
  EXPECT_EQ(kernels::RunSerially(call, operands).message,
            "Everything: the number 13");
}

TEST(LibraryOpTest, AValueOfTheDeviceIsComparedWhenItIsKnown) {
  const Everything table;
  OpCall call = GoodCall(MakeOp(table));
  call.inputs[3] = Spec({1}, DataType::kInt32);
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(kernels::CheckOutputs(call).message, "");
  float x[6] = {}, y[2] = {}, z[2] = {};
  int32_t at = 1;
  const auto view = [](void* data, size_t bytes) {
    return kernels::TensorView{static_cast<std::byte*>(data), bytes};
  };
  Operands operands;
  operands.inputs = {view(x, 24), view(x, 24), view(x, 24), view(&at, 4)};
  operands.outputs = {view(y, 8), view(z, 8)};
  EXPECT_EQ(kernels::RunSerially(call, operands).message, "");
  EXPECT_EQ(y[1], 1);
  at = 2;
  EXPECT_EQ(kernels::RunSerially(call, operands).message,
            "Everything: output 0 shape: given [2,1], expected [2,2]");
  EXPECT_EQ(y[1], 1);
}

TEST(LibraryOpTest, CostIsTheTablesOrOneMoveAndOneAddition) {
  Everything table;
  OpCall call = GoodCall(MakeOp(table));
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  kernels::Work work = call.op->cost(call);
  EXPECT_EQ(work.bytes_read, 72u);
  EXPECT_EQ(work.bytes_written, 16u);
  EXPECT_EQ(work.vector_cycles, 26u);
  EXPECT_EQ(work.cube_cycles, 0u);
  table.op.cost = [](const npuemu_op_call*, npuemu_cost* cost) {
    cost->vector_cycles *= 10;
    cost->cube_cycles = UINT64_MAX;
  };
  call.op = MakeOp(table);
  work = call.op->cost(call);
  EXPECT_EQ(work.vector_cycles, 260u);
  EXPECT_EQ(work.cube_cycles, uint64_t{1} << 50);
  EXPECT_EQ(work.bytes_read, 72u);
}

TEST(LibraryOpTest, PhasesAreOneAtLeast) {
  Everything table;
  EXPECT_EQ(MakeOp(table)->phases, nullptr);
  table.op.phases = [](const npuemu_op_call*) { return int32_t{-4}; };
  table.op.items = [](const npuemu_op_call*, int32_t phase) {
    return int64_t{100} + phase;
  };
  OpCall call = GoodCall(MakeOp(table));
  ASSERT_TRUE(kernels::CheckCall(&call).ok());
  EXPECT_EQ(call.op->phases(call), 1);
  EXPECT_EQ(call.op->items(call, 2), 102);
}

TEST(CallViewTest, AListTakesWhatIsLeft) {
  const Everything table;
  const auto param = [&](size_t given, size_t index) {
    return ParamOf(table.op.inputs, 3, given, index);
  };
  EXPECT_EQ(param(3, 1), 1u);
  EXPECT_EQ(param(3, 2), 2u);
  EXPECT_EQ(param(5, 0), 0u);
  EXPECT_EQ(param(5, 1), 1u);
  EXPECT_EQ(param(5, 3), 1u);
  EXPECT_EQ(param(5, 4), 2u);
}

}  // namespace
}  // namespace npuemu::shim
