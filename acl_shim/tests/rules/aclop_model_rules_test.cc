// Rules R119-R127: models and how they are found.

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "acl_shim/op/model_store.h"
#include "acl_shim/tests/rules/op_testing.h"

namespace npuemu::shim {
namespace {

namespace fs = std::filesystem;

class AclopModel : public OpTest {
 protected:
  static aclError TryHandle(const Dims& dims, const std::string& op = "Add",
                            const aclopAttr* attr = nullptr) {
    aclopHandle* handle = nullptr;
    return CreateHandle(op.c_str(), {Desc(dims), Desc(dims)}, {Desc(dims)},
                        &handle, attr);
  }
  static aclError Compile(const Dims& dims) {
    const DescList in = {Desc(dims), Desc(dims)};
    const DescList out = {Desc(dims)};
    return aclopCompile("Add", 2, in.data(), 1, out.data(), nullptr,
                        ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr);
  }
  static OpQuery Query(const std::string& op, const Dims& dims) {
    OpQuery query;
    query.op_type = op;
    const om::SingleOpModel model = BinaryModel(op, dims);
    query.inputs = model.inputs;
    query.outputs = model.outputs;
    return query;
  }
};

void Write(const fs::path& path, const om::SingleOpModel& model) {
  fs::create_directories(path.parent_path());
  const std::vector<std::byte> bytes = om::Encode(model);
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
}

TEST_F(AclopModel, R119_ThreeLevelsOfOneFolderOnce) {
  const char* temp = std::getenv("TEST_TMPDIR");
  const fs::path root = fs::path(temp == nullptr ? "." : temp) / "models";
  fs::remove_all(root);
  Write(root / "x.om", BinaryModel("Add", {119, 1}));
  Write(root / "a" / "y.om", BinaryModel("Add", {119, 2}));
  Write(root / "a" / "b" / "z.om", BinaryModel("Add", {119, 3}));
  Write(root / "a" / "b" / "c" / "deep.om", BinaryModel("Add", {119, 4}));
  Write(root / "x.omx", BinaryModel("Add", {119, 5}));
  Write(root / "elsewhere" / "q", BinaryModel("Add", {119, 6}));
  fs::create_symlink(root / "elsewhere" / "q", root / "link.om");
  std::ofstream(root / "bad.om") << "no model";
  EXPECT_EQ(aclopSetModelDir(nullptr), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopSetModelDir((root / "none").c_str()),
            ACL_ERROR_READ_MODEL_FAILURE);
  ASSERT_EQ(aclopSetModelDir(root.c_str()), ACL_SUCCESS) << Message();
  for (int64_t level : {1, 2, 3}) {
    EXPECT_EQ(TryHandle({119, level}), ACL_SUCCESS) << level;
  }
  for (int64_t level : {4, 5, 6}) {
    EXPECT_EQ(TryHandle({119, level}), ACL_ERROR_OP_NOT_FOUND) << level;
  }
  EXPECT_EQ(aclopSetModelDir(root.c_str()), ACL_ERROR_REPEAT_INITIALIZE);
}

TEST_F(AclopModel, R120_LoadCopiesAndMayRepeat) {
  std::vector<std::byte> bytes = om::Encode(BinaryModel("Add", {120}));
  EXPECT_EQ(aclopLoad(nullptr, bytes.size()), ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(aclopLoad(bytes.data(), 0), ACL_ERROR_INVALID_PARAM);
  ASSERT_EQ(aclopLoad(bytes.data(), bytes.size()), ACL_SUCCESS);
  const size_t models = ModelStore::Get().size();
  ASSERT_EQ(aclopLoad(bytes.data(), bytes.size()), ACL_SUCCESS);
  EXPECT_EQ(ModelStore::Get().size(), models);  // a duplicate is dropped
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  EXPECT_EQ(TryHandle({120}), ACL_SUCCESS);
}

TEST_F(AclopModel, R120_TruncatedAndDamagedModels) {
  const std::vector<std::byte> bytes = om::Encode(BinaryModel("Add", {121}));
  for (size_t size = 1; size < bytes.size(); ++size) {
    // A copy of its own, so that a read past the end is seen.
    const std::vector<std::byte> part(bytes.begin(),
                                      bytes.begin() + static_cast<long>(size));
    const aclError result = aclopLoad(part.data(), part.size());
    EXPECT_TRUE(result == ACL_ERROR_PARSE_MODEL ||
                result == ACL_ERROR_DESERIALIZE_MODEL ||
                result == ACL_ERROR_MODEL_MISSING_ATTR)
        << size << ": " << result;
  }
  EXPECT_EQ(TryHandle({121}), ACL_ERROR_OP_NOT_FOUND);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::vector<std::byte> damaged = bytes;
    damaged[at] ^= std::byte{0x41};
    aclopLoad(damaged.data(), damaged.size());  // any code, no crash
  }
}

TEST_F(AclopModel, R120_ModelWithoutOperatorMissesAnAttribute) {
  om::SingleOpModel model = BinaryModel("", {120, 3});
  EXPECT_EQ(Load(model), ACL_ERROR_MODEL_MISSING_ATTR);
}

TEST_F(AclopModel, R121_CompiledModelsAgeLoadedOnesStay) {
  ASSERT_EQ(Load(BinaryModel("Add", {121, 1})), ACL_SUCCESS);
  ASSERT_EQ(Compile({121, 2}), ACL_SUCCESS);
  // Room for one more; loaded models count.
  ASSERT_EQ(aclopSetMaxOpQueueNum(ModelStore::Get().size() + 1), ACL_SUCCESS);
  ASSERT_EQ(Compile({121, 3}), ACL_SUCCESS);
  ASSERT_EQ(TryHandle({121, 2}), ACL_SUCCESS);  // used: younger than {121,3}
  ASSERT_EQ(Compile({121, 4}), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({121, 3}), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(TryHandle({121, 2}), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({121, 4}), ACL_SUCCESS);
  // A limit below what is loaded leaves room for none but the newest.
  ASSERT_EQ(aclopSetMaxOpQueueNum(1), ACL_SUCCESS);
  ASSERT_EQ(Compile({121, 5}), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({121, 4}), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(TryHandle({121, 5}), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({121, 1}), ACL_SUCCESS);
  ASSERT_EQ(aclopSetMaxOpQueueNum(20000), ACL_SUCCESS);
}

TEST_F(AclopModel, R120_ManyThreadsLoadAndLookUp) {
  std::vector<std::thread> threads;
  std::atomic<int> found{0};
  for (int64_t t = 0; t < 4; ++t) {
    threads.emplace_back([&found, t] {
      for (int64_t i = 1; i <= 50; ++i) {
        Load(BinaryModel("Add", {1200 + t, i}));
        Load(BinaryModel("Add", {1200, i}));
        if (TryHandle({1200 + t, i}) == ACL_SUCCESS) ++found;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(found, 200);
}

TEST_F(AclopModel, R122_QueueNumberIsPositive) {
  EXPECT_EQ(aclopSetMaxOpQueueNum(0), ACL_ERROR_INVALID_PARAM);
}

TEST_F(AclopModel, R124_EveryFieldOfTheKeyCounts) {
  om::SingleOpModel model = BinaryModel("Add", {124, 4});
  model.attrs["scale"] = 0.5f;
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  auto find = [](const OpQuery& query) {
    auto found = ModelStore::Get().Find(query, SearchOrder::kDynamicFirst);
    return found.ok() && *found != nullptr;
  };
  OpQuery query = Query("Add", {124, 4});
  query.attrs["scale"] = 0.5f;
  EXPECT_TRUE(find(query));
  auto differs = [&](auto change) {
    OpQuery other = query;
    change(other);
    return !find(other);
  };
  EXPECT_TRUE(differs([](auto& q) { q.op_type = "Sub"; }));
  EXPECT_TRUE(differs([](auto& q) { q.inputs[0].spec.shape[1] = 5; }));
  EXPECT_TRUE(differs([](auto& q) {
    q.inputs[1].spec.dtype = kernels::DataType::kFloat;
  }));
  EXPECT_TRUE(differs([](auto& q) {
    q.outputs[0].spec.format = kernels::Format::kNchw;
  }));
  EXPECT_TRUE(differs([](auto& q) {
    q.inputs[0].storage_format = kernels::Format::kFractalNz;
  }));
  EXPECT_TRUE(differs([](auto& q) { q.inputs[0].is_const = true; }));
  EXPECT_TRUE(differs([](auto& q) { q.inputs[0].mem_type = 1; }));
  EXPECT_TRUE(differs([](auto& q) { q.inputs[0].shape_range = {{1, 9}}; }));
  EXPECT_TRUE(differs([](auto& q) { q.inputs.pop_back(); }));
  EXPECT_TRUE(differs([](auto& q) { q.attrs.clear(); }));
  EXPECT_TRUE(differs([](auto& q) { q.attrs["scale"] = int64_t{0}; }));
  EXPECT_TRUE(differs([](auto& q) { q.attrs["more"] = true; }));
  // Floats by their bits.
  EXPECT_TRUE(differs([](auto& q) { q.attrs["scale"] = 0.5000001f; }));
  // What is not compared.
  EXPECT_FALSE(differs([](auto& q) { q.inputs[0].name = "x"; }));
}

TEST_F(AclopModel, R124_NotFoundNamesTheNearestModel) {
  ASSERT_EQ(Load(BinaryModel("Maximum", {16, 16})), ACL_SUCCESS);
  ASSERT_EQ(Load(BinaryModel("Maximum", {7, 7, 7})), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({16, 32}, "Maximum"), ACL_ERROR_OP_NOT_FOUND);
  std::string message = Message();
  EXPECT_NE(message.find("differs in input 0 dim 1: given 32, expected 16"),
            std::string::npos)
      << message;
  aclopAttr* attr = aclopCreateAttr();
  ASSERT_EQ(aclopSetAttrInt(attr, "axis", 3), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({16, 16}, "Maximum", attr), ACL_ERROR_OP_NOT_FOUND);
  message = Message();
  EXPECT_NE(message.find("attribute axis: given int 3, expected none"),
            std::string::npos)
      << message;
  EXPECT_EQ(TryHandle({1}, "Tanhh"), ACL_ERROR_OP_NOT_FOUND);
  message = Message();
  EXPECT_NE(message.find("no model of operator Tanhh"), std::string::npos)
      << message;
}

TEST_F(AclopModel, R125_DynamicModelTakesItsRange) {
  ASSERT_EQ(Load(DynamicModel("Minimum", {{2, 4}, {3, -1}})), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({2, 3}, "Minimum"), ACL_SUCCESS) << Message();
  EXPECT_EQ(TryHandle({4, 1000}, "Minimum"), ACL_SUCCESS);
  EXPECT_EQ(TryHandle({5, 3}, "Minimum"), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_NE(Message().find("input 0 dim 0: given 5, expected [2,4]"),
            std::string::npos);
  EXPECT_EQ(TryHandle({2, 2}, "Minimum"), ACL_ERROR_OP_NOT_FOUND);
  EXPECT_EQ(TryHandle({2, 3, 1}, "Minimum"), ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(AclopModel, R125_FirstRegisteredRangeWinsAndRunsItsShape) {
  ASSERT_EQ(Load(DynamicModel("Mul", {{1, 10}})), ACL_SUCCESS);
  ASSERT_EQ(Load(DynamicModel("Mul", {{1, 20}})), ACL_SUCCESS);
  auto id = [](const Dims& dims) {
    return (*ModelStore::Get().Find(Query("Mul", dims),
                                    SearchOrder::kDynamicFirst))
        ->id;
  };
  EXPECT_LT(id({10}), id({11}));
  om::SingleOpModel any = DynamicModel("Mul", {{1, 1}});
  for (om::OmTensor* tensor :
       {&any.inputs[0], &any.inputs[1], &any.outputs[0]}) {
    tensor->spec.shape = {-2};
    tensor->shape_range.clear();
  }
  ASSERT_EQ(Load(any), ACL_SUCCESS);
  EXPECT_LT(id({11}), id({3, 3, 3}));
  aclopHandle* handle = nullptr;
  ASSERT_EQ(CreateHandle("Mul", {Desc({3, 3, 3}), Desc({3, 3, 3})},
                         {Desc({3, 3, 3})}, &handle),
            ACL_SUCCESS);
  aclDataBuffer* out = Half(27, kFive);
  ASSERT_EQ(Exec(handle, {Half(27, kTwo), Half(27, kTwo)}, {out}, stream_),
            ACL_SUCCESS);
  EXPECT_EQ(Result(out), All(27, kFour));
}

TEST_F(AclopModel, R126_JitCompilationSearchesStaticModelsFirst) {
  ASSERT_EQ(Load(BinaryModel("RealDiv", {126})), ACL_SUCCESS);
  ASSERT_EQ(Load(DynamicModel("RealDiv", {{1, 500}})), ACL_SUCCESS);
  auto dynamic = [](SearchOrder order) {
    return (*ModelStore::Get().Find(Query("RealDiv", {126}), order))
        ->def.dynamic;
  };
  EXPECT_TRUE(dynamic(SearchOrder::kDynamicFirst));
  EXPECT_FALSE(dynamic(SearchOrder::kStaticFirst));
  // Seen by a program: only static models check sizes (R136).
  aclDataBuffer* one = Half(126, kOne);
  auto run = [&] {
    return ExecV2("RealDiv", {Desc({126}), Desc({126})}, {one, one},
                  {Desc({126})},
                  {Buffer(aclGetDataBufferAddr(one), 2)}, stream_);
  };
  EXPECT_EQ(run(), ACL_SUCCESS);
  ASSERT_EQ(aclSetCompileopt(ACL_OP_JIT_COMPILE, "enable"), ACL_SUCCESS);
  EXPECT_EQ(run(), kGeParamInvalid);
  ASSERT_EQ(aclopSetCompileFlag(ACL_OP_COMPILE_FUZZ), ACL_SUCCESS);
  EXPECT_EQ(run(), ACL_SUCCESS);
  ASSERT_EQ(aclopSetCompileFlag(ACL_OP_COMPILE_DEFAULT), ACL_SUCCESS);
  ASSERT_EQ(aclSetCompileopt(ACL_OP_JIT_COMPILE, "disable"), ACL_SUCCESS);
}

TEST_F(AclopModel, R126_HostInputIsTriedAsAConstantFirst) {
  const std::vector<uint16_t> twos(6, kTwo);
  om::SingleOpModel model = BinaryModel("Add", {126, 6, 1});
  model.inputs[1] = ModelTensor(ACL_FLOAT16, {6, 1});
  const auto bytes = std::as_bytes(std::span(twos));
  model.inputs[1].is_const = true;
  model.inputs[1].const_value.assign(bytes.begin(), bytes.end());
  ASSERT_EQ(Load(model), ACL_SUCCESS);
  std::vector<uint16_t> host(6, kTwo);
  aclDataBuffer* out = Half(756, kFive);
  auto run = [&] {
    return ExecV2("Add", {Desc({126, 6, 1}), HostDesc({6, 1})},
                  {Half(756, kOne), Buffer(host.data(), 12)},
                  {Desc({126, 6, 1})}, {out}, stream_);
  };
  ASSERT_EQ(run(), ACL_SUCCESS) << Message();
  EXPECT_EQ(Result(out), All(756, kThree));
  host[5] = kOne;
  EXPECT_EQ(run(), ACL_ERROR_OP_NOT_FOUND);
}

TEST_F(AclopModel, R127_UnknownExtentAtExecutionIsInvalid) {
  ASSERT_EQ(Load(DynamicModel("Sub", {{1, 127}})), ACL_SUCCESS);
  aclDataBuffer* one = Half(127, kOne);
  EXPECT_EQ(ExecV2("Sub", {Desc({-1}), Desc({-1})}, {one, one}, {Desc({-1})},
                   {one}, stream_),
            ACL_ERROR_INVALID_PARAM);
  EXPECT_EQ(TryHandle({-2}, "Sub"), ACL_ERROR_INVALID_PARAM);
}

}  // namespace
}  // namespace npuemu::shim
