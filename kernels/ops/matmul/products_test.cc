// MatMul, BatchMatMul, FullyConnection and Einsum against docs/matmuls.md:
// every element by naive walks over labels, with reference_mmad.h and the row
// sum of the reference.

#include <gtest/gtest.h>

#include <map>

#include "kernels/gemm/reference_mmad.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/reference_format.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Type;
using Places = std::map<char, int64_t>;

double Real(const TestTensor& x, int64_t i) {
  return static_cast<double>(
      reference::Decode(ReferenceType(x.spec.dtype), x.Get(i)));
}

// Row-major, label by label.
int64_t Offset(const std::string& term, const Shape& shape,
               const Places& places) {
  int64_t offset = 0;
  for (size_t d = 0; d < term.size(); ++d) {
    offset = offset * shape[d] + places.at(term[d]);
  }
  return offset;
}

// Calls fn() for all places of the labels, the last one fastest.
template <typename Fn>
void ForEachPlace(const std::string& labels, const Places& extents,
                  Places* places, Fn&& fn, size_t at = 0) {
  if (at == labels.size()) return fn();
  for (int64_t i = 0; i < extents.at(labels[at]); ++i) {
    (*places)[labels[at]] = i;
    ForEachPlace(labels, extents, places, fn, at + 1);
  }
}

// y[..] = the chain over what is in a and not in y; bias by the label `column`.
void ExpectChains(const TestTensor& y, const std::string& terms,
                  const TestTensor& a, const TestTensor& b,
                  const TestTensor* bias, char column, bool saturate) {
  const std::string ta = terms.substr(0, terms.find(','));
  const std::string tb =
      terms.substr(ta.size() + 1, terms.find('>') - ta.size() - 2);
  const std::string ty = terms.substr(terms.find('>') + 1);
  Places extents;
  for (size_t d = 0; d < ta.size(); ++d) extents[ta[d]] = a.spec.shape[d];
  for (size_t d = 0; d < tb.size(); ++d) extents[tb[d]] = b.spec.shape[d];
  std::string summed;
  for (char label : ta) {
    if (ty.find(label) == std::string::npos) summed += label;
  }
  const bool is_f16 = a.spec.dtype == DataType::kFloat16;
  const double max = is_f16 ? 65504.0
                     : a.spec.dtype == DataType::kBf16
                         ? static_cast<double>(0x1.fep127)
                         : static_cast<double>(FLT_MAX);
  const int group = a.spec.dtype == DataType::kFloat ? 4 : 16;
  int64_t at = 0;
  Places places;
  ForEachPlace(ty, extents, &places, [&] {
    std::vector<double> row;
    std::vector<double> col;
    ForEachPlace(summed, extents, &places, [&] {
      row.push_back(Real(a, Offset(ta, a.spec.shape, places)));
      col.push_back(Real(b, Offset(tb, b.spec.shape, places)));
      if (saturate) row.back() = ReferenceSaturate(row.back(), max);
      if (saturate) col.back() = ReferenceSaturate(col.back(), max);
    });
    const double c0 = bias == nullptr ? 0 : Real(*bias, places.at(column));
    const float acc =
        ReferenceMmadFloat(row, col, group, saturate, static_cast<float>(c0));
    const Bits want =
        reference::Cast(Type::kF32, ReferenceType(y.spec.dtype),
                        ReferenceBitsOf(acc), reference::Mode::kRint, saturate);
    ASSERT_EQ(y.Get(at), want) << terms << " element " << at;
    ++at;
  });
  EXPECT_EQ(at, y.spec.count());
}

TestTensor Draw(DataType type, const Shape& shape, Prng* prng, bool special) {
  TestTensor x = RandomTensor(type, shape, prng);
  for (int64_t i = 0; i < x.spec.count() && !special; ++i) {
    const float v = static_cast<float>(prng->Below(2001)) / 500.0f - 2.0f;
    x.Set(i,
          reference::Cast(Type::kF32, ReferenceType(type), ReferenceBitsOf(v),
                          reference::Mode::kRint, false));
  }
  return x;
}

struct Case {
  const char* type;
  const char* terms;
  Shape a;
  Shape b;
  char bias;  // its label, or 0
  Attrs attrs;
};

const Case kCases[] = {
    {"MatMul", "ik,kj->ij", {9, 37}, {37, 11}, 'j', {}},
    {"MatMul",
     "ki,jk->ij",
     {37, 9},
     {11, 37},
     'j',
     {{"transpose_x1", true}, {"transpose_x2", true}}},
    {"BatchMatMul", "bik,bkj->bij", {3, 5, 7}, {3, 7, 4}, 0, {}},
    {"BatchMatMul",
     "bki,bkj->bij",
     {3, 7, 5},
     {3, 7, 4},
     0,
     {{"adj_x1", true}}},
    {"FullyConnection",
     "akl,jkl->aj",
     {3, 5, 7},
     {6, 5, 7},
     'j',
     {{"num_output", int64_t{6}}}},
    {"FullyConnection",
     "abk,kj->abj",
     {3, 5, 19},
     {19, 6},
     'j',
     {{"num_output", int64_t{6}}, {"transpose", true}, {"axis", int64_t{-1}}}},
    {"TransposeBatchMatMul",
     "ibk,bkj->ibj",
     {5, 3, 17},
     {3, 17, 4},
     'j',
     {{"perm_x1", std::vector<int64_t>{1, 0, 2}},
      {"perm_y", std::vector<int64_t>{1, 0, 2}}}},
    {"TransposeBatchMatMul",
     "bki,jkb->jib",
     {3, 17, 5},
     {4, 17, 3},
     'j',
     {{"perm_x1", std::vector<int64_t>{0, 2, 1}},
      {"perm_x2", std::vector<int64_t>{2, 1, 0}},
      {"perm_y", std::vector<int64_t>{2, 1, 0}}}},
    {"Einsum", "abc,cde->abde", {3, 2, 17}, {17, 4, 3}, 0, {}},
    {"Einsum", "bqhd,bkhd->bhqk", {2, 5, 3, 8}, {2, 4, 3, 8}, 0, {}},
    {"Einsum", "bkc,cab->kab", {2, 5, 9}, {9, 3, 2}, 0, {}},
    {"Einsum", "acb,bdc->ad", {3, 4, 5}, {5, 6, 4}, 0, {}},
    {"Einsum", "ab,c->acb", {3, 4}, {5}, 0, {}},
    {"Einsum", "ab,ab->ab", {3, 4}, {3, 4}, 0, {}},
    {"Einsum", "ab,ab->", {3, 40}, {3, 40}, 0, {}},
    {"Einsum", "ab,bc->ac", {3, 0}, {0, 4}, 0, {}},
};

TEST(ProductsTest, ChainsAreAsWritten) {
  Prng prng(TestSeed());
  for (const Case& c : kCases) {
    const OpDef& op = *FindOp(c.type);
    for (size_t k = 0; k < op.inputs[0].dtypes.size(); ++k) {
      const DataType type = op.inputs[0].dtypes[k];
      if (type == DataType::kInt8) continue;
      for (int round = 0; round < 3; ++round) {
        SCOPED_TRACE(std::string(c.type) + " " + c.terms + " " + NameOf(type) +
                     ", seed " + std::to_string(TestSeed()));
        const bool special = round == 2;
        std::vector<TestTensor> inputs = {Draw(type, c.a, &prng, special),
                                          Draw(type, c.b, &prng, special)};
        Attrs attrs = c.attrs;
        if (c.type == std::string("Einsum")) {
          attrs["equation"] = std::string(c.terms);
          attrs["N"] = int64_t{2};
        }
        const bool has_bias = c.bias != 0 && round > 0;
        if (has_bias) {
          const size_t last = c.b.size() - 1;
          const bool first =
              std::string(c.terms).find(",j") != std::string::npos;
          const int64_t n = first ? c.b[0] : c.b[last];
          inputs.push_back(Draw(op.inputs[2].dtypes[k], {n}, &prng, special));
        }
        const auto y = RunOp(c.type, inputs, attrs, {.saturate = round == 1});
        ASSERT_EQ(y.size(), 1u);
        ExpectChains(y[0], c.terms, inputs[0], inputs[1],
                     has_bias ? &inputs[2] : nullptr, c.bias, round == 1);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(ProductsTest, FullyConnectionOfInt8IsExactAndTakesAnOffset) {
  Prng prng(TestSeed());
  const TestTensor x = RandomTensor(DataType::kInt8, {3, 70}, &prng);
  const TestTensor w = RandomTensor(DataType::kInt8, {5, 70}, &prng);
  const auto y = RunOp("FullyConnection", {x, w},
                       {{"num_output", int64_t{5}}, {"offset_x", int64_t{-3}}});
  for (int64_t i = 0; i < 15; ++i) {
    int64_t sum = 0;
    for (int64_t k = 0; k < 70; ++k) {
      sum += (static_cast<int8_t>(x.Get(i / 5 * 70 + k)) + 3) *
             static_cast<int8_t>(w.Get(i % 5 * 70 + k));
    }
    EXPECT_EQ(static_cast<int32_t>(y[0].Get(i)), sum);
  }
}

TEST(ProductsTest, EinsumOfOneOperandMovesAndSums) {
  Prng prng(TestSeed());
  for (DataType type : {DataType::kFloat16, DataType::kFloat}) {
    const TestTensor x = RandomTensor(type, {3, 4, 70}, &prng);
    const auto run = [&](const char* equation) {
      return RunOp("Einsum", {x},
                   {{"equation", std::string(equation)}, {"N", int64_t{1}}})[0];
    };
    const TestTensor turned = run("a b c -> c a b");
    ASSERT_EQ(turned.spec.shape, (Shape{70, 3, 4}));
    for (int64_t i = 0; i < 840; ++i) {
      const int64_t c = i / 12;
      EXPECT_EQ(turned.Get(i), x.Get(i % 12 * 70 + c));
    }
    const TestTensor summed = run("abc->b");
    for (int64_t b = 0; b < 4; ++b) {
      std::vector<Bits> row;
      for (int64_t a = 0; a < 3; ++a) {
        for (int64_t c = 0; c < 70; ++c)
          row.push_back(x.Get((a * 4 + b) * 70 + c));
      }
      EXPECT_EQ(summed.Get(b),
                reference::RowSum(ReferenceType(type), row, false));
    }
  }
}

TEST(ProductsTest, RefusalsSayWhatIsWrong) {
  const auto f32 = DataType::kFloat;
  const TestTensor a = MakeTensor(f32, {2, 3});
  const TestTensor b = MakeTensor(f32, {3, 4});
  const auto einsum = [&](const char* equation) {
    return Refusal("Einsum", {a, b},
                   {{"equation", std::string(equation)}, {"N", int64_t{2}}});
  };
  EXPECT_EQ(einsum("ab,bc"),
            "Einsum: attribute equation: given ab,bc, expected labels of each "
            "operand, then -> and a result");
  EXPECT_EQ(einsum("aa,bc->a"),
            "Einsum: attribute equation: given aa,bc->a, expected each label "
            "once in a term");
  EXPECT_EQ(einsum("...b,bc->c"),
            "Einsum: attribute equation: given ...b,bc->c, expected letters as "
            "labels, commas and one ->");
  EXPECT_EQ(einsum("ab,bc->c"),
            "Einsum: attribute equation: given ab,bc->c, expected a product "
            "without sums over labels of one operand, such as a");
  EXPECT_EQ(einsum("ab,ac->bc"),
            "Einsum: input x1 shape: given [3,4], expected 2 for label a");
  EXPECT_EQ(einsum("ab,bc->ad"),
            "Einsum: attribute equation: given ab,bc->ad, expected a result of "
            "labels that operands have");
  EXPECT_EQ(Refusal("FullyConnection", {a, b}, {{"num_output", int64_t{4}}}),
            "FullyConnection: input w shape: given [3,4], expected [4,3] for "
            "num_output 4 and x [2,3]");
  EXPECT_EQ(Refusal("FullyConnection", {a, b},
                    {{"num_output", int64_t{4}}, {"axis", INT64_MIN}}),
            "FullyConnection: attribute axis: given -9223372036854775808, "
            "expected 1 to 1 for x [2,3]");
  EXPECT_EQ(Refusal("Ger", {a, b}),
            "Ger: input x1 shape: given [2,3], expected one extent");
}

// Each column of each right side alone, by the text.
TEST(Products, MatrixTriangularSolve) {
  Prng prng(11);
  const TestTensor a = Draw(DataType::kFloat, {2, 7, 7}, &prng, false);
  const TestTensor rhs = Draw(DataType::kFloat, {2, 7, 5}, &prng, false);
  const auto at = [](const TestTensor& x, int64_t b, int64_t i, int64_t j) {
    return static_cast<float>(
        Real(x, (b * x.spec.shape[1] + i) * x.spec.shape[2] + j));
  };
  for (int variant = 0; variant < 4; ++variant) {
    const bool lower = variant % 2 == 1;
    const bool adjoint = variant / 2 == 1;
    const TestTensor y = RunOp("MatrixTriangularSolve", {a, rhs},
                               {{"lower", lower}, {"adjoint", adjoint}})[0];
    for (int64_t b = 0; b < 2; ++b) {
      for (int64_t c = 0; c < 5; ++c) {
        std::vector<std::pair<int64_t, float>> solved;
        for (int64_t step = 0; step < 7; ++step) {
          const int64_t i = lower != adjoint ? step : 6 - step;
          float x = at(rhs, b, i, c);
          for (const auto& [j, value] : solved) {
            const float product =
                (adjoint ? at(a, b, j, i) : at(a, b, i, j)) * value;
            x = x - product;
          }
          x = x / at(a, b, i, i);
          solved.emplace_back(i, x);
          EXPECT_EQ(at(y, b, i, c), x) << variant;
        }
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
