// Rules R140-R142, the options of compilation, attributes and casts.

#include <cstdlib>

#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

class AclopCompile : public OpTest {
 protected:
  static aclError Compile(const DescList& in, const DescList& out,
                          const char* op = "Add",
                          const aclopAttr* attr = nullptr,
                          aclopCompileType type = ACL_COMPILE_SYS,
                          const char* path = nullptr) {
    return aclopCompile(op, static_cast<int>(in.size()), in.data(),
                        static_cast<int>(out.size()), out.data(), attr,
                        ACL_ENGINE_SYS, type, path);
  }
};

TEST_F(AclopCompile, R140_CompiledModelIsFoundLikeALoadedOne) {
  const DescList in = {Desc({140}), Desc({140})};
  const DescList out = {Desc({140})};
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("Add", in, out, &handle), ACL_ERROR_OP_NOT_FOUND);
  ASSERT_EQ(Compile(in, out), ACL_SUCCESS) << Message();
  ASSERT_EQ(CreateHandle("Add", in, out, &handle), ACL_SUCCESS);
  aclDataBuffer* y = Half(140, kFive);
  ASSERT_EQ(Exec(handle, {Half(140, kOne), Half(140, kTwo)}, {y}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(Result(y), All(140, kThree));
}

TEST_F(AclopCompile, R140_RefusedArguments) {
  const DescList out = {Desc({141})};
  EXPECT_EQ(Compile({HostDesc({141}), Desc({141})}, out),
            ACL_ERROR_API_NOT_SUPPORT);
  const DescList in = {Desc({141}), Desc({141})};
  EXPECT_EQ(Compile(in, out, "Add", nullptr,
                    static_cast<aclopCompileType>(2)),
            ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(Compile(in, out, "Add", nullptr, ACL_COMPILE_UNREGISTERED),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(Compile(in, out, nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(Compile(in, out, "NoSuchOperator"), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_EQ(Compile(in, {Desc({142})}), ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_NE(Message().find("given [142], expected [141]"), std::string::npos);
}

TEST_F(AclopCompile, R140_DynamicCompilationServesTheRange) {
  aclTensorDesc* x = Desc({-1, 3});
  int64_t range[][2] = {{1, 6}, {3, 3}};
  ASSERT_EQ(aclSetTensorShapeRange(x, 2, range), ACL_SUCCESS);
  ASSERT_EQ(Compile({x, x}, {x}, "Sub"), ACL_SUCCESS) << Message();
  aclDataBuffer* y = Half(6, kFive);
  ASSERT_EQ(ExecV2("Sub", {Desc({2, 3}), Desc({2, 3})},
                   {Half(6, kThree), Half(6, kOne)}, {Desc({2, 3})}, {y},
                   stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(y), All(6, kTwo));
  EXPECT_EQ(ExecV2("Sub", {Desc({7, 3}), Desc({7, 3})},
                   {Half(21, kThree), Half(21, kOne)}, {Desc({7, 3})}, {y},
                   stream_),
            ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(AclopCompile, R140_FuzzyCompilationServesOtherShapes) {
  ASSERT_EQ(aclopSetCompileFlag(ACL_OP_COMPILE_FUZZ), ACL_SUCCESS);
  ASSERT_EQ(Compile({Desc({5, 5}), Desc({5, 5})}, {Desc({5, 5})}, "Maximum"),
            ACL_SUCCESS);
  ASSERT_EQ(aclopSetCompileFlag(ACL_OP_COMPILE_DEFAULT), ACL_SUCCESS);
  EXPECT_EQ(aclopSetCompileFlag(static_cast<aclOpCompileFlag>(2)),
            ACL_ERROR_INVALID_PARAM);
  aclDataBuffer* y = Half(6, kFive);
  ASSERT_EQ(ExecV2("Maximum", {Desc({2, 3}), Desc({2, 3})},
                   {Half(6, kThree), Half(6, kOne)}, {Desc({2, 3})}, {y},
                   stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(y), All(6, kThree));
}

TEST_F(AclopCompile, R140_CompileAndExecute) {
  DescList in = {Desc({4, 4}), Desc({4, 4})};
  DescList out = {Desc({4, 4})};
  BufferHandles data = {Half(16, kTwo), Half(16, kTwo)};
  BufferHandles first = {Half(16, kFive)};
  ASSERT_EQ(aclopCompileAndExecute("Mul", 2, in.data(), data.data(), 1,
                                   out.data(), first.data(), nullptr,
                                   ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr,
                                   stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(first[0]), All(16, kFour));
  BufferHandles second = {Half(16, kFive)};
  ASSERT_EQ(aclopCompileAndExecuteV2("Sub", 2, in.data(), data.data(), 1,
                                     out.data(), second.data(), nullptr,
                                     ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr,
                                     stream_),
            ACL_SUCCESS)
      << Message();
  EXPECT_EQ(Result(second[0]), All(16, 0));
  // The model stays: aclopExecute finds it.
  BufferHandles third = {Half(16, kFive)};
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  ASSERT_EQ(aclopExecute("Mul", 2, in.data(), data.data(), 1, out.data(),
                         third.data(), nullptr, stream_),
            ACL_SUCCESS);
#pragma GCC diagnostic pop
  EXPECT_EQ(Result(third[0]), All(16, kFour));
}

TEST_F(AclopCompile, R140_HostInputsOfCompileAndExecute) {
  for (aclMemType place :
       {ACL_MEMTYPE_HOST, ACL_MEMTYPE_HOST_COMPILE_INDEPENDENT}) {
    DescList in = {Desc({3, 4}), HostDesc({3, 4}, ACL_FLOAT16, place)};
    DescList out = {Desc({3, 4})};
    for (uint16_t value : {kOne, kThree}) {
      std::vector<uint16_t> host(12, value);
      BufferHandles data = {Half(12, kOne), Buffer(host.data(), 24)};
      BufferHandles y = {Half(12, kFive)};
      ASSERT_EQ(aclopCompileAndExecuteV2("Add", 2, in.data(), data.data(), 1,
                                         out.data(), y.data(), nullptr,
                                         ACL_ENGINE_SYS, ACL_COMPILE_SYS,
                                         nullptr, stream_),
                ACL_SUCCESS)
          << Message();
      EXPECT_EQ(Result(y[0]), All(12, value == kOne ? kTwo : kFour));
    }
  }
}

aclError ChooseKernel(int, const aclTensorDesc* const*, int,
                      const aclTensorDesc* const*, const aclopAttr*,
                      aclopKernelDesc* desc) {
  size_t sizes[17] = {};
  EXPECT_EQ(aclopSetKernelWorkspaceSizes(desc, 17, sizes),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetKernelWorkspaceSizes(desc, 16, sizes), ACL_SUCCESS);
  EXPECT_EQ(aclopSetKernelArgs(nullptr, "id", 1, nullptr, 0),
            ACL_ERROR_INVALID_PARAM);
  return aclopSetKernelArgs(desc, "id", 1, "args", 4);
}

TEST_F(AclopCompile, R141_RegistrationOfDeviceKernels) {
  char binary[] = "ELF";
  auto create = [&](const char* id, aclopEngineType engine) {
    return aclopCreateKernel("Custom", id, "kernel", binary, 3, engine,
                             nullptr);
  };
  const DescList desc = {Desc({8})};
  auto update = [&] {
    return aclopUpdateParams("Custom", 1, desc.data(), 1, desc.data(),
                             nullptr);
  };
  EXPECT_EQ(update(), ACL_ERROR_BIN_SELECTOR_NOT_REGISTERED);
  ASSERT_EQ(aclopRegisterCompileFunc("Custom", &ChooseKernel), ACL_SUCCESS);
  EXPECT_EQ(aclopRegisterCompileFunc("Custom", &ChooseKernel),
            ACL_ERROR_BIN_SELECTOR_ALREADY_REGISTERED);
  EXPECT_EQ(update(), ACL_ERROR_KERNEL_NOT_FOUND);
  EXPECT_EQ(create("id", ACL_ENGINE_SYS), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(create("id", ACL_ENGINE_AICORE), ACL_SUCCESS);
  EXPECT_EQ(create("id", ACL_ENGINE_VECTOR),
            ACL_ERROR_KERNEL_ALREADY_REGISTERED);
  ASSERT_EQ(update(), ACL_SUCCESS) << Message();
  aclDataBuffer* one = Half(8, kOne);
  EXPECT_EQ(ExecV2("Custom", {Desc({8})}, {one}, {Desc({8})}, {one}, stream_),
            ACL_ERROR_API_NOT_SUPPORT);
  EXPECT_NE(Message().find("device binary"), std::string::npos);
  ASSERT_EQ(aclopUnregisterCompileFunc("Custom"), ACL_SUCCESS);
  EXPECT_EQ(update(), ACL_ERROR_BIN_SELECTOR_NOT_REGISTERED);
}

TEST_F(AclopCompile, R142_InferShapeRewritesTheOutputs) {
  DescList in = {Desc({2, 3}), Desc({3, 4})};
  DescList out = {Desc({-1, -1})};
  std::vector<uint16_t> host(12, kOne);
  BufferHandles data = {Buffer(host.data(), 12), Buffer(host.data(), 24)};
  auto infer = [&] {
    return aclopInferShape("MatMulV2", 2, in.data(), data.data(), 1,
                           out.data(), nullptr);
  };
  unsetenv("ASCEND_OPP_PATH");
  EXPECT_EQ(infer(), ACL_ERROR_INVALID_OPP_PATH);
  setenv("ASCEND_OPP_PATH", "/opp", 1);
  ASSERT_EQ(infer(), ACL_SUCCESS) << Message();
  int64_t extent = 0;
  ASSERT_EQ(aclGetTensorDescDimV2(out[0], 0, &extent), ACL_SUCCESS);
  EXPECT_EQ(extent, 2);
  ASSERT_EQ(aclGetTensorDescDimV2(out[0], 1, &extent), ACL_SUCCESS);
  EXPECT_EQ(extent, 4);
  data[1] = Buffer(host.data(), 0);
  EXPECT_EQ(infer(), ACL_ERROR_INVALID_PARAM);
}

// The operator does not exist: 100024 says "no match", 200001 "matched".
TEST_F(AclopCompile, AttributesMatchByNameKindAndValue) {
  om::SingleOpModel model = BinaryModel("AttrProbe", {2});
  model.attrs = {
      {"b", true},
      {"i", int64_t{7}},
      {"f", 0.25f},
      {"s", std::string("text")},
      {"d", kernels::DataType::kFloat16},
      {"lb", std::vector<uint8_t>{1, 0}},
      {"li", std::vector<int64_t>{1, -2}},
      {"lf", std::vector<float>{1.5f}},
      {"ls", std::vector<std::string>{"a", "b"}},
      {"ll", std::vector<std::vector<int64_t>>{{1}, {2, 3}}},
      {"ld", std::vector<kernels::DataType>{kernels::DataType::kInt8}},
  };
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  aclopAttr* attr = aclopCreateAttr();
  auto probe = [&] {
    aclopHandle* handle = nullptr;
    return CreateHandle("AttrProbe", {Desc({2}), Desc({2})}, {Desc({2})},
                        &handle, attr);
  };
  const uint8_t bools[] = {9, 0};
  const int64_t ints[] = {1, -2};
  const float floats[] = {1.5f};
  const char* strings[] = {"a", "b"};
  const int64_t one[] = {1};
  const int64_t two[] = {2, 3};
  const int64_t* lists[] = {one, two};
  const int lengths[] = {1, 2};
  const aclDataType types[] = {ACL_INT8};
  EXPECT_EQ(aclopSetAttrBool(attr, "b", 2), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrInt(attr, "i", 7), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrFloat(attr, "f", 0.25f), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrString(attr, "s", "text"), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrDataType(attr, "d", ACL_FLOAT16), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListBool(attr, "lb", 2, bools), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListInt(attr, "li", 2, ints), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListFloat(attr, "lf", 1, floats), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListString(attr, "ls", 2, strings), ACL_SUCCESS);
  EXPECT_EQ(aclopSetAttrListListInt(attr, "ll", 2, lengths, lists),
            ACL_SUCCESS);
  EXPECT_EQ(probe(), ACL_ERROR_OP_NOT_FOUND);  // one is missing
  EXPECT_EQ(aclopSetAttrListDataType(attr, "ld", 1, types), ACL_SUCCESS);
  EXPECT_EQ(probe(), ACL_ERROR_API_NOT_SUPPORT) << Message();
  EXPECT_EQ(aclopSetAttrInt(attr, "i", 8), ACL_SUCCESS);  // replaces
  EXPECT_EQ(probe(), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(aclopSetAttrInt(attr, nullptr, 8), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrListInt(attr, "li", -1, ints),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetAttrListInt(attr, "li", 1, nullptr),
            ACL_ERROR_INVALID_PARAM);
  aclopDestroyAttr(attr);
  EXPECT_EQ(aclopSetAttrInt(attr, "i", 7), ACL_ERROR_INVALID_PARAM);
}

TEST_F(AclopCompile, OptionsAreKept) {
  ASSERT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, "must_keep_origin_dtype"),
            ACL_SUCCESS);
  ASSERT_EQ(aclGetCompileoptSize(ACL_PRECISION_MODE), 23u);
  char value[23] = {};
  EXPECT_EQ(aclGetCompileopt(ACL_PRECISION_MODE, value, 22),
            ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclGetCompileopt(ACL_PRECISION_MODE, value, 23), ACL_SUCCESS);
  EXPECT_STREQ(value, "must_keep_origin_dtype");
  EXPECT_EQ(aclSetCompileopt(static_cast<aclCompileOpt>(17), "x"),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetCompileopt(ACL_PRECISION_MODE, nullptr),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclSetCompileopt(ACL_OP_JIT_COMPILE, "maybe"),
            ACL_ERROR_INVALID_PARAM);
}

TEST_F(AclopCompile, GraphDumpOptionDiesOnce) {
  aclGraphDumpOption* option = aclCreateGraphDumpOpt();
  ASSERT_NE(option, nullptr);
  EXPECT_EQ(aclDestroyGraphDumpOpt(option), ACL_SUCCESS);
  EXPECT_EQ(aclDestroyGraphDumpOpt(option), ACL_ERROR_INVALID_PARAM);
}

TEST_F(AclopCompile, CastNeedsAModelAndConverts) {
  aclTensorDesc* from = Desc({11});
  aclTensorDesc* to = Desc({11}, ACL_FLOAT);
  aclDataBuffer* x = Half(11, kThree);
  std::byte* memory = MakeDevice(44, 0x7f);
  aclDataBuffer* y = Buffer(memory, 44);
  aclopHandle* handle = nullptr;
  EXPECT_EQ(aclopCast(from, x, to, y, 0, stream_), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(aclopCreateHandleForCast(from, to, 0, &handle),
            ACL_ERROR_OP_NOT_FOUND);
  om::SingleOpModel model;
  model.op_type = "Cast";
  model.inputs = {ModelTensor(ACL_FLOAT16, {11})};
  model.outputs = {ModelTensor(ACL_FLOAT, {11})};
  model.attrs["dst_type"] = int64_t{ACL_FLOAT};
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  ASSERT_EQ(aclopCast(from, x, to, y, 0, stream_), ACL_SUCCESS) << Message();
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Download<float>(memory, 11), std::vector<float>(11, 3.0f));
  ASSERT_EQ(aclopCreateHandleForCast(from, to, 1, &handle), ACL_SUCCESS);
  ASSERT_EQ(Exec(handle, {Half(11, kOne)}, {y}, stream_), ACL_SUCCESS);
  ASSERT_EQ(aclrtSynchronizeStream(stream_), ACL_SUCCESS);
  EXPECT_EQ(Download<float>(memory, 11), std::vector<float>(11, 1.0f));
}

TEST_F(AclopCompile, R143_DescriptorShapesAndSizes) {
  const int64_t dims[] = {2, 3};
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, -1, dims, ACL_FORMAT_ND), nullptr);
  EXPECT_EQ(aclCreateTensorDesc(ACL_FLOAT, 2, nullptr, ACL_FORMAT_ND),
            nullptr);
  EXPECT_EQ(aclGetTensorDescSize(Desc({2, 3}, ACL_FLOAT)), 24u);
  EXPECT_EQ(aclGetTensorDescSize(Desc({2, -1}, ACL_FLOAT)), 0u);
}

}  // namespace
}  // namespace npuemu::shim
