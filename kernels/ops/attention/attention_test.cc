// FlashAttentionScore, its gradient and PromptFlashAttention against
// docs/attention.md: element by element with reference_mmad.h and MPFR.

#include <gtest/gtest.h>

#include <cmath>

#include "kernels/gemm/reference_mmad.h"
#include "kernels/ops/registry.h"
#include "kernels/testing/op_harness.h"
#include "kernels/testing/primitive.h"
#include "kernels/testing/reference_format.h"

namespace npuemu::kernels {
namespace {

using reference::Bits;
using reference::Primitive1;
using reference::Primitive2;
using reference::Type;

constexpr Type kF32 = Type::kF32;
constexpr Bits kMinusInf = 0xff800000;

// The sizes of a call; extents of tensors by the letters of its layout.
struct Sizes {
  std::string layout;
  int64_t b, heads, kv_heads, rows, columns, d, dv;

  Shape Of(int64_t n, int64_t s, int64_t depth) const {
    Shape shape;
    for (char c : layout) {
      shape.push_back(c == 'B'   ? b
                      : c == 'S' ? s
                      : c == 'N' ? n
                      : c == 'D' ? depth
                                 : n * depth);
    }
    return shape;
  }
  // The element (batch, head, place, column) of such a tensor.
  int64_t At(const Shape& shape, int64_t depth, int64_t batch, int64_t n,
             int64_t s, int64_t column) const {
    int64_t offset = 0;
    for (size_t i = 0; i < layout.size(); ++i) {
      const char c = layout[i];
      const int64_t place = c == 'B'   ? batch
                            : c == 'S' ? s
                            : c == 'N' ? n
                            : c == 'D' ? column
                                       : n * depth + column;
      offset = offset * shape[i] + place;
    }
    return offset;
  }
};

struct Rules {
  float scale = 1;
  bool shift_first = true;
  int sparse = 0;
  int64_t before = INT64_MAX;
  int64_t after = INT64_MAX;
  bool saturate = false;
};

struct Model {
  Sizes sizes;
  Rules rules;
  TestTensor q, k, v, shift, mask;  // shift and mask may be absent
  Type type;

  double Real(const TestTensor& x, int64_t at) const {
    const auto t = ReferenceType(x.spec.dtype);
    const auto value = static_cast<double>(reference::Decode(t, x.Get(at)));
    if (!rules.saturate) return value;
    return ReferenceSaturate(value, type == Type::kF16 ? 65504.0
                                    : type == Type::kBf16
                                        ? 0x1.fep127
                                        : static_cast<double>(FLT_MAX));
  }
  Bits Chain(const std::vector<double>& a, const std::vector<double>& b,
             Bits from = 0) const {
    return ReferenceBitsOf(
        ReferenceMmadFloat(a, b, type == kF32 ? 4 : 16, rules.saturate,
                           ReferenceFloatOfBits(static_cast<uint32_t>(from))));
  }
  Bits Narrow(Bits x) const {
    return reference::Cast(kF32, type, x, reference::Mode::kRint,
                           rules.saturate);
  }
  double Value(Bits x) const {  // of an element of the type
    return static_cast<double>(reference::Decode(type, x));
  }
  std::vector<double> Row(const TestTensor& x, int64_t depth, int64_t b,
                          int64_t n, int64_t s) const {
    std::vector<double> row;
    for (int64_t d = 0; d < depth; ++d) {
      row.push_back(Real(x, sizes.At(x.spec.shape, depth, b, n, s, d)));
    }
    return row;
  }
  int64_t KvHead(int64_t n) const { return n / (sizes.heads / sizes.kv_heads); }
  // Element (b, n, i, j) of a tensor that broadcasts, aligned at the end.
  static Bits Beside(const TestTensor& x, const int64_t (&at)[4]) {
    int64_t offset = 0;
    const size_t rank = x.spec.shape.size();
    for (size_t d = 0; d < rank; ++d) {
      const int64_t extent = x.spec.shape[d];
      offset = offset * extent + (extent == 1 ? 0 : at[4 - rank + d]);
    }
    return x.Get(offset);
  }
  bool Masked(int64_t b, int64_t n, int64_t i, int64_t j) const {
    if (rules.sparse == 2) return j > i;
    if (rules.sparse == 3) return j > i + sizes.columns - sizes.rows;
    if (mask.spec.absent()) return false;
    if (Beside(mask, {b, n, i, j}) != 0) return true;
    if (rules.sparse == 1) return false;
    return (rules.after < 1000 && j > i + rules.after) ||
           (rules.before < 1000 && j < i - rules.before);
  }
  Bits Score(int64_t b, int64_t n, int64_t i, int64_t j) const {
    if (Masked(b, n, i, j)) return kMinusInf;
    Bits s = Chain(Row(q, sizes.d, b, n, i), Row(k, sizes.d, b, KvHead(n), j));
    const Bits scale = ReferenceBitsOf(rules.scale);
    if (shift.spec.absent()) return Primitive2("Mul", kF32, s, scale);
    const Bits by = reference::Cast(ReferenceType(shift.spec.dtype), kF32,
                                    Beside(shift, {b, n, i, j}),
                                    reference::Mode::kRint, false);
    if (!rules.shift_first) s = Primitive2("Mul", kF32, s, scale);
    s = Primitive2("Add", kF32, s, by);
    return rules.shift_first ? Primitive2("Mul", kF32, s, scale) : s;
  }
};

struct RowResult {
  Bits most;
  Bits sum;
  std::vector<Bits> y;
};

RowResult ForwardRow(const Model& m, int64_t b, int64_t n, int64_t i) {
  std::vector<Bits> w;
  for (int64_t j = 0; j < m.sizes.columns; ++j)
    w.push_back(m.Score(b, n, i, j));
  RowResult result{reference::RowMax(kF32, w, false), 0, {}};
  std::vector<double> weights;
  for (Bits& x : w) {
    const Bits t = Primitive2("Sub", kF32, x, result.most);
    x = result.most == kMinusInf ? 0 : Primitive1("Exp", kF32, t);
    weights.push_back(m.Value(m.Narrow(x)));
  }
  result.sum = reference::RowSum(kF32, w, false);
  if (m.rules.saturate) {
    for (double& x : weights) x = ReferenceSaturate(x, 65504.0);
  }
  for (int64_t d = 0; d < m.sizes.dv; ++d) {
    std::vector<double> column;
    for (int64_t j = 0; j < m.sizes.columns; ++j) {
      column.push_back(m.Real(
          m.v, m.sizes.At(m.v.spec.shape, m.sizes.dv, b, m.KvHead(n), j, d)));
    }
    const Bits o =
        Primitive2("RealDiv", kF32, m.Chain(weights, column), result.sum);
    result.y.push_back(m.Narrow(result.sum == 0 ? 0 : o));
  }
  return result;
}

TestTensor Draw(DataType type, const Shape& shape, Prng* prng, bool special) {
  TestTensor x = RandomTensor(type, shape, prng);
  for (int64_t i = 0; i < x.spec.count() && !special; ++i) {
    const float v = static_cast<float>(prng->Below(2001)) / 500.0f - 2.0f;
    x.Set(i, reference::Cast(kF32, ReferenceType(type), ReferenceBitsOf(v),
                             reference::Mode::kRint, false));
  }
  return x;
}

TestTensor DrawMask(const Shape& shape, Prng* prng) {
  TestTensor x = MakeTensor(DataType::kBool, shape);
  for (int64_t i = 0; i < x.spec.count(); ++i) x.Set(i, prng->Below(3) / 2);
  return x;
}

struct Case {
  Sizes sizes;
  Rules rules;
  Shape shift;
  Shape mask;
};

const Case kCases[] = {
    {{"BSH", 2, 3, 3, 5, 7, 4, 4}, {0.5f}, {}, {}},
    {{"SBH", 2, 4, 2, 3, 70, 20, 20}, {0.25f}, {1, 4, 3, 70}, {2, 1, 3, 70}},
    {{"BNSD", 1, 2, 1, 100, 99, 3, 5}, {}, {}, {100, 99}},
    {{"BSND", 2, 2, 2, 6, 5, 8, 8}, {2.0f, false}, {2, 2, 6, 5}, {}},
    {{"BNSD", 1, 1, 1, 9, 9, 4, 4}, {1, true, 0, 2, 1}, {}, {9, 9}},
    {{"BNSD", 1, 1, 1, 9, 9, 4, 4}, {1, true, 1, 2, 1}, {}, {1, 1, 9, 9}},
    {{"BNSD", 1, 1, 1, 6, 9, 4, 4}, {1, true, 2}, {}, {}},
    {{"BNSD", 1, 1, 1, 9, 6, 4, 4}, {1, true, 3}, {}, {}},
};

Model ModelOf(const Case& c, DataType type, bool special, Prng* prng) {
  Model m{c.sizes, c.rules, {}, {}, {}, {}, {}, ReferenceType(type)};
  const Sizes& s = c.sizes;
  m.q = Draw(type, s.Of(s.heads, s.rows, s.d), prng, special);
  m.k = Draw(type, s.Of(s.kv_heads, s.columns, s.d), prng, special);
  m.v = Draw(type, s.Of(s.kv_heads, s.columns, s.dv), prng, special);
  if (!c.shift.empty()) m.shift = Draw(type, c.shift, prng, special);
  if (!c.mask.empty()) m.mask = DrawMask(c.mask, prng);
  return m;
}

Attrs AttrsOf(const Model& m) {
  return {{"head_num", m.sizes.heads},
          {"input_layout", m.sizes.layout},
          {"scale_value", m.rules.scale},
          {"pse_type", int64_t{m.rules.shift_first}},
          {"sparse_mode", int64_t{m.rules.sparse}},
          {"pre_tockens", m.rules.before},
          {"next_tockens", m.rules.after}};
}

std::vector<TestTensor> RunScore(const Model& m) {
  return RunOp("FlashAttentionScore", {m.q, m.k, m.v, m.shift, {}, {}, m.mask},
               AttrsOf(m), {.saturate = m.rules.saturate});
}

TEST(AttentionTest, ScoreIsAsWritten) {
  Prng prng(TestSeed());
  int round = 0;
  for (const Case& c : kCases) {
    for (DataType type :
         {DataType::kFloat16, DataType::kBf16, DataType::kFloat}) {
      SCOPED_TRACE(c.sizes.layout + " " + NameOf(type) + " case " +
                   std::to_string(round / 3));
      Model m = ModelOf(c, type, round % 4 == 3, &prng);
      m.rules.saturate = round++ % 4 == 1 && type == DataType::kFloat16;
      const auto y = RunScore(m);
      ASSERT_EQ(y.size(), 4u);
      const Sizes& s = c.sizes;
      ASSERT_EQ(y[3].spec.shape, s.Of(s.heads, s.rows, s.dv));
      const int64_t step = s.rows > 50 ? 13 : 1;
      for (int64_t at = 0; at < s.b * s.heads * s.rows; at += step) {
        const int64_t i = at % s.rows;
        const int64_t n = at / s.rows % s.heads;
        const int64_t b = at / s.rows / s.heads;
        const RowResult want = ForwardRow(m, b, n, i);
        for (int64_t e = 0; e < 8; ++e) {
          ASSERT_EQ(y[0].Get(at * 8 + e), want.most);
          ASSERT_EQ(y[1].Get(at * 8 + e), want.sum);
        }
        for (int64_t d = 0; d < s.dv; ++d) {
          ASSERT_EQ(y[3].Get(s.At(y[3].spec.shape, s.dv, b, n, i, d)),
                    want.y[static_cast<size_t>(d)])
              << b << " " << n << " " << i << " " << d;
        }
      }
    }
  }
}

// p and ds of one score.
struct Pair {
  Bits p;
  Bits ds;
};

struct Backward {
  const Model& m;
  const TestTensor& dy;
  const TestTensor& y;
  const TestTensor& most;
  const TestTensor& sum;

  Pair At(int64_t b, int64_t n, int64_t i, int64_t j) const {
    const Sizes& s = m.sizes;
    const int64_t at = ((b * s.heads + n) * s.rows + i) * 8;
    const Bits power =
        Primitive1("Exp", kF32,
                   Primitive2("Sub", kF32, m.Score(b, n, i, j), most.Get(at)));
    const Bits l = sum.Get(at);
    Pair pair{l == 0 ? 0 : Primitive2("RealDiv", kF32, power, l), 0};
    const Bits g =
        m.Chain(m.Row(dy, s.dv, b, n, i), m.Row(m.v, s.dv, b, m.KvHead(n), j));
    std::vector<Bits> products;
    for (int64_t d = 0; d < s.dv; ++d) {
      const int64_t e = s.At(dy.spec.shape, s.dv, b, n, i, d);
      const auto wide = [&](const TestTensor& x) {
        return reference::Cast(m.type, kF32, x.Get(e), reference::Mode::kRint,
                               false);
      };
      products.push_back(Primitive2("Mul", kF32, wide(dy), wide(y)));
    }
    const Bits t = reference::RowSum(kF32, products, false);
    pair.ds = Primitive2("Mul", kF32, pair.p, Primitive2("Sub", kF32, g, t));
    return pair;
  }
  Bits Scaled(Bits x) const {
    return Primitive2("Mul", kF32, x, ReferenceBitsOf(m.rules.scale));
  }
};

double Element(const Model& m, Bits x) { return m.Value(m.Narrow(x)); }

// Column d of an operand along the sequence of a head.
std::vector<double> Column(const Model& m, const TestTensor& x, int64_t depth,
                           int64_t b, int64_t n, int64_t length, int64_t d) {
  std::vector<double> column;
  for (int64_t s = 0; s < length; ++s) {
    column.push_back(m.Row(x, depth, b, n, s)[static_cast<size_t>(d)]);
  }
  return column;
}

// dq and dpse of one row.
void ExpectRow(const Backward& g, const std::vector<TestTensor>& given,
               int64_t b, int64_t n, int64_t i) {
  const Model& m = g.m;
  const Sizes& s = m.sizes;
  std::vector<double> ds;
  for (int64_t j = 0; j < s.columns; ++j) {
    const Bits x = g.At(b, n, i, j).ds;
    ds.push_back(Element(m, x));
    if (m.shift.spec.absent()) continue;
    const int64_t at = ((b * s.heads + n) * s.rows + i) * s.columns + j;
    const Bits want = m.rules.shift_first ? g.Scaled(x) : x;
    ASSERT_EQ(given[3].Get(at), m.Narrow(want)) << "dpse " << at;
  }
  for (int64_t d = 0; d < s.d; ++d) {
    const auto column = Column(m, m.k, s.d, b, m.KvHead(n), s.columns, d);
    ASSERT_EQ(given[0].Get(s.At(m.q.spec.shape, s.d, b, n, i, d)),
              m.Narrow(g.Scaled(m.Chain(ds, column))))
        << "dq";
  }
}

// dk and dv of one place of a head of key: chains that go on from head to head.
void ExpectColumn(const Backward& g, const std::vector<TestTensor>& given,
                  int64_t b, int64_t n, int64_t j) {
  const Model& m = g.m;
  const Sizes& s = m.sizes;
  const int64_t group = s.heads / s.kv_heads;
  std::vector<Bits> dk(static_cast<size_t>(s.d), 0);
  std::vector<Bits> dv(static_cast<size_t>(s.dv), 0);
  for (int64_t h = n * group; h < (n + 1) * group; ++h) {
    std::vector<double> p;
    std::vector<double> ds;
    for (int64_t i = 0; i < s.rows; ++i) {
      const Pair pair = g.At(b, h, i, j);
      p.push_back(Element(m, pair.p));
      ds.push_back(Element(m, pair.ds));
    }
    for (size_t d = 0; d < dk.size(); ++d) {
      dk[d] = m.Chain(
          ds, Column(m, m.q, s.d, b, h, s.rows, static_cast<int64_t>(d)),
          dk[d]);
    }
    for (size_t d = 0; d < dv.size(); ++d) {
      dv[d] = m.Chain(
          p, Column(m, g.dy, s.dv, b, h, s.rows, static_cast<int64_t>(d)),
          dv[d]);
    }
  }
  for (int64_t d = 0; d < s.d; ++d) {
    ASSERT_EQ(given[1].Get(s.At(m.k.spec.shape, s.d, b, n, j, d)),
              m.Narrow(g.Scaled(dk[static_cast<size_t>(d)])))
        << "dk";
  }
  for (int64_t d = 0; d < s.dv; ++d) {
    ASSERT_EQ(given[2].Get(s.At(m.v.spec.shape, s.dv, b, n, j, d)),
              m.Narrow(dv[static_cast<size_t>(d)]))
        << "dv";
  }
}

void ExpectGradients(const Backward& g, const std::vector<TestTensor>& given) {
  const Sizes& s = g.m.sizes;
  for (int64_t b = 0; b < s.b; ++b) {
    for (int64_t n = 0; n < s.heads; ++n) {
      for (int64_t i = 0; i < s.rows; ++i) ExpectRow(g, given, b, n, i);
    }
    for (int64_t n = 0; n < s.kv_heads; ++n) {
      for (int64_t j = 0; j < s.columns; ++j) ExpectColumn(g, given, b, n, j);
    }
    if (testing::Test::HasFatalFailure()) return;
  }
}

TEST(AttentionTest, GradientsAreAsWritten) {
  Prng prng(TestSeed());
  const Case cases[] = {
      {{"BSH", 2, 2, 2, 5, 6, 4, 4}, {0.5f}, {2, 2, 5, 6}, {}},
      {{"SBH", 1, 4, 2, 7, 3, 4, 4}, {0.25f}, {}, {1, 1, 7, 3}},
      {{"BNSD", 1, 2, 1, 4, 5, 3, 6}, {2.0f, false}, {1, 2, 4, 5}, {4, 5}},
  };
  for (const Case& c : cases) {
    for (DataType type :
         {DataType::kFloat16, DataType::kBf16, DataType::kFloat}) {
      SCOPED_TRACE(c.sizes.layout + " " + NameOf(type));
      const Model m = ModelOf(c, type, false, &prng);
      const auto y = RunScore(m);
      const TestTensor dy = Draw(type, y[3].spec.shape, &prng, false);
      const auto given = RunOp(
          "FlashAttentionScoreGrad",
          {m.q, m.k, m.v, dy, m.shift, {}, {}, m.mask, y[0], y[1], {}, y[3]},
          AttrsOf(m));
      ASSERT_EQ(given.size(), 4u);
      ExpectGradients({m, dy, y[3], y[0], y[1]}, given);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(AttentionTest, PromptIsAScoreThatIsScaledBeforeItIsShifted) {
  Prng prng(TestSeed());
  Case c{{"BSH", 2, 4, 2, 5, 7, 8, 8}, {0.5f, false}, {1, 4, 5, 7}, {5, 7}};
  c.rules.before = 3;
  c.rules.after = 2;
  for (DataType type : {DataType::kFloat16, DataType::kBf16}) {
    const Model m = ModelOf(c, type, false, &prng);
    const auto y =
        RunOp("PromptFlashAttention", {m.q, m.k, m.v, m.shift, m.mask},
              {{"num_heads", int64_t{4}},
               {"num_key_value_heads", int64_t{2}},
               {"scale_value", 0.5f},
               {"pre_tokens", int64_t{3}},
               {"next_tokens", int64_t{2}}});
    ASSERT_EQ(y.size(), 1u);
    EXPECT_EQ(y[0].data, RunScore(m)[3].data);
  }
}

TEST(AttentionTest, RefusalsSayWhatIsNotModelled) {
  const auto f16 = DataType::kFloat16;
  const TestTensor q = MakeTensor(f16, {2, 5, 12});
  const TestTensor k = MakeTensor(f16, {2, 7, 12});
  const TestTensor drop = MakeTensor(DataType::kUint8, {4});
  const auto refusal = [&](std::vector<TestTensor> inputs, Attrs attrs) {
    attrs.emplace("head_num", int64_t{3});
    attrs.emplace("input_layout", std::string("BSH"));
    OpCall call;
    call.op = FindOp("FlashAttentionScore");
    call.attrs = attrs;
    for (const TestTensor& x : inputs) call.inputs.push_back(x.spec);
    return call.op->infer(call, &call.outputs).message;
  };
  EXPECT_EQ(refusal({q, k, k}, {}), "");
  EXPECT_EQ(refusal({q, k, k, {}, drop}, {}),
            "FlashAttentionScore: input drop_mask: given a tensor, expected "
            "none");
  EXPECT_EQ(refusal({q, k, k}, {{"input_layout", std::string("TND")}}),
            "FlashAttentionScore: attribute input_layout: given TND, expected "
            "BSH, SBH, BNSD, BSND");
  EXPECT_EQ(refusal({q, k, k}, {{"keep_prob", 0.5f}}),
            "FlashAttentionScore: attribute keep_prob: given 0.500000, "
            "expected 1, as there is no drop_mask");
  EXPECT_EQ(refusal({q, k, k}, {{"head_num", int64_t{5}}}),
            "FlashAttentionScore: input query shape: given [2,5,12], expected "
            "extents BSH with 5 heads");
  EXPECT_EQ(refusal({q, k, k}, {{"sparse_mode", int64_t{4}}}),
            "FlashAttentionScore: attribute sparse_mode: given 4, expected 0, "
            "1, 2, 3");
}

}  // namespace
}  // namespace npuemu::kernels
