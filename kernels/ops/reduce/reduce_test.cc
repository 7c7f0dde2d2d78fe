// ReduceSum and ReduceMax against the reference, bit for bit.

#include <gtest/gtest.h>

#include <cstdio>
#include <utility>

#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

// The rows of x along the marked axes, each in row-major order, by a naive
// walk; row r belongs to output element r.
std::vector<std::vector<reference::Bits>> RowsOf(
    const TestTensor& x, const std::vector<bool>& along) {
  int64_t rows = 1;
  for (size_t d = 0; d < along.size(); ++d) {
    if (!along[d]) rows *= x.spec.shape[d];
  }
  std::vector<std::vector<reference::Bits>> result(static_cast<size_t>(rows));
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    int64_t row = 0;
    int64_t inner = x.spec.count();
    for (size_t d = 0; d < along.size(); ++d) {
      inner /= x.spec.shape[d];
      if (!along[d]) row = row * x.spec.shape[d] + i / inner % x.spec.shape[d];
    }
    result[static_cast<size_t>(row)].push_back(x.Get(i));
  }
  return result;
}

struct Case {
  Shape shape;
  std::vector<int64_t> axes;
  Shape reduced;  // keep_dims false
};

const Case kCases[] = {
    {{1000}, {0}, {}},          {{3, 200}, {1}, {3}},
    {{200, 3}, {0}, {3}},       {{200, 3}, {-2}, {3}},
    {{3, 50, 4}, {0, 2}, {50}}, {{2, 3, 4, 70}, {1, -1}, {2, 4}},
    {{5, 7}, {}, {5, 7}},       {{5, 7}, {1, 0}, {}},
    {{4, 1}, {1}, {4}},         {{2, 64}, {1}, {2}},
    {{2, 65}, {1}, {2}},
};

void ExpectRows(const std::string& type, DataType dtype, const Case& c,
                DataType axes_type, bool saturate, Prng* prng) {
  SCOPED_TRACE(type + " " + NameOf(dtype) + " " + ToString(c.shape) + " over " +
               ToString(c.axes));
  const TestTensor x = RandomTensor(dtype, c.shape, prng);
  const TestTensor axes = IntTensor(axes_type, c.axes);
  const auto y = RunOp(type, {x, axes}, {}, {.saturate = saturate});
  ASSERT_EQ(y.size(), 1u);
  EXPECT_EQ(y[0].spec.shape, c.reduced);
  std::vector<bool> along(c.shape.size(), false);
  for (int64_t axis : c.axes) {
    along[static_cast<size_t>(
        axis < 0 ? axis + static_cast<int64_t>(c.shape.size()) : axis)] = true;
  }
  const auto rows = RowsOf(x, along);
  for (size_t r = 0; r < rows.size(); ++r) {
    const auto expected =
        type == "ReduceSum"
            ? reference::RowSum(ReferenceType(dtype), rows[r], saturate)
            : reference::RowMax(ReferenceType(dtype), rows[r], saturate);
    ASSERT_EQ(y[0].Get(static_cast<int64_t>(r)), expected) << "row " << r;
  }
}

TEST(ReduceTest, MatchesReferenceForEveryColumn) {
  Prng prng(TestSeed());
  for (const char* type : {"ReduceSum", "ReduceMax"}) {
    const OpDef& op = *FindOp(type);
    for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
      for (const Case& c : kCases) {
        ExpectRows(type, op.inputs[0].dtypes[k], c, op.inputs[1].dtypes[k],
                   k % 2 == 1, &prng);
      }
    }
  }
}

// Random bits hold so many NaNs and infinities that long rows say little, so
// signed values; in every lane of kCancelling huge ones, small ones, and the
// huge ones with the other sign follow each other; kOverflowing ones are next
// to MAX.
constexpr int64_t kRow = 1003;
enum class RowKind { kRandom, kCancelling, kOverflowing };

TestTensor FiniteRows(DataType dtype, RowKind kind, Prng* prng) {
  TestTensor x = MakeTensor(dtype, {4, kRow});
  const bool wide = dtype == DataType::kFloat;
  const int fraction = wide ? 23 : dtype == DataType::kBf16 ? 7 : 10;
  const int width = wide ? 32 : 16;
  const uint64_t exponents = (uint64_t{1} << (width - 1 - fraction)) - 1;
  const uint64_t sign = uint64_t{1} << (width - 1);
  for (int64_t i = 0; i < x.spec.count(); ++i) {
    const int64_t place = i % kRow;
    const int64_t step = place < 960 ? place / 64 % 3 : 1;
    const bool cancels = kind == RowKind::kCancelling;
    uint64_t exponent = exponents / 2 - 4 + prng->Below(9);
    if (cancels) exponent = exponents / 2 + (step == 0 ? 13 : -9);
    if (kind == RowKind::kOverflowing) exponent = exponents - 2 - i % 2;
    uint64_t bits = (prng->Next() & ((uint64_t{1} << fraction) - 1)) |
                    exponent << fraction | (prng->Below(2) << (width - 1));
    if (cancels && step == 2) bits = x.Get(i - 128) ^ sign;
    x.Set(i, bits);
  }
  return x;
}

// And a canary: two elements swapped that are not added to each other change
// some sum, where rounding the sum to 16 bits does not hide it.
TEST(ReduceTest, SumsRandomCancellingAndOverflowingRows) {
  Prng prng(TestSeed());
  size_t cases = 0;
  for (DataType dtype :
       {DataType::kFloat, DataType::kFloat16, DataType::kBf16}) {
    for (RowKind kind :
         {RowKind::kRandom, RowKind::kCancelling, RowKind::kOverflowing}) {
      int noticed = 0;
      for (bool saturate : {false, true}) {
        const TestTensor x = FiniteRows(dtype, kind, &prng);
        const auto y = RunOp("ReduceSum", {x, IntTensor(DataType::kInt32, {1})},
                             {}, {.saturate = saturate});
        const reference::Type type = ReferenceType(dtype);
        int64_t r = 0;
        for (auto& row : RowsOf(x, {false, true})) {
          const uint64_t sum = y[0].Get(r++);
          ASSERT_EQ(sum, reference::RowSum(type, row, saturate));
          ++cases;
          for (size_t i = 1; i + 65 < row.size(); i += 65) {
            std::swap(row[i], row[i + 65]);
            noticed += reference::RowSum(type, row, saturate) != sum ? 1 : 0;
            std::swap(row[i], row[i + 65]);
          }
        }
      }
      const bool shows =
          kind == RowKind::kCancelling ||
          (kind == RowKind::kRandom && dtype == DataType::kFloat);
      EXPECT_TRUE(noticed > 0 || !shows)
          << NameOf(dtype) << " " << static_cast<int>(kind);
    }
  }
  std::printf("cases: %zu rows\n", cases);
}

TEST(ReduceTest, KeepsDimensions) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kInt32, {2, 3, 4}, &prng);
  const TestTensor axes = IntTensor(DataType::kInt64, {0, 2});
  const auto y = RunOp("ReduceSum", {x, axes}, {{"keep_dims", true}});
  EXPECT_EQ(y[0].spec.shape, (Shape{1, 3, 1}));
  EXPECT_EQ(y[0].data, RunOp("ReduceSum", {x, axes})[0].data);
}

TEST(ReduceTest, EmptyRows) {
  const TestTensor x = MakeTensor(DataType::kFloat, {2, 0});
  const TestTensor axes = IntTensor(DataType::kInt32, {1});
  const auto y = RunOp("ReduceSum", {x, axes});
  EXPECT_EQ(y[0].Get(0), 0u);
  EXPECT_EQ(y[0].Get(1), 0u);
  EXPECT_EQ(Refusal("ReduceMax", {x, axes}),
            "ReduceMax: input x shape: given [2,0], expected elements along "
            "the reduced axes");
}

TEST(ReduceTest, RefusesBadAxes) {
  const TestTensor x = MakeTensor(DataType::kFloat, {2, 3});
  EXPECT_EQ(Refusal("ReduceSum", {x, IntTensor(DataType::kInt32, {2})}),
            "ReduceSum: input axes: given 2, expected [-2,1]");
  EXPECT_EQ(Refusal("ReduceSum", {x, IntTensor(DataType::kInt32, {1, -1})}),
            "ReduceSum: input axes: given -1 twice, expected each axis once");
}

TEST(ReduceTest, AxesInDeviceMemory) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kFloat16, {6, 90}, &prng);
  const TestTensor axes = IntTensor(DataType::kInt32, {1});
  const auto known = RunOp("ReduceSum", {x, axes});
  const auto unknown =
      RunOp("ReduceSum", {x, axes}, {}, {.const_values = false});
  EXPECT_EQ(known[0].data, unknown[0].data);
  OpCall call;
  call.op = FindOp("ReduceSum");
  call.inputs = {x.spec, axes.spec};
  std::vector<TensorSpec> outputs;
  EXPECT_EQ(call.op->infer(call, &outputs).message,
            "ReduceSum: input axes: given a value that only the run knows, "
            "expected a const input");
  // A value that does not fit the declared output is found by the run.
  call.outputs = {{DataType::kFloat16, Format::kNd, {90}}};
  ASSERT_EQ(CheckOutputs(call).message, "");
  TestTensor y = MakeTensor(DataType::kFloat16, {90});
  Operands operands;
  TestTensor in = x;
  TestTensor in_axes = axes;
  operands.inputs = {{in.data.data(), in.data.size()},
                     {in_axes.data.data(), in_axes.data.size()}};
  operands.outputs = {{y.data.data(), y.data.size()}};
  EXPECT_EQ(RunSerially(call, operands).message,
            "ReduceSum: output y shape: given [90], expected [6] for these "
            "axes");
}

}  // namespace
}  // namespace npuemu::kernels
