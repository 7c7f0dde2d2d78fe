// Operators that sort, search, count and space, against slow implementations
// of docs/moves.md: selection instead of sorting, MPFR primitives
// (kernels/testing) for arithmetic. The moves by indices: moves_test.cc.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>

#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Mode;
using reference::Type;
using List = std::vector<int64_t>;

constexpr Type kF32 = Type::kF32;
constexpr DataType kIndex = DataType::kInt32;

bool IsFloatType(DataType type) {
  return reference::IsFloat(ReferenceType(type));
}

bool IsSigned(DataType type) {
  return type == DataType::kInt8 || type == DataType::kInt16 ||
         type == DataType::kInt32 || type == DataType::kInt64;
}

// The element as a number of f32, or sign and magnitude of an integer.
float FloatOf(DataType type, Bits bits) {
  const Bits wide =
      reference::Cast(ReferenceType(type), kF32, bits, Mode::kRint, false);
  float value;
  const auto word = static_cast<uint32_t>(wide);
  std::memcpy(&value, &word, sizeof(value));
  return value;
}

__int128 IntOf(DataType type, Bits bits) {
  const int width = BitsOf(type);
  if (!IsSigned(type) || (bits >> (width - 1) & 1) == 0) return bits;
  return static_cast<__int128>(bits) - (static_cast<__int128>(1) << width);
}

// arithmetic.md 7.3: NaN above infinity, zeros alike.
bool Below(DataType type, Bits a, Bits b) {
  if (!IsFloatType(type)) return IntOf(type, a) < IntOf(type, b);
  const float x = FloatOf(type, a);
  const float y = FloatOf(type, b);
  if (x != x) return false;
  if (y != y) return true;
  return x < y;
}

// Places of a row in order: again and again the first of the largest, or
// smallest, that are left.
List Selected(DataType type, const std::vector<Bits>& row, bool descending,
              int64_t count) {
  std::vector<bool> taken(row.size(), false);
  List order;
  for (int64_t k = 0; k < count; ++k) {
    int64_t best = -1;
    for (size_t i = 0; i < row.size(); ++i) {
      if (taken[i]) continue;
      const auto b = static_cast<size_t>(best);
      const bool better =
          best < 0 || (descending ? Below(type, row[b], row[i])
                                  : Below(type, row[i], row[b]));
      if (better) best = static_cast<int64_t>(i);
    }
    taken[static_cast<size_t>(best)] = true;
    order.push_back(best);
  }
  return order;
}

// Offsets of a row's elements: [outer, extent, inner].
struct Rows {
  int64_t outer = 1;
  int64_t extent = 1;
  int64_t inner = 1;
  Rows(const Shape& shape, size_t axis) : extent(shape[axis]) {
    for (size_t d = 0; d < axis; ++d) outer *= shape[d];
    for (size_t d = axis + 1; d < shape.size(); ++d) inner *= shape[d];
  }
};

void ExpectSelected(const TestTensor& x, size_t axis, bool descending,
                    int64_t count, const std::vector<TestTensor>& y) {
  ASSERT_EQ(y.size(), 2u);
  Shape shape = x.spec.shape;
  shape[axis] = count;
  ASSERT_EQ(y[0].spec.shape, shape);
  ASSERT_EQ(y[1].spec.shape, shape);
  const Rows rows(x.spec.shape, axis);
  for (int64_t o = 0; o < rows.outer; ++o) {
    for (int64_t i = 0; i < rows.inner; ++i) {
      std::vector<Bits> row;
      for (int64_t k = 0; k < rows.extent; ++k) {
        row.push_back(x.Get((o * rows.extent + k) * rows.inner + i));
      }
      const List order = Selected(x.spec.dtype, row, descending, count);
      for (int64_t k = 0; k < count; ++k) {
        const int64_t at = (o * count + k) * rows.inner + i;
        const int64_t from = order[static_cast<size_t>(k)];
        ASSERT_EQ(y[1].Get(at), static_cast<Bits>(from)) << at;
        ASSERT_EQ(y[0].Get(at), row[static_cast<size_t>(from)]) << at;
      }
    }
  }
}

TEST(SortTest, IsWhatSelectionGives) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("Sort")->inputs[0].dtypes) {
    SCOPED_TRACE(NameOf(dtype));
    for (int64_t axis : {0, 1, 2, -1, -3}) {
      const TestTensor x = RandomTensor(dtype, {4, 7, 3}, &prng);
      const auto d = static_cast<size_t>(axis < 0 ? axis + 3 : axis);
      for (bool descending : {false, true}) {
        ExpectSelected(
            x, d, descending, x.spec.shape[d],
            RunOp("Sort", {x}, {{"axis", axis}, {"descending", descending}}));
      }
    }
  }
}

TEST(SortTest, SecondVersionHasTheSameValues) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("SortV2")->inputs[0].dtypes) {
    const TestTensor x = RandomTensor(dtype, {4, 7, 3}, &prng);
    const Attrs attrs = {{"axis", int64_t{1}}, {"descending", true}};
    const auto y = RunOp("SortV2", {x}, attrs);
    ASSERT_EQ(y.size(), 1u);
    EXPECT_EQ(y[0].data, RunOp("Sort", {x}, attrs)[0].data);
  }
}

TEST(TopKTest, TakesTheFirstOfTheOrder) {
  Prng prng(TestSeed());
  const TestTensor assist = RandomTensor(DataType::kFloat16, {64}, &prng);
  for (const char* type : {"TopK", "TopKV2", "TopKV2D", "TopKD"}) {
    const OpDef& op = *FindOp(type);
    for (size_t column = 0; column < op.inputs[0].dtypes.size(); ++column) {
      const DataType dtype = op.inputs[0].dtypes[column];
      SCOPED_TRACE(std::string(type) + " " + NameOf(dtype));
      for (int64_t dim : {0, -1}) {
        for (int64_t k : {0, 1, 3, 5}) {
          const TestTensor x = RandomTensor(dtype, {5, 6, 5}, &prng);
          const bool largest = (k + dim) % 2 != 0;
          Attrs attrs = {{"dim", dim}, {"largest", largest}};
          std::vector<TestTensor> inputs = {x};
          if (std::string(type) == "TopKD") {
            attrs["k"] = k;
            inputs.push_back(assist);
          } else {
            inputs.push_back(IntTensor(DataType::kInt32, {k}));
          }
          if (std::string(type) == "TopKV2D") inputs.push_back(assist);
          ExpectSelected(x, dim == 0 ? 0 : 2, largest, k,
                         RunOp(type, inputs, attrs));
        }
      }
    }
  }
}

TEST(TopKTest, RefusesMoreThanThereAre) {
  const TestTensor x = MakeTensor(DataType::kFloat, {2, 3});
  const TestTensor k = IntTensor(DataType::kInt32, {4});
  EXPECT_EQ(InferError("TopK", {x, k}),
            "TopK: input k: given 4, expected 0 to 3");
  EXPECT_EQ(InferError("Sort", {x}, {{"axis", int64_t{2}}}),
            "Sort: attribute axis: given 2, expected [-2,1]");
}

TEST(SearchSortedTest, CountsTheElementsBefore) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("SearchSorted");
  for (DataType dtype : op.inputs[0].dtypes) {
    SCOPED_TRACE(NameOf(dtype));
    for (const bool one : {true, false}) {
      for (const bool right : {true, false}) {
        const Shape shape = one ? Shape{9} : Shape{2, 9};
        const TestTensor raw = RandomTensor(dtype, shape, &prng);
        const auto sorted = RunOp("Sort", {raw});
        TestTensor sequence = sorted[0];
        const TestTensor values = RandomTensor(dtype, {2, 6}, &prng);
        const DataType out = right ? DataType::kInt32 : DataType::kInt64;
        const Attrs attrs = {{"right", right}, {"dtype", out}};
        const auto y = RunOp("SearchSorted", {sequence, values}, attrs);
        ASSERT_EQ(y.size(), 1u);
        ASSERT_EQ(y[0].spec.dtype, out);
        for (int64_t i = 0; i < 12; ++i) {
          Bits before = 0;
          for (int64_t k = 0; k < 9; ++k) {
            const Bits element = sequence.Get(one ? k : i / 6 * 9 + k);
            before += right ? !Below(dtype, values.Get(i), element)
                            : Below(dtype, element, values.Get(i));
          }
          ASSERT_EQ(y[0].Get(i), before) << i;
        }
        // The same sequence out of order, with a sorter.
        TestTensor sorter = MakeTensor(DataType::kInt64, shape);
        for (int64_t i = 0; i < sorter.spec.count(); ++i) {
          sorter.Set(i, sorted[1].Get(i));
        }
        const auto same = RunOp("SearchSorted", {raw, values, sorter}, attrs);
        EXPECT_EQ(same[0].data, y[0].data);
      }
    }
  }
}

TEST(SearchSortedTest, BoundsAreItsTwoSides) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("LowerBound")->inputs[0].dtypes) {
    const TestTensor raw = RandomTensor(dtype, {3, 9}, &prng);
    TestTensor sorted = raw;
    for (int64_t row = 0; row < 3; ++row) {
      std::vector<Bits> values;
      for (int64_t i = 0; i < 9; ++i) values.push_back(raw.Get(row * 9 + i));
      const List order = Selected(dtype, values, false, 9);
      for (size_t i = 0; i < 9; ++i) {
        sorted.Set(row * 9 + static_cast<int64_t>(i),
                   values[static_cast<size_t>(order[i])]);
      }
    }
    const TestTensor values = RandomTensor(dtype, {3, 4}, &prng);
    for (const bool right : {false, true}) {
      const auto y = RunOp(right ? "UpperBound" : "LowerBound",
                           {sorted, values}, {{"out_type", kIndex}});
      if (dtype == DataType::kUint16) continue;  // SearchSorted has none
      const auto same = RunOp("SearchSorted", {sorted, values},
                              {{"right", right}, {"dtype", kIndex}});
      ASSERT_EQ(y.size(), 1u);
      EXPECT_EQ(y[0].data, same[0].data);
    }
  }
}

TEST(InvertPermutationTest, IsTheInverse) {
  const TestTensor x = IntTensor(DataType::kInt32, {2, 0, 3, 1});
  const auto y = RunOp("InvertPermutation", {x});
  EXPECT_EQ(y[0].data, IntTensor(DataType::kInt32, {1, 3, 0, 2}).data);
  EXPECT_EQ(RunOp("InvertPermutation", y)[0].data, x.data);
}

TEST(InTopKTest, CountsTheGreater) {
  Prng prng(TestSeed());
  TestTensor x = MakeTensor(DataType::kFloat, {40, 6});
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    // Few values, so that some are equal; seldom one that is not finite.
    const Bits values[] = {0, 0x80000000, 0x3f800000, 0xbf800000, 0x40000000};
    x.Set(i, prng.Below(30) == 0 ? Bits{0x7f800000 + prng.Below(2)}
                                 : values[prng.Below(5)]);
  }
  TestTensor target = MakeTensor(DataType::kInt32, {40});
  for (int64_t i = 0; i < 40; ++i) {
    target.Set(i, (prng.Below(8) - 1) & 0xffffffff);
  }
  for (int64_t k : {-1, 0, 1, 2, 6, 9}) {
    TestTensor y = RunOp("InTopKD", {x, target}, {{"k", k}})[0];
    const auto same =
        RunOp("InTopK", {x, target, IntTensor(DataType::kInt32, {k})});
    EXPECT_EQ(same[0].data, y.data);
    for (int64_t row = 0; row < 40; ++row) {
      const auto t = static_cast<int32_t>(target.Get(row));
      bool expected = t >= 0 && t < 6;
      int64_t greater = 0;
      for (int64_t j = 0; j < 6 && expected; ++j) {
        const float score = FloatOf(DataType::kFloat, x.Get(row * 6 + j));
        if (score - score != 0) expected = false;
        if (score > FloatOf(DataType::kFloat, x.Get(row * 6 + t))) ++greater;
      }
      ASSERT_EQ(y.Get(row), Bits{expected && greater < k}) << row;
    }
  }
}

TEST(WhereTest, ListsThePlacesOfWhatIsNotZero) {
  Prng prng(TestSeed());
  for (const char* type : {"Where", "NonZero"}) {
    const OpDef& op = *FindOp(type);
    for (size_t column = 0; column < op.inputs[0].dtypes.size(); ++column) {
      const DataType dtype = op.inputs[0].dtypes[column];
      const DataType out = op.outputs[0].dtypes[column];
      SCOPED_TRACE(std::string(type) + " " + NameOf(dtype));
      TestTensor x = RandomTensor(dtype, {3, 5, 2}, &prng);
      for (int64_t i = 0; i < 30; i += 1 + prng.Below(3)) x.Set(i, 0);
      for (const bool transpose : {false, true}) {
        Attrs attrs;
        if (std::string(type) == "NonZero") {
          attrs = {{"transpose", transpose}, {"dtype", out}};
        } else if (transpose) {
          continue;
        }
        const auto y = RunOp(type, {x}, attrs);
        ASSERT_EQ(y[0].spec.shape, (transpose ? Shape{3, 30} : Shape{30, 3}));
        const Bits none = out == DataType::kInt32 ? 0xffffffff : ~Bits{0};
        int64_t found = 0;
        std::vector<Bits> expected(90, none);
        for (int64_t i = 0; i < 30; ++i) {
          const Bits bits = x.Get(i);
          const bool zero =
              bits == 0 ||
              (IsFloatType(dtype) && bits == Bits{1} << (BitsOf(dtype) - 1));
          if (zero) continue;
          const Bits place[] = {static_cast<Bits>(i / 10),
                                static_cast<Bits>(i / 2 % 5),
                                static_cast<Bits>(i % 2)};
          for (int64_t d = 0; d < 3; ++d) {
            const int64_t at = transpose ? d * 30 + found : found * 3 + d;
            expected[static_cast<size_t>(at)] = place[d];
          }
          ++found;
        }
        for (int64_t i = 0; i < 90; ++i) {
          ASSERT_EQ(y[0].Get(i), expected[static_cast<size_t>(i)]) << i;
        }
      }
    }
  }
}

TEST(MaskedSelectTest, TakesWhereTheMaskIs) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("MaskedSelect")->inputs[0].dtypes) {
    const TestTensor x = RandomTensor(dtype, {4, 1, 3}, &prng);
    const TestTensor mask = RandomTensor(DataType::kBool, {2, 1}, &prng);
    const auto y = RunOp("MaskedSelect", {x, mask});
    ASSERT_EQ(y[0].spec.shape, Shape{24});
    std::vector<Bits> expected;
    for (int64_t i = 0; i < 24; ++i) {
      if (mask.Get(i / 3 % 2) == 0) continue;
      expected.push_back(x.Get(i / 6 * 3 + i % 3));
    }
    expected.resize(24, 0);
    for (int64_t i = 0; i < 24; ++i) {
      ASSERT_EQ(y[0].Get(i), expected[static_cast<size_t>(i)]) << i;
    }
  }
}

TEST(UniqueTest, KeepsTheFirstOfEach) {
  Prng prng(TestSeed());
  const OpDef& op = *FindOp("Unique");
  for (size_t column = 0; column < op.inputs[0].dtypes.size(); ++column) {
    const DataType dtype = op.inputs[0].dtypes[column];
    const DataType out = op.outputs[1].dtypes[column];
    SCOPED_TRACE(NameOf(dtype));
    TestTensor x = RandomTensor(dtype, {40}, &prng);
    for (int64_t i = 1; i < 40; ++i) {
      if (prng.Below(2) == 0)
        x.Set(i, x.Get(static_cast<int64_t>(prng.Below(static_cast<Bits>(i)))));
    }
    const auto y = RunOp("Unique", {x}, {{"out_idx", out}});
    ASSERT_EQ(y.size(), 2u);
    ASSERT_EQ(y[1].spec.dtype, out);
    const auto counted = RunOp("UniqueWithCounts", {x}, {{"out_idx", out}});
    ASSERT_EQ(counted.size(), 3u);
    EXPECT_EQ(counted[0].data, y[0].data);
    EXPECT_EQ(counted[1].data, y[1].data);
    std::vector<Bits> counts(40, 0);
    for (int64_t i = 0; i < 40; ++i) ++counts[y[1].Get(i)];
    for (int64_t i = 0; i < 40; ++i) {
      EXPECT_EQ(counted[2].Get(i), counts[static_cast<size_t>(i)]);
    }
    std::vector<Bits> found;
    for (int64_t i = 0; i < 40; ++i) {
      size_t at = 0;
      while (at < found.size()) {
        const bool equal = IsFloatType(dtype) ? FloatOf(dtype, found[at]) ==
                                                    FloatOf(dtype, x.Get(i))
                                              : found[at] == x.Get(i);
        if (equal) break;
        ++at;
      }
      if (at == found.size()) found.push_back(x.Get(i));
      ASSERT_EQ(y[1].Get(i), at) << i;
    }
    found.resize(40, 0);
    for (int64_t i = 0; i < 40; ++i) {
      ASSERT_EQ(y[0].Get(i), found[static_cast<size_t>(i)]) << i;
    }
  }
}

TEST(TraceTest, IsTheRowSumOfTheDiagonal) {
  Prng prng(TestSeed());
  for (DataType dtype : FindOp("Trace")->inputs[0].dtypes) {
    for (const Shape& shape :
         {Shape{1, 1}, Shape{0, 3}, Shape{70, 90}, Shape{140, 131}}) {
      const TestTensor x = RandomTensor(dtype, shape, &prng);
      std::vector<Bits> diagonal;
      for (int64_t i = 0; i < std::min(shape[0], shape[1]); ++i) {
        diagonal.push_back(x.Get(i * shape[1] + i));
      }
      for (const bool saturate : {false, true}) {
        const auto y = RunOp("Trace", {x}, {}, {.saturate = saturate});
        EXPECT_EQ(y[0].spec.shape, Shape{});
        EXPECT_EQ(y[0].Get(0),
                  reference::RowSum(ReferenceType(dtype), diagonal, saturate));
      }
    }
  }
}

TEST(ShapeTest, TellsExtents) {
  const TestTensor x = MakeTensor(DataType::kFloat, {3, 0, 5});
  const TestTensor z = MakeTensor(DataType::kFloat, {});
  for (const int64_t number : {3, 9}) {
    const DataType dtype = number == 3 ? DataType::kInt32 : DataType::kInt64;
    const Attrs attrs = {{"dtype", number}};
    EXPECT_EQ(RunOp("Shape", {x}, attrs)[0].data,
              IntTensor(dtype, {3, 0, 5}).data);
    const auto all = RunOp("ShapeN", {x, z, x}, attrs);
    ASSERT_EQ(all.size(), 3u);
    EXPECT_EQ(all[1].spec.shape, Shape{0});
    EXPECT_EQ(all[2].data, IntTensor(dtype, {3, 0, 5}).data);
    EXPECT_EQ(RunOp("Size", {x}, attrs)[0].data, IntTensor(dtype, {0}).data);
    EXPECT_EQ(RunOp("Size", {z}, attrs)[0].data, IntTensor(dtype, {1}).data);
  }
  EXPECT_EQ(RunOp("Rank", {x})[0].data, IntTensor(DataType::kInt32, {3}).data);
  EXPECT_EQ(InferError("Shape", {x}, {{"dtype", int64_t{4}}}),
            "Shape: attribute dtype: given 4, expected 3 (int32) or 9 (int64)");
}

}  // namespace
}  // namespace npuemu::kernels
