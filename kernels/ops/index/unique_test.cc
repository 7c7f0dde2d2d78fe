// Different values and how often they occur; updates of a tensor that is its
// own result.

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

TestTensor Whole(DataType dtype, const std::vector<int64_t>& values) {
  TestTensor x = MakeTensor(dtype, {static_cast<int64_t>(values.size())});
  for (size_t i = 0; i < values.size(); ++i) {
    x.Set(static_cast<int64_t>(i), static_cast<reference::Bits>(values[i]));
  }
  return x;
}

std::vector<int64_t> Numbers(const TestTensor& x) {
  std::vector<int64_t> values;
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    values.push_back(static_cast<int32_t>(x.Get(i)));
  }
  return values;
}

using List = std::vector<int64_t>;

const List kValues = {5, -2, 5, 5, 7, -2, -2, 9};

TEST(UniqueTest, SortsItsValues) {
  const auto y = RunOp("UniqueWithCountsAndSorting",
                       {Whole(DataType::kInt32, kValues)}, {{"sorted", true}});
  EXPECT_EQ(Numbers(y[0]), (List{-2, 5, 7, 9, 0, 0, 0, 0}));
  EXPECT_EQ(Numbers(y[1]), (List{1, 0, 1, 1, 2, 0, 0, 3}));
  EXPECT_EQ(Numbers(y[2]), (List{3, 3, 1, 1, 0, 0, 0, 0}));
}

TEST(UniqueTest, KeepsTheOrderOfFirstPlacesWithoutSorting) {
  const auto y = RunOp("UniqueWithCountsAndSorting",
                       {Whole(DataType::kInt32, kValues)}, {{"sorted", false}});
  EXPECT_EQ(Numbers(y[0]), (List{5, -2, 7, 9, 0, 0, 0, 0}));
  EXPECT_EQ(Numbers(y[1]), (List{0, 1, 0, 0, 2, 1, 1, 3}));
  EXPECT_EQ(Numbers(y[2]), (List{3, 3, 1, 1, 0, 0, 0, 0}));
}

TEST(UniqueTest, CountsRunsOfEqualNeighbours) {
  const auto y =
      RunOp("UniqueConsecutive", {Whole(DataType::kInt32, kValues)}, {});
  EXPECT_EQ(Numbers(y[0]), (List{5, -2, 5, 7, -2, 9, 0, 0}));
  EXPECT_EQ(Numbers(y[1]), (List{0, 1, 2, 2, 3, 4, 4, 5}));
  EXPECT_EQ(Numbers(y[2]), (List{1, 1, 2, 1, 2, 1, 0, 0}));
}

TEST(UniqueTest, ZerosAreOneValueAndNanIsNone) {
  TestTensor x = MakeTensor(DataType::kFloat, {5});
  const reference::Bits bits[] = {0x80000000, 0x7fc00000, 0, 0x7fc00000,
                                  0x3f800000};
  for (int64_t i = 0; i < 5; ++i) x.Set(i, bits[i]);
  const auto y = RunOp("UniqueWithCountsAndSorting", {x}, {{"sorted", true}});
  EXPECT_EQ(Numbers(y[1]), (List{0, 2, 0, 3, 1}));
  EXPECT_EQ(Numbers(y[2]), (List{2, 1, 1, 1, 0}));
}

// Another stream may work on the other rows meanwhile: a page of them that
// cannot be written stays as it is.
TEST(ScatterTest, ChangesOnlyWhatItNamesWhereItsResultLiesOverItsBase) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  auto* const memory =
      static_cast<std::byte*>(mmap(nullptr, 2 * page, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(memory, MAP_FAILED);
  ASSERT_EQ(mprotect(memory + page, page, PROT_READ), 0);
  TestTensor index = Whole(DataType::kInt32, {2});
  TestTensor row = Whole(DataType::kInt32, {9});
  OpCall call;
  call.op = FindOp("ScatterUpdate");
  const auto count = static_cast<int64_t>(2 * page / 4);
  call.inputs = {
      {DataType::kInt32, Format::kNd, {count}}, index.spec, row.spec};
  call.outputs = {call.inputs[0]};
  Operands operands;
  operands.inputs = {{memory, 2 * page},
                     {index.data.data(), index.data.size()},
                     {row.data.data(), row.data.size()}};
  operands.outputs = {operands.inputs[0]};
  EXPECT_TRUE(call.op->compute(call, operands, 0, 0, count).ok());
  const auto* numbers = reinterpret_cast<const int32_t*>(memory);
  EXPECT_EQ(numbers[2], 9);
  EXPECT_EQ(std::count(numbers, numbers + count, 0), count - 1);
  munmap(memory, 2 * page);
}

}  // namespace
}  // namespace npuemu::kernels
