#include "tools/npuemu/op_text.h"

#include <sstream>

#include "gtest/gtest.h"

namespace npuemu::cli {
namespace {

using kernels::DataType;

const kernels::OpDef kOp = {
    .type = "Blend",
    .engine = kernels::Engine::kVector,
    .basis = kernels::DtypeBasis::kPrototype,
    .inputs = {{"x", kernels::ParamKind::kRequired,
                {DataType::kFloat16, DataType::kFloat}},
               {"mask", kernels::ParamKind::kOptional,
                {DataType::kBool, DataType::kBool}}},
    .outputs = {{"y", kernels::ParamKind::kRequired,
                 {DataType::kFloat16, DataType::kFloat}}},
    .attrs = {{"alpha", kernels::AttrKind::kFloat, false, 0.5f},
              {"mode", kernels::AttrKind::kString, true, std::string()}},
    .infer = nullptr,
    .items = nullptr,
    .compute = nullptr,
    .cost = nullptr,
    .exactness = "one rounding",
};

TEST(OpTextTest, ListHasOneLinePerOperatorWithItsDtypesOnce) {
  const kernels::OpDef* ops[] = {&kOp, &kOp};
  std::ostringstream out;
  PrintOpList(ops, out);
  const std::string line =
      "Blend                               vector  prototype  float float16 "
      "bool\n";
  EXPECT_EQ(out.str(),
            "operator                            engine  basis      dtypes\n" +
                line + line);
}

TEST(OpTextTest, OperatorsOfLibrariesSayWhose) {
  kernels::OpDef op = kOp;
  op.library = "my_ops";
  const kernels::OpDef* ops[] = {&op};
  std::ostringstream out;
  PrintOpList(ops, out);
  EXPECT_NE(
      out.str().find("vector  library    float float16 bool   (my_ops)\n"),
      std::string::npos)
      << out.str();
  PrintOp(op, out);
  EXPECT_NE(out.str().find("\ndtypes by library my_ops; column i"),
            std::string::npos)
      << out.str();
}

TEST(OpTextTest, DetailsShowParamsCombinationsAttributesAndExactness) {
  std::ostringstream out;
  PrintOp(kOp, out);
  EXPECT_EQ(out.str(),
            "Blend on the vector engine\n"
            "exactness: one rounding\n"
            "dtypes by the operator prototype; no table is published; column i "
            "of each row belongs together:\n"
            "input   x                  float16  float   \n"
            "input   mask?              bool     bool    \n"
            "output  y                  float16  float   \n"
            "attr    alpha              float, default " +
                kernels::ToString(kernels::AttrValue(0.5f)) + "\n" +
                "attr    mode               string, required\n");
}

}  // namespace
}  // namespace npuemu::cli
