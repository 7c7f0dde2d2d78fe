// Rules R129-R139: handles and executions of single operators.

#include <thread>

#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

class AclopExec : public OpTest {};

TEST_F(AclopExec, R129_HandleCopiesDescriptorsAndAttributes) {
  om::SingleOpModel model = BinaryModel("MatMulV2", {16, 16});
  model.attrs = {{"transpose_x1", false}, {"transpose_x2", true}};
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  aclTensorDesc* a = Desc({16, 16});
  aclTensorDesc* b = Desc({16, 16});
  aclTensorDesc* y = Desc({16, 16});
  aclopAttr* attr = aclopCreateAttr();
  ASSERT_EQ(aclopSetAttrBool(attr, "transpose_x1", 0), ACL_SUCCESS);
  ASSERT_EQ(aclopSetAttrBool(attr, "transpose_x2", 1), ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("MatMulV2", {a, b}, {y}, &handle, attr), ACL_SUCCESS)
      << Message();
  aclDestroyTensorDesc(a);
  aclDestroyTensorDesc(b);
  aclDestroyTensorDesc(y);
  aclopDestroyAttr(attr);
  // x1 is the unit matrix: y = transpose(x2).
  std::vector<uint16_t> unit(256, 0);
  std::vector<uint16_t> x2(256, 0);
  for (size_t i = 0; i < 16; ++i) unit[i * 17] = kOne;
  x2[3] = kTwo;  // row 0, column 3
  aclDataBuffer* out = Half(256, kFive);
  ASSERT_EQ(Exec(handle, {Buffer(Upload(unit), 512), Buffer(Upload(x2), 512)},
                 {out}, stream_),
            ACL_SUCCESS);
  std::vector<uint16_t> expected(256, 0);
  expected[3 * 16] = kTwo;
  EXPECT_EQ(Result(out), expected);
}

// The lock is released while a large kernel runs; a host function that returns
// in that time must be seen by the call that synchronises.
TEST_F(AclopExec, R110_AHostFunctionReturnsWhileAKernelRuns) {
  constexpr size_t kCount = 200110;
  aclopHandle* add = AddHandle({kCount});
  aclDataBuffer* x = Half(kCount, 0);
  int calls = 0;
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(Exec(add, {x, x}, {x}, stream_), ACL_SUCCESS);
    ASSERT_EQ(aclrtLaunchHostFunc(
                  stream_, [](void* count) { ++*static_cast<int*>(count); },
                  &calls),
              ACL_SUCCESS);
    if (i % 10 != 9) continue;
    ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS) << Message();
  }
  EXPECT_EQ(calls, 50);
}

TEST_F(AclopExec, R129_HostMemoryDescriptorIsNotSupported) {
  ASSERT_EQ(Load(BinaryModel("Add", {129})), ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  EXPECT_EQ(CreateHandle("Add", {HostDesc({129}), Desc({129})}, {Desc({129})},
                         &handle),
            ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(handle, nullptr);
}

TEST_F(AclopExec, R129_NoModelIsNotFound) {
  aclopHandle* handle = nullptr;
  EXPECT_EQ(CreateHandle("Add", {Desc({99991}), Desc({99991})},
                         {Desc({99991})}, &handle),
            ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(AclopExec, R129_UnsupportedOperatorIsRefusedByTheHandle) {
  ASSERT_EQ(Load(BinaryModel("NoSuchOperator", {8})), ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  EXPECT_EQ(CreateHandle("NoSuchOperator", {Desc({8}), Desc({8})},
                         {Desc({8})}, &handle),
            ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_NE(Message().find("NoSuchOperator"), std::string::npos);
  ASSERT_EQ(Load(BinaryModel("Add", {8}, ACL_STRING)), ACL_SUCCESS);
  EXPECT_EQ(CreateHandle("Add", {Desc({8}, ACL_STRING), Desc({8}, ACL_STRING)},
                         {Desc({8}, ACL_STRING)}, &handle),
            ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_NE(Message().find("Add: input x1: given string"), std::string::npos);
}

TEST_F(AclopExec, R130_ExecuteAddsBytes) {
  aclopHandle* handle = AddHandle({130, 2});
  aclDataBuffer* out = Half(260, kFive);
  ASSERT_EQ(Exec(handle, {Half(260, kOne), Half(260, kTwo)}, {out}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(260, kThree));
}

TEST_F(AclopExec, R130_WrongCountsNameTheSide) {
  aclopHandle* handle = AddHandle({131});
  aclDataBuffer* a = Half(131, kOne);
  aclDataBuffer* out = Half(131, kFive);
  EXPECT_EQ(Exec(handle, {a}, {out}, stream_), ACL_ERROR_OP_INPUT_NOT_MATCH);
  EXPECT_EQ(Exec(handle, {a, a, a}, {out}, stream_),
            ACL_ERROR_OP_INPUT_NOT_MATCH);
  EXPECT_EQ(Exec(handle, {a, a}, {}, stream_), ACL_ERROR_OP_OUTPUT_NOT_MATCH);
  EXPECT_EQ(Exec(handle, {a, a}, {out, out}, stream_),
            ACL_ERROR_OP_OUTPUT_NOT_MATCH);
  EXPECT_EQ(Result(out), All(131, kFive));
}

TEST_F(AclopExec, R130_AllOutputsEmptyDoesNothing) {
  aclopHandle* handle = AddHandle({132});
  // The inputs are too small: nobody looks at them.
  EXPECT_EQ(Exec(handle, {Half(1, kOne), Half(1, kOne)}, {Buffer(nullptr, 0)},
                 stream_),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
}

TEST_F(AclopExec, R130_ExecutionIsAsynchronousInStreamOrder) {
  aclopHandle* handle = AddHandle({133});
  aclrtEvent gate = MakeGate();
  aclDataBuffer* a = Half(133, kOne);
  aclDataBuffer* out = Half(133, kFive);
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
  ASSERT_EQ(Exec(handle, {a, a}, {out}, stream_), ACL_SUCCESS);
  EXPECT_EQ(Download<uint16_t>(aclGetDataBufferAddr(out), 133),
            All(133, kFive));
  aclrtStream other = MakeStream();
  ASSERT_EQ(aclrtRecordEvent(gate, other), ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(133, kTwo));
}

TEST_F(AclopExec, R130_OneHandleServesManyStreams) {
  aclopHandle* handle = AddHandle({16, 9});
  // More than the 128 streams that a handle caches, twice.
  std::vector<aclrtStream> streams(140);
  for (aclrtStream& stream : streams) stream = MakeStream();
  aclDataBuffer* one = Half(144, kOne);
  std::vector<aclDataBuffer*> outs;
  for (int round = 0; round < 2; ++round) {
    for (aclrtStream stream : streams) {
      outs.push_back(Half(144, kFive));
      ASSERT_EQ(Exec(handle, {one, one}, {outs.back()}, stream), ACL_SUCCESS);
    }
  }
  ASSERT_EQ(aclrtSynchronizeDevice(), ACL_SUCCESS);
  for (aclDataBuffer* out : outs) ASSERT_EQ(Result(out), All(144, kTwo));
}

// More launches than a queue holds, from two threads, behind a gate: they wait
// for room and let each other in between their steps.
TEST_F(AclopExec, R130_LaunchesWaitForRoomInAFullQueue) {
  ASSERT_EQ(Load(BinaryModel("MatMulV2", {16, 16})), ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("MatMulV2", {Desc({16, 16}), Desc({16, 16})},
                         {Desc({16, 16})}, &handle),
            ACL_SUCCESS);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
  aclrtContext context = nullptr;
  ASSERT_EQ(aclrtGetCurrentContext(&context), ACL_SUCCESS);
  aclDataBuffer* one = Half(256, kOne);
  std::vector<aclDataBuffer*> outs = {Half(256, kFive), Half(256, kFive)};
  std::vector<std::thread> threads;
  for (aclDataBuffer* out : outs) {
    threads.emplace_back([&, out] {
      EXPECT_EQ(aclrtSetCurrentContext(context), ACL_SUCCESS);
      for (int i = 0; i < 1200; ++i) {
        ASSERT_EQ(Exec(handle, {one, one}, {out}, stream_), ACL_SUCCESS);
      }
    });
  }
  EXPECT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  for (std::thread& thread : threads) thread.join();
  for (aclDataBuffer* out : outs) EXPECT_EQ(Result(out), All(256, 0x4c00));
}

TEST_F(AclopExec, R130_DestroyedHandleIsAnError) {
  aclopHandle* handle = AddHandle({134});
  aclDataBuffer* a = Half(134, kOne);
  aclopDestroyHandle(handle);
  EXPECT_EQ(Exec(handle, {a, a}, {a}, stream_), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(Exec(nullptr, {a, a}, {a}, stream_), ACL_ERROR_INVALID_PARAM);
  aclopDestroyHandle(handle);   // twice: logged, nothing happens
  aclopDestroyHandle(nullptr);
}

TEST_F(AclopExec, R130_NullStreamIsTheDefaultStream) {
  aclopHandle* handle = AddHandle({135});
  aclDataBuffer* a = Half(135, kOne);
  aclDataBuffer* out = Half(135, kFive);
  ASSERT_EQ(Exec(handle, {a, a}, {out}, nullptr), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(nullptr), ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(135, kTwo));
}

TEST_F(AclopExec, R130_FreedOperandFaultsTheStream) {
  aclopHandle* handle = AddHandle({136});
  aclDataBuffer* a = Half(136, kOne);
  // Far beyond everything that was ever allocated on the device.
  auto* nowhere = static_cast<std::byte*>(aclGetDataBufferAddr(a)) +
                  (uint64_t{20} << 30);
  EXPECT_EQ(Exec(handle, {a, a}, {Buffer(nowhere, 272)}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(aclrtSynchronizeStream(stream_),
            ACL_ERROR_RT_VECTOR_CORE_EXCEPTION);
}

TEST_F(AclopExec, R130_HostAddressAsOperandIsNamed) {
  aclopHandle* handle = AddHandle({137});
  std::vector<uint16_t> host(137, kOne);
  aclDataBuffer* a = Half(137, kOne);
  EXPECT_EQ(Exec(handle, {a, Buffer(host.data(), 274)}, {a}, stream_),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(Message().find("Add: input 1 data"), std::string::npos);
  EXPECT_EQ(Exec(handle, {a, a}, {Buffer(nullptr, 274)}, stream_),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(Message().find("Add: output 0 data"), std::string::npos);
}

TEST_F(AclopExec, R131_ExecuteV2MatchesEachCall) {
  ASSERT_EQ(Load(BinaryModel("Sub", {131})), ACL_SUCCESS);
  const DescList in = {Desc({131}), Desc({131})};
  aclDataBuffer* out = Half(131, kFive);
  ASSERT_EQ(ExecV2("Sub", in, {Half(131, kThree), Half(131, kOne)},
                   {Desc({131})}, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(out), All(131, kTwo));
  EXPECT_EQ(ExecV2("Sub", {Desc({130}), Desc({130})}, {out, out},
                   {Desc({130})}, {out}, stream_),
            ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(AclopExec, R131_ZeroExtentOutputsDoNothing) {
  // No model is needed: it returns before the match.
  EXPECT_EQ(ExecV2("Sub", {Desc({0, 3}), Desc({0, 3})},
                   {Buffer(nullptr, 0), Buffer(nullptr, 0)}, {Desc({0, 3})},
                   {Buffer(nullptr, 0)}, stream_),
            ACL_SUCCESS);
}

TEST_F(AclopExec, R131_NullDataWithLengthIsInvalid) {
  ASSERT_EQ(Load(BinaryModel("Sub", {132})), ACL_SUCCESS);
  const DescList in = {Desc({132}), Desc({132})};
  aclDataBuffer* a = Half(132, kOne);
  EXPECT_EQ(ExecV2("Sub", in, {a, Buffer(nullptr, 264)}, {Desc({132})}, {a},
                   stream_),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(ExecV2("Sub", in, {a, a}, {Desc({132})}, {Buffer(nullptr, 264)},
                   stream_),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(AclopExec, R131_DynamicOutputIsRewrittenAndSynchronous) {
  ASSERT_EQ(Load(DynamicModel("Sub", {{1, 4}, {1, 8}})), ACL_SUCCESS);
  aclTensorDesc* y = Desc({4, 8});  // an upper bound
  aclDataBuffer* out = Half(32, kFive);
  ASSERT_EQ(ExecV2("Sub", {Desc({2, 3}), Desc({2, 3})},
                   {Half(6, kThree), Half(6, kOne)}, {y}, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  // Complete before any synchronise.
  std::vector<uint16_t> expected(32, kFive);
  std::fill_n(expected.begin(), 6, kTwo);
  EXPECT_EQ(Download<uint16_t>(aclGetDataBufferAddr(out), 32), expected);
  int64_t extent = 0;
  ASSERT_EQ(aclGetTensorDescDimV2(y, 0, &extent), ACL_SUCCESS);
  EXPECT_EQ(extent, 2);
  ASSERT_EQ(aclGetTensorDescDimV2(y, 1, &extent), ACL_SUCCESS);
  EXPECT_EQ(extent, 3);
}

TEST_F(AclopExec, R134_UnusedOptionalInputIsSkipped) {
  om::SingleOpModel model = BinaryModel("MatMulV2", {2, 2});
  om::OmTensor unused;
  model.inputs.push_back(unused);
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("MatMulV2", {Desc({2, 2}), Desc({2, 2}), UnusedDesc()},
                         {Desc({2, 2})}, &handle),
            ACL_SUCCESS)
      << Message();
  aclDataBuffer* a = Half(4, kOne);
  aclDataBuffer* out = Half(4, kFive);
  ASSERT_EQ(Exec(handle, {a, a, Buffer(nullptr, 0)}, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(out), All(4, kTwo));
  // It still counts as a descriptor (R130).
  EXPECT_EQ(Exec(handle, {a, a}, {out}, stream_),
            ACL_ERROR_OP_INPUT_NOT_MATCH);
}

TEST_F(AclopExec, R135_ConstantInputIsNoArgument) {
  om::SingleOpModel model = BinaryModel("Add", {3, 5});
  const std::vector<uint16_t> twos(15, kTwo);
  model.inputs[1].is_const = true;
  const auto bytes = std::as_bytes(std::span(twos));
  model.inputs[1].const_value.assign(bytes.begin(), bytes.end());
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  aclTensorDesc* constant = Desc({3, 5});
  ASSERT_EQ(aclSetTensorConst(constant, const_cast<uint16_t*>(twos.data()),
                              30),
            ACL_SUCCESS);
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("Add", {Desc({3, 5}), constant}, {Desc({3, 5})},
                         &handle),
            ACL_SUCCESS)
      << Message();
  aclDataBuffer* out = Half(15, kFive);
  // Whatever the buffer of the constant holds is not looked at.
  ASSERT_EQ(Exec(handle, {Half(15, kOne), Buffer(nullptr, 0)}, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(out), All(15, kThree));
  // Other bytes are another operator.
  const std::vector<uint16_t> ones(15, kOne);
  ASSERT_EQ(aclSetTensorConst(constant, const_cast<uint16_t*>(ones.data()),
                              30),
            ACL_SUCCESS);
  EXPECT_EQ(CreateHandle("Add", {Desc({3, 5}), constant}, {Desc({3, 5})},
                         &handle),
            ACL_ERROR_OP_NOT_FOUND);
}

om::SingleOpModel MomentumModel() {
  om::SingleOpModel model = BinaryModel("ApplyMomentum", {37});
  for (int more = 0; more < 3; ++more) model.inputs.push_back(model.inputs[0]);
  return model;
}

// A variable of TensorFlow: an input that the operator changes.
TEST_F(AclopExec, AnOptimizerUpdatesItsStateWhereItIs) {
  ASSERT_EQ(Load(MomentumModel()), ACL_SUCCESS);
  const DescList in(5, Desc({37}));
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("ApplyMomentum", in, {in[0]}, &handle), ACL_SUCCESS)
      << Message();
  aclDataBuffer* var = Half(37, kFour);
  aclDataBuffer* accum = Half(37, kOne);
  aclDataBuffer* ones = Half(37, kOne);
  // accum = accum * 1 + 1, var = var - accum * 1, twice.
  for (int step = 0; step < 2; ++step) {
    ASSERT_EQ(Exec(handle, {var, accum, ones, ones, ones}, {var}, stream_),
              ACL_SUCCESS)
        << Message();
  }
  constexpr uint16_t kMinusOne = 0xbc00;
  EXPECT_EQ(Result(var), All(37, kMinusOne));
  EXPECT_EQ(Result(accum), All(37, kThree));
}

TEST_F(AclopExec, OptimizerStateInHostMemoryIsNotSupported) {
  std::vector<uint16_t> host(37, kOne);
  const DescList in = {Desc({37}), HostDesc({37}), Desc({37}), Desc({37}),
                       Desc({37})};
  aclDataBuffer* x = Half(37, kOne);
  const aclError code = aclopCompileAndExecute(
      "ApplyMomentum", 5, in.data(),
      BufferHandles{x, Buffer(host.data(), 74), x, x, x}.data(), 1, in.data(),
      &x, nullptr, ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr, stream_);
  EXPECT_EQ(code, ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_NE(Message().find("input accum: given"), std::string::npos)
      << Message();
}

}  // namespace
}  // namespace npuemu::shim
