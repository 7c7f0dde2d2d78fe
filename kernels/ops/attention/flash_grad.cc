// FlashAttentionScoreGrad: the gradients of query, key, value and of the shift.
// Products are Mmad chains (arithmetic 7.4), the rest is f32 with row sums of
// 7.8; weights and gradients of scores are cast to the operands' type before
// they are multiplied. Two phases: tiles of rows give those of query and shift,
// tiles of columns those of key and value. In order: docs/attention.md.

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/row.h"
#include "kernels/op/rows.h"
#include "kernels/ops/attention/attention.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kDy = 3;
constexpr size_t kShift = 4;
constexpr size_t kMost = 8;
constexpr size_t kSum = 9;
constexpr size_t kResult = 11;

constexpr AttentionNames kNames{kShift,        7, "head_num", "", "pre_tockens",
                                "next_tockens"};

OpStatus Make(const OpCall& call, Attention* a) {
  for (size_t index : {5u, 6u, 12u, 13u, 14u, 15u, 16u}) {
    if (OpStatus s = RefuseInput(call, index); !s.ok()) return s;
  }
  if (OpStatus s = ReadScoreAttrs(call, a); !s.ok()) return s;
  return MakeAttention(call, kNames, a);
}

OpStatus CheckInput(const OpCall& call, size_t index, const Shape& expected) {
  const bool given = HasInput(call, index);
  if (given && call.inputs[index].shape == expected) return {};
  return OpError(
      call, std::string("input ") + call.op->inputs[index].name + " shape",
      given ? ToString(call.inputs[index].shape) : "none", ToString(expected));
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Attention a;
  if (OpStatus s = Make(call, &a); !s.ok()) return s;
  const Shape moments = {a.q.batch, a.q.heads, a.q.length, kCopies};
  const Shape result = ResultShape(call, a);
  for (size_t index : {kDy, kResult}) {
    if (OpStatus s = CheckInput(call, index, result); !s.ok()) return s;
  }
  for (size_t index : {kMost, kSum}) {
    if (OpStatus s = CheckInput(call, index, moments); !s.ok()) return s;
  }
  const Shape scores = {a.q.batch, a.q.heads, a.q.length, a.k.length};
  if (a.shift.given) {
    if (OpStatus s = CheckInput(call, kShift, scores); !s.ok()) return s;
  }
  *outputs = {call.inputs[0], call.inputs[1], call.inputs[2]};
  outputs->push_back(
      {a.type, call.inputs[0].format, a.shift.given ? scores : Shape{0}});
  return {};
}

// Of a block of rows and columns: the weights, and the gradients of scores.
struct Slice {
  Matrix p;
  Matrix ds;
};

float SumOfProducts(const Attention& a, const Operands& operands, int64_t at) {
  const auto n = static_cast<size_t>(a.v.depth);
  std::vector<float> x(n);
  std::vector<float> y(n);
  LoadLanes(a.type, Lane::kFloat, operands.inputs[kDy].data, at, a.v.depth, 1,
            x.data());
  LoadLanes(a.type, Lane::kFloat, operands.inputs[kResult].data, at, a.v.depth,
            1, y.data());
  float lanes[kLanes];
  const int64_t used = LanesOf(a.v.depth);
  const auto product = [&](int64_t d) {
    return x[static_cast<size_t>(d)] * y[static_cast<size_t>(d)];
  };
  SumLanes<float>(a.v.depth, 0, used, product, lanes);
  return SumTree(lanes, used);
}

CubeSide RowsOf(const Attention& a, const Operands& operands, size_t input,
                const Heads& heads, int64_t b, int64_t n, int64_t from,
                int64_t to) {
  const std::byte* data = HeadOf(a, operands, input, heads, b, n) +
                          from * heads.s_stride * (BitsOf(a.type) / 8);
  return {data, to - from, heads.s_stride, 1};
}

// Turned: columns as rows, steps along the sequence.
CubeSide ColumnsOf(const Attention& a, const Operands& operands, size_t input,
                   const Heads& heads, int64_t b, int64_t n, int64_t from) {
  const CubeSide rows = RowsOf(a, operands, input, heads, b, n, from, from);
  return {rows.data, heads.depth, 1, heads.s_stride};
}

Slice SliceOf(const OpCall& call, const Operands& operands, const Attention& a,
              int64_t b, int64_t n, int64_t i0, int64_t i1, int64_t j0,
              int64_t j1) {
  const DataType shift_type =
      a.shift.given ? call.inputs[kShift].dtype : DataType::kFloat;
  Slice slice;
  Scores(a, operands, b, n, i0, i1, j0, j1, shift_type, &slice.p);
  slice.ds.Clear(i1 - i0, j1 - j0);
  MultiplyInto(a, operands.saturate,
               RowsOf(a, operands, kDy, a.y, b, n, i0, i1),
               RowsOf(a, operands, 2, a.v, b, n / a.group(), j0, j1), a.v.depth,
               &slice.ds);
  for (int64_t i = i0; i < i1; ++i) {
    const int64_t at = ((b * a.q.heads + n) * a.q.length + i) * kCopies;
    const float most = operands.inputs[kMost].as<float>()[at];
    const float sum = operands.inputs[kSum].as<float>()[at];
    const float total =
        SumOfProducts(a, operands, a.y.At(b, n) + i * a.y.s_stride);
    float* p = slice.p.Row(i - i0);
    float* ds = slice.ds.Row(i - i0);
    for (int64_t j = 0; j < j1 - j0; ++j) {
      p[j] = sum == 0 ? 0.0f : Exp(p[j] - most) / sum;
      ds[j] = p[j] * (ds[j] - total);
    }
  }
  return slice;
}

// Times the scale if `scaled`, then cast.
void StoreRows(const Attention& a, const Operands& operands, Matrix* m,
               bool scaled, size_t output, int64_t at, int64_t stride) {
  for (int64_t i = 0; i < m->rows; ++i) {
    float* row = m->Row(i);
    for (int64_t d = 0; d < m->columns; ++d) {
      row[d] = CanonicalNan(scaled ? row[d] * a.scale : row[d]);
    }
    StoreLanes(Lane::kFloat, a.type, row, m->columns, operands.saturate,
               operands.outputs[output].data, at + i * stride);
  }
}

void OfQuery(const OpCall& call, const Operands& operands, const Attention& a,
             int64_t item) {
  const int64_t tiles = a.tiles(a.q.length);
  const int64_t i0 = item % tiles * kMmadTile;
  const int64_t i1 = std::min(a.q.length, i0 + kMmadTile);
  const int64_t n = item / tiles % a.q.heads;
  const int64_t b = item / tiles / a.q.heads;
  const int64_t columns = a.k.length;
  Slice slice = SliceOf(call, operands, a, b, n, i0, i1, 0, columns);
  const std::vector<std::byte> ds = Narrowed(a, operands.saturate, &slice.ds);
  Matrix dq;
  dq.Clear(i1 - i0, a.q.depth);
  MultiplyInto(a, operands.saturate, {ds.data(), i1 - i0, columns, 1},
               ColumnsOf(a, operands, 1, a.k, b, n / a.group(), 0), columns,
               &dq);
  StoreRows(a, operands, &dq, true, 0, a.q.At(b, n) + i0 * a.q.s_stride,
            a.q.s_stride);
  if (!a.shift.given || operands.outputs[3].data == nullptr) return;
  StoreRows(a, operands, &slice.ds, a.shift_first, 3,
            ((b * a.q.heads + n) * a.q.length + i0) * columns, columns);
}

void OfKeyAndValue(const OpCall& call, const Operands& operands,
                   const Attention& a, int64_t item) {
  const int64_t tiles = a.tiles(a.k.length);
  const int64_t j0 = item % tiles * kMmadTile;
  const int64_t j1 = std::min(a.k.length, j0 + kMmadTile);
  const int64_t n = item / tiles % a.k.heads;
  const int64_t b = item / tiles / a.k.heads;
  const int64_t columns = j1 - j0;
  Matrix dk;
  Matrix dv;
  dk.Clear(columns, a.k.depth);
  dv.Clear(columns, a.v.depth);
  for (int64_t h = n * a.group(); h < (n + 1) * a.group(); ++h) {
    Slice slice = SliceOf(call, operands, a, b, h, 0, a.q.length, j0, j1);
    const std::vector<std::byte> p = Narrowed(a, operands.saturate, &slice.p);
    const std::vector<std::byte> ds = Narrowed(a, operands.saturate, &slice.ds);
    MultiplyInto(a, operands.saturate, {ds.data(), columns, 1, columns},
                 ColumnsOf(a, operands, 0, a.q, b, h, 0), a.q.length, &dk);
    MultiplyInto(a, operands.saturate, {p.data(), columns, 1, columns},
                 ColumnsOf(a, operands, kDy, a.y, b, h, 0), a.q.length, &dv);
  }
  StoreRows(a, operands, &dk, true, 1, a.k.At(b, n) + j0 * a.k.s_stride,
            a.k.s_stride);
  StoreRows(a, operands, &dv, false, 2, a.v.At(b, n) + j0 * a.v.s_stride,
            a.v.s_stride);
}

int64_t Items(const OpCall& call, int phase) {
  Attention a;
  (void)Make(call, &a);
  const Heads& side = phase == 0 ? a.q : a.k;
  if (ElementCount({side.batch, side.heads, side.length}) == 0) return 0;
  return side.batch * side.heads * a.tiles(side.length);
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  Attention a;
  if (OpStatus s = Make(call, &a); !s.ok()) return s;
  for (int64_t item = begin; item < end; ++item) {
    (phase == 0 ? OfQuery : OfKeyAndValue)(call, operands, a, item);
  }
  return {};
}

Work Cost(const OpCall& call) {
  Attention a;
  (void)Make(call, &a);
  Work work = MoveWork(call);
  const auto heads = static_cast<uint64_t>(a.q.batch * a.q.heads);
  work.cube_cycles =
      heads * 5 * MmadCycles(a.kind, a.q.length, a.k.length, a.q.depth);
  const int64_t bytes = ElementCount({a.q.length, a.k.length, 4});
  for (Instruction step : {kVmuls, kVadds, kVexp, kVdiv, kVadds, kVmul}) {
    work.vector_cycles += heads * VectorCycles(step, bytes);
  }
  return work;
}

}  // namespace

const OpDef& FlashAttentionScoreGradOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("FlashAttentionScoreGrad");
    made.engine = Engine::kCube;
    made.infer = Infer;
    made.phases = [](const OpCall&) { return 2; };
    made.items = Items;
    made.compute = Compute;
    made.cost = Cost;
    made.exactness =
        "Mmad chains (arithmetic 7.4), f32 and row sums of 7.8 between, in the "
        "order of docs/attention.md";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
