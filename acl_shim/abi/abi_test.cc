#include <cstdio>
#include <fstream>
#include <string>

#include "acl_shim/abi/abi_checks.h"
#include "gtest/gtest.h"

// Our headers against the reference tables, row by row. The numbers of rows are
// counted here once more, from the files, so that a check that the generator
// loses is noticed.

namespace npuemu::abi {
namespace {

std::size_t RowsOf(const std::string& table) {
  std::ifstream file("testdata/reference/" + table);
  EXPECT_TRUE(file.good()) << "cannot open " << table;
  std::size_t lines = 0;
  for (std::string line; std::getline(file, line);) ++lines;
  return lines == 0 ? 0 : lines - 1;  // the first line names the columns
}

// ACL_ERROR_RTC_*: no installed header defines these 11 codes.
// Reduction, GMMActType: 9 enumerators of aclnnop/ headers, made elsewhere.
constexpr std::size_t kSkippedConstants = 11 + 9;

TEST(AbiTest, EveryConstantHasItsValueAndType) {
  for (std::size_t i = 0; i < kConstantCheckCount; ++i) {
    const ConstantCheck& check = kConstantChecks[i];
    EXPECT_EQ(check.actual, check.expected) << check.name;
    EXPECT_TRUE(check.type_matches) << check.name << ": wrong type";
  }
  std::printf("%zu constants checked, %zu skipped\n", kConstantCheckCount,
              kSkippedConstants);
  EXPECT_EQ(kConstantCheckCount + kSkippedConstants, RowsOf("enums.tsv"));
  EXPECT_EQ(kConstantRows, RowsOf("enums.tsv"));
}

TEST(AbiTest, EveryRecordHasItsLayout) {
  for (std::size_t i = 0; i < kLayoutCheckCount; ++i) {
    const LayoutCheck& check = kLayoutChecks[i];
    EXPECT_EQ(check.actual, check.expected) << check.name;
    EXPECT_TRUE(check.rest_matches)
        << check.name << ": wrong alignment, field size or type";
  }
  std::printf("%zu layouts checked\n", kLayoutCheckCount);
  EXPECT_EQ(kLayoutCheckCount, RowsOf("structs.tsv"));
}

// The comparison is static_assert, in the generated file.
TEST(AbiTest, EveryFunctionHasItsPrototype) {
  std::printf("%zu prototypes checked\n", kPrototypeCount);
  EXPECT_EQ(kPrototypeCount, RowsOf("functions.tsv"));
}

}  // namespace
}  // namespace npuemu::abi
