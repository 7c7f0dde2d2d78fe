#include "acl_shim/om/ge_names.h"

#include <string>

#include "gtest/gtest.h"

namespace npuemu::om {
namespace {

using kernels::DataType;
using kernels::Format;

// Every format of format.def has the same number and name here.
TEST(GeNamesTest, FormatsAgreeWithTheKernels) {
#define FORMAT(id, value, name)                     \
  EXPECT_EQ(FormatName(Format::id), name);          \
  EXPECT_EQ(FormatByName(name), Format::id);        \
  EXPECT_EQ(FormatByName(Lower(name)), Format::id); \
  EXPECT_EQ(FromGeFormat(ToGeFormat(Format::id)), Format::id);
#include "kernels/tensor/format.def"
#undef FORMAT
}

TEST(GeNamesTest, NamesAndNumbersOfFormatsAreOneToOne) {
  for (int number = 0; number < 50; ++number) {
    const std::string name = FormatName(static_cast<Format>(number));
    if (name.starts_with("FORMAT_")) continue;
    EXPECT_EQ(FormatByName(name), static_cast<Format>(number)) << name;
  }
  EXPECT_EQ(FormatName(static_cast<Format>(77)), "FORMAT_77");
  EXPECT_EQ(FormatByName("no"), std::nullopt);
}

TEST(GeNamesTest, WordsOfTypesAgreeWithTheKernels) {
#define DATA_TYPE(id, value, bits, name, tag)           \
  if (DataType::id != DataType::kString) {              \
    EXPECT_EQ(DtypeByName(name), DataType::id) << name; \
  }                                                     \
  EXPECT_EQ(FromGeDtype(ToGeDtype(DataType::id)), DataType::id);
#include "kernels/numeric/data_type.def"
#undef DATA_TYPE
  // A tensor of strings cannot be described in ATC's JSON.
  EXPECT_EQ(DtypeByName("string"), std::nullopt);
}

TEST(GeNamesTest, UndefinedHasItsOwnNumbers) {
  EXPECT_EQ(ToGeFormat(Format::kUndefined), 40);
  EXPECT_EQ(ToGeDtype(DataType::kUndefined), 28);
  EXPECT_EQ(FromGeFormat(40), Format::kUndefined);
  EXPECT_EQ(FromGeDtype(28), DataType::kUndefined);
  EXPECT_EQ(FormatName(Format::kUndefined), "FORMAT_RESERVED");
  EXPECT_EQ(FromGeDtype(int64_t{1} << 40), DataType::kUndefined);
}

}  // namespace
}  // namespace npuemu::om
