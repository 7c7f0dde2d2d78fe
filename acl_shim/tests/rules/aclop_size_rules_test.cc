// Rules R136-R139: sizes, host inputs, lifetimes, workspace.

#include "acl_shim/op/launch.h"
#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

class AclopSize : public OpTest {
 protected:
  // A model whose second input is in host memory.
  static om::SingleOpModel HostModel(const Dims& dims) {
    om::SingleOpModel model = BinaryModel("Add", dims);
    model.inputs[1].mem_type = ACL_MEMTYPE_HOST;
    return model;
  }
};

TEST_F(AclopSize, R136_SmallestAcceptedBuffer) {
  aclopHandle* handle = AddHandle({64});  // 128 bytes; expected 160
  std::byte* memory = MakeDevice(512);
  const BufferHandles good = {Half(64, kOne), Half(64, kOne)};
  EXPECT_EQ(Exec(handle, good, {Buffer(memory, 97)}, stream_), ACL_SUCCESS);
  EXPECT_EQ(Exec(handle, good, {Buffer(memory, 96)}, stream_),
            kGeParamInvalid);
  const std::string message = Message();
  EXPECT_NE(message.find("E10404"), std::string::npos) << message;
  EXPECT_NE(message.find("index 0, expect_size 160, given size 128"),
            std::string::npos)
      << message;
  EXPECT_EQ(Exec(handle, {good[0], Buffer(memory, 96)},
                 {Buffer(memory, 128)}, stream_),
            kGeParamInvalid);
  EXPECT_NE(Message().find("E10402"), std::string::npos);
  EXPECT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
}

TEST_F(AclopSize, R136_LargerBuffersAreAccepted) {
  aclopHandle* handle = AddHandle({5});
  aclDataBuffer* big = Half(100, kOne);
  aclDataBuffer* out = Half(100, kFive);
  ASSERT_EQ(Exec(handle, {big, big}, {out}, stream_), ACL_SUCCESS);
  std::vector<uint16_t> expected(100, kFive);
  std::fill_n(expected.begin(), 5, kTwo);
  EXPECT_EQ(Result(out), expected);
}

TEST_F(AclopSize, R136_DynamicSizesAreNotChecked) {
  ASSERT_EQ(Load(DynamicModel("Mul", {{1, 1024}})), ACL_SUCCESS);
  aclDataBuffer* two = Half(512, kTwo);
  std::byte* memory = MakeDevice(1024);
  ASSERT_EQ(ExecV2("Mul", {Desc({512}), Desc({512})}, {two, two},
                   {Desc({512})}, {Buffer(memory, 2)}, stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(Buffer(memory, 1024)), All(512, kFour));
}

TEST_F(AclopSize, R136_CountsOfBuffersHaveTheirOwnMessages) {
  OpPlan plan;
  auto model = std::make_shared<OpModel>();
  model->def = BinaryModel("Add", {1});
  plan.model = model;
  plan.inputs.resize(2);
  plan.outputs.resize(1);
  OpBuffers buffers;
  buffers.inputs.resize(1);
  buffers.outputs.resize(1);
  auto id = [&] {
    const absl::Status status = CheckBuffers(plan, buffers);
    EXPECT_EQ(FaultOf(status), Fault::kGeParamInvalid);
    return MessageIdOf(status);
  };
  EXPECT_EQ(id(), "E10401");
  model->def.dynamic = true;
  EXPECT_EQ(id(), "E10405");
  buffers.inputs.resize(2);
  buffers.outputs.resize(2);
  EXPECT_EQ(id(), "E10406");
  model->def.dynamic = false;
  EXPECT_EQ(id(), "E10403");
}

TEST_F(AclopSize, R137_HostInputIsCapturedByTheCall) {
  ASSERT_EQ(Load(HostModel({137})), ACL_SUCCESS);
  std::vector<uint16_t> host(137, kTwo);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
  aclDataBuffer* out = Half(137, kFive);
  ASSERT_EQ(ExecV2("Add", {Desc({137}), HostDesc({137})},
                   {Half(137, kOne), Buffer(host.data(), 274)},
                   {Desc({137})}, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  std::fill(host.begin(), host.end(), kFour);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(137, kThree));
}

TEST_F(AclopSize, R137_OneStagingBufferServesInStreamOrder) {
  ASSERT_EQ(Load(HostModel({138})), ACL_SUCCESS);
  std::vector<uint16_t> twos(138, kTwo);
  std::vector<uint16_t> ones(138, kOne);
  aclDataBuffer* first = Half(138, kFive);
  aclDataBuffer* second = Half(138, kFive);
  const DescList in = {Desc({138}), HostDesc({138})};
  aclDataBuffer* one = Half(138, kOne);
  ASSERT_EQ(ExecV2("Add", in, {one, Buffer(twos.data(), 276)}, {Desc({138})},
                   {first}, stream_),
            ACL_SUCCESS);
  ASSERT_EQ(ExecV2("Add", in, {one, Buffer(ones.data(), 276)}, {Desc({138})},
                   {second}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(Result(first), All(138, kThree));
  EXPECT_EQ(Result(second), All(138, kTwo));
}

TEST_F(AclopSize, R137_AtMostOneMebibyteOfHostInputs) {
  constexpr int64_t kFits = 1 << 19;  // float16: 1 MiB
  for (int64_t count : {kFits, kFits + 1}) {
    ASSERT_EQ(Load(HostModel({count})), ACL_SUCCESS);
    const auto size = static_cast<size_t>(count);
    std::vector<uint16_t> host(size, kTwo);
    aclDataBuffer* out = Half(size, kFive);
    const aclError result =
        ExecV2("Add", {Desc({count}), HostDesc({count})},
               {Half(size, kOne), Buffer(host.data(), size * 2)},
               {Desc({count})}, {out}, stream_);
    EXPECT_EQ(result, count == kFits ? ACL_SUCCESS : ACL_ERROR_GE_FAILURE);
    EXPECT_EQ(Result(out), All(size, count == kFits ? kThree : kFive));
  }
}

TEST_F(AclopSize, R137_DeviceMemoryBehindAHostDescriptorIsAnError) {
  ASSERT_EQ(Load(HostModel({139})), ACL_SUCCESS);
  aclDataBuffer* one = Half(139, kOne);
  constexpr aclMemType kPlace = ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT;
  auto run = [&] {
    return ExecV2("Add", {Desc({139}), HostDesc({139}, ACL_FLOAT16, kPlace)},
                  {one, one}, {Desc({139})}, {one}, stream_);
  };
  EXPECT_EQ(run(), ACL_ERROR_OP_NOT_FOUND);  // another memory type
  om::SingleOpModel independent = HostModel({139});
  independent.inputs[1].mem_type = kPlace;
  ASSERT_EQ(Load(independent), ACL_SUCCESS);
  EXPECT_EQ(run(), ACL_ERROR_INVALID_PARAM);
  EXPECT_NE(Message().find("given device memory"), std::string::npos);
}

TEST_F(AclopSize, R138_DescriptorsAndBuffersMayDieAfterTheCall) {
  ASSERT_EQ(Load(BinaryModel("Add", {138, 2})), ACL_SUCCESS);
  aclTensorDesc* desc = Desc({138, 2});
  aclDataBuffer* a = Half(276, kOne);
  aclDataBuffer* out = Half(276, kFive);
  void* result = aclGetDataBufferAddr(out);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
  ASSERT_EQ(ExecV2("Add", {desc, desc}, {a, a}, {desc}, {out}, stream_),
            ACL_SUCCESS);
  aclDestroyTensorDesc(desc);
  aclDestroyDataBuffer(a);
  aclDestroyDataBuffer(out);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Download<uint16_t>(result, 276), All(276, kTwo));
}

size_t FreeBytes() {
  size_t free = 0;
  size_t total = 0;
  EXPECT_EQ(aclrtGetMemInfo(ACL_HBM_MEM, &free, &total), ACL_SUCCESS);
  return free;
}

TEST_F(AclopSize, R139_WorkspaceReturnsRightAfterTheLaunch) {
  ASSERT_EQ(Load(BinaryModel("MatMulV2", {64, 64})), ACL_SUCCESS);
  const DescList in = {Desc({64, 64}), Desc({64, 64})};
  const DescList out_desc = {Desc({64, 64})};
  aclDataBuffer* a = Half(4096, kOne);
  aclDataBuffer* out = Half(4096, kFive);
  aclrtEvent gate = MakeGate();
  ASSERT_EQ(aclrtStreamWaitEvent(stream_, gate), ACL_SUCCESS);
  const size_t before = FreeBytes();
  ASSERT_EQ(ExecV2("MatMulV2", in, {a, a}, out_desc, {out}, stream_),
            ACL_SUCCESS)
      << Message();
  const size_t after_one = FreeBytes();
  EXPECT_LT(after_one, before);
  // The first has not run, yet the second takes the same block.
  ASSERT_EQ(ExecV2("MatMulV2", in, {a, a}, out_desc, {out}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(FreeBytes(), after_one);
  // Another stream has its own.
  ASSERT_EQ(ExecV2("MatMulV2", in, {a, a}, out_desc, {out}, MakeStream()),
            ACL_SUCCESS);
  EXPECT_LT(FreeBytes(), after_one);
  ASSERT_EQ(aclrtRecordEvent(gate, MakeStream()), ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(4096, 0x5400));  // 64
}

}  // namespace
}  // namespace npuemu::shim
