#include "tools/atc/atc.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tools/atc/op_check.h"

namespace npuemu::atc {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kStart[] = "ATC start working now, please wait for a moment.\n";
constexpr char kSuccess[] = "ATC run success, welcome to the next use.\n";
constexpr char kFailed[] =
    "ATC run failed, Please check the detail log, Try 'atc --help' for more "
    "information\n";

class AtcTest : public ::testing::Test {
 protected:
  AtcTest() : folder_(fs::path(::testing::TempDir()) / TestName()) {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }

  static std::string TestName() {
    return ::testing::UnitTest::GetInstance()->current_test_info()->name();
  }

  // Runs with --singleop, --output=folder/out, --soc_version and `more`.
  int RunOn(const std::string& json, std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"--singleop=" + json,
                                     "--output=" + Output(""),
                                     "--soc_version=Ascend910B1"};
    args.insert(args.end(), more.begin(), more.end());
    return Run(args);
  }

  int Run(const std::vector<std::string>& args) {
    std::ostringstream out;
    const int code = RunAtc(args, {LoadUserOps, IsKnownOp, CheckOp}, out);
    text_ = out.str();
    return code;
  }

  std::string Output(const std::string& file) {
    return (folder_ / "out" / file).string();
  }

  // A JSON file with this text.
  std::string Json(const std::string& text) {
    const std::string path = (folder_ / "ops.json").string();
    std::ofstream(path) << text;
    return path;
  }

  void ExpectFailure(const std::string& block) {
    EXPECT_THAT(text_, HasSubstr(std::string("...\n") + kFailed));
    EXPECT_THAT(text_, HasSubstr(block));
    EXPECT_THAT(text_, HasSubstr("        Solution: "));
    EXPECT_THAT(text_, Not(HasSubstr(kSuccess)));
  }

  om::SingleOpModel Read(const std::string& file) {
    std::ifstream stream(Output(file), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
    const auto model = om::Decode(
        {reinterpret_cast<const std::byte*>(bytes.data()), bytes.size()});
    EXPECT_TRUE(model.ok()) << file << ": " << model.status();
    return model.value_or(om::SingleOpModel());
  }

  fs::path folder_;
  std::string text_;
};

TEST_F(AtcTest, BuildsTheDemo) {
  EXPECT_EQ(RunOn("testdata/singleop/demo_pipeline.json", {"--log=error"}), 0);
  EXPECT_EQ(text_, std::string(kStart) + "...\n" + kSuccess);
  const auto matmul = Read("0_MatMulV2_1_2_64_64_1_2_64_64_1_2_64_64.om");
  EXPECT_EQ(matmul.op_type, "MatMulV2");
  EXPECT_EQ(matmul.soc_version, "Ascend910B1");
  EXPECT_EQ(Read("1_Add_1_2_64_64_1_2_64_64_1_2_64_64.om").op_type, "Add");
  EXPECT_EQ(Read("2_Relu_1_2_64_64_1_2_64_64.om").op_type, "Relu");
  EXPECT_EQ(Read("3_SoftmaxV2_1_2_64_64_1_2_64_64.om").op_type, "SoftmaxV2");
}

TEST_F(AtcTest, BuildsADynamicModel) {
  EXPECT_EQ(RunOn("testdata/singleop/dynamic_add.json"), 0) << text_;
  const auto model = Read("add_dynamic.om");
  EXPECT_TRUE(model.dynamic);
  EXPECT_EQ(model.inputs[0].shape_range,
            (std::vector<om::DimRange>{{1, -1}, {16, 16}}));
}

TEST_F(AtcTest, OneFailingOperatorDoesNotStopTheNext) {
  const std::string tensor =
      R"([{"format": "ND", "shape": [4], "type": "float16"}])";
  const std::string good = R"({"op": "Relu", "input_desc": )" + tensor +
                           R"(, "output_desc": )" + tensor + "}";
  const std::string json =
      Json(R"([{"op": "NoSuchOp"}, )" + good + R"(, {"op": "Relu"}])");
  EXPECT_NE(RunOn(json), 0);
  ExpectFailure(
      "E14001: Argument type for OP NoSuchOp type NoSuchOp, is "
      "invalid. Reason: This optype is not registered.\n");
  ExpectFailure("E13014: Value 0 of parameter input size for Op Relu");
  EXPECT_EQ(Read("1_Relu_1_2_4_1_2_4.om").op_type, "Relu");
}

TEST_F(AtcTest, RefusesWhatTheDeviceCannotRun) {
  const std::string tensor =
      R"([{"format": "ND", "shape": [4], "type": "complex128"}])";
  EXPECT_NE(RunOn(Json(R"([{"op": "Relu", "input_desc": )" + tensor +
                       R"(, "output_desc": )" + tensor + "}]")),
            0);
  ExpectFailure("EZ3003: No supported Ops kernel and engine are found for");
  EXPECT_THAT(text_, HasSubstr("given complex128, expected"));
}

TEST_F(AtcTest, FileErrors) {
  EXPECT_NE(RunOn(""), 0);
  ExpectFailure("E10023: Value  for parameter --singleop is invalid.\n");
  EXPECT_NE(RunOn("nowhere.json"), 0);
  ExpectFailure(
      "E10024: Failed to open file nowhere.json specified by --singleop.\n");
  EXPECT_NE(RunOn(Json("[")), 0);
  ExpectFailure("E10025: File ");
  EXPECT_NE(RunOn(Json("[{}]")), 0);
  ExpectFailure("E10032: Failed to parse JSON file ");
}

TEST_F(AtcTest, RequiredParameters) {
  const std::string json = "--singleop=testdata/singleop/add_f16.json";
  EXPECT_NE(Run({json, "--soc_version=Ascend910B1"}), 0);
  ExpectFailure("E10054: The required parameter --output for ATC is empty.");
  EXPECT_NE(Run({json, "--output=" + Output("")}), 0);
  ExpectFailure(
      "E10054: The required parameter --soc_version for ATC is empty.");
  EXPECT_NE(Run({json, "--output=" + Output(""), "--soc_version=x"}), 0);
  ExpectFailure("E10001: Value x for parameter --soc_version is invalid.");
  EXPECT_NE(Run({}), 0);
  ExpectFailure("conversion of network models (--model) is not supported");
}

TEST_F(AtcTest, ConflictingParameters) {
  const std::string json = "testdata/singleop/add_f16.json";
  for (const char* flag : {"--framework=5", "--insert_op_conf=x", "--mode=1",
                           "--display_model_info=1"}) {
    EXPECT_NE(RunOn(json, {flag}), 0) << flag;
    ExpectFailure("E10001: Value ");
    EXPECT_THAT(text_, HasSubstr("cannot be used together with --singleop"));
  }
  EXPECT_EQ(RunOn(json, {"--mode=0", "--display_model_info=0"}), 0);
}

TEST_F(AtcTest, DocumentedRestIsAcceptedWithAWarning) {
  EXPECT_EQ(RunOn("testdata/singleop/add_f16.json", {"--op_debug_level=0"}), 0);
  EXPECT_THAT(text_, HasSubstr("parameter --op_debug_level has no effect"));
  EXPECT_NE(RunOn("testdata/singleop/add_f16.json", {"--no_such=0"}), 0);
  ExpectFailure("E10003: Parameter --no_such is invalid.");
}

TEST_F(AtcTest, Help) {
  EXPECT_EQ(Run({"--help"}), 0);
  EXPECT_THAT(text_, StartsWith("usage: atc --singleop=FILE"));
  EXPECT_THAT(text_, HasSubstr("--op_select_implmode"));
}

TEST_F(AtcTest, OutputThatCannotBeMadeIsAnError) {
  std::ofstream(folder_ / "out") << "a file, not a folder";
  EXPECT_NE(RunOn("testdata/singleop/add_f16.json"), 0);
  EXPECT_THAT(text_, HasSubstr(kFailed));
}

}  // namespace
}  // namespace npuemu::atc
