// FlashAttentionScore and the tiles of its kind: softmax(scale * (q k^T +
// shift), masked) v for each head, whole rows at a time. Products are Mmad
// chains (arithmetic 7.4), the rest is f32 with row sums of 7.8; what is
// multiplied by v is cast to the operands' type once. Layouts BSH, SBH, BNSD,
// BSND. In order: docs/attention.md.

#include "kernels/ops/attention/flash.h"

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/row.h"
#include "kernels/op/rows.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct RowMoments {
  float most;
  float sum;
};

// e^(x - largest) in place; a row without a place that is not masked is 0.
RowMoments Powers(float* x, int64_t n) {
  const float most = Largest(x, n);
  if (most == -kInf) {
    std::fill_n(x, n, 0.0f);
    return {most, 0.0f};
  }
  for (int64_t j = 0; j < n; ++j) x[j] = Exp(x[j] - most);
  float lanes[kLanes];
  const int64_t used = LanesOf(n);
  SumLanes<float>(
      n, 0, used, [&](int64_t j) { return x[j]; }, lanes);
  return {most, SumTree(lanes, used)};
}

}  // namespace

void ComputeFlashTile(const OpCall& call, const Operands& operands,
                      const Attention& a, int64_t item) {
  const bool has_moments = call.outputs.size() > 1;
  const size_t result = has_moments ? 3 : 0;
  const int64_t tiles = a.tiles(a.q.length);
  const int64_t i0 = item % tiles * kMmadTile;
  const int64_t i1 = std::min(a.q.length, i0 + kMmadTile);
  const int64_t n = item / tiles % a.q.heads;
  const int64_t b = item / tiles / a.q.heads;
  const DataType shift_type =
      a.shift.given ? call.inputs[a.shift_input].dtype : DataType::kFloat;
  Matrix p;
  Scores(a, operands, b, n, i0, i1, 0, a.k.length, shift_type, &p);
  std::vector<RowMoments> moments;
  for (int64_t i = i0; i < i1; ++i) {
    moments.push_back(Powers(p.Row(i - i0), p.columns));
  }
  const std::vector<std::byte> powers = Narrowed(a, operands.saturate, &p);
  Matrix y;
  y.Clear(i1 - i0, a.v.depth);
  const std::byte* v = HeadOf(a, operands, 2, a.v, b, n / a.group());
  MultiplyInto(a, operands.saturate, {powers.data(), p.rows, p.columns, 1},
               {v, a.v.depth, 1, a.v.s_stride}, p.columns, &y);
  for (int64_t i = i0; i < i1; ++i) {
    const RowMoments& m = moments[static_cast<size_t>(i - i0)];
    float* row = y.Row(i - i0);
    for (int64_t d = 0; d < a.v.depth; ++d) {
      row[d] = m.sum == 0 ? 0.0f : CanonicalNan(row[d] / m.sum);
    }
    StoreLanes(Lane::kFloat, a.type, row, a.v.depth, operands.saturate,
               operands.outputs[result].data, a.y.At(b, n) + i * a.y.s_stride);
    if (!has_moments) continue;
    const int64_t at = ((b * a.q.heads + n) * a.q.length + i) * kCopies;
    for (size_t k = 0; k < 2; ++k) {
      if (operands.outputs[k].data == nullptr) continue;
      const float value = CanonicalNan(k == 0 ? m.most : m.sum);
      std::fill_n(operands.outputs[k].as<float>() + at, kCopies, value);
    }
  }
}

int64_t FlashItems(const Attention& a) {
  if (ElementCount({a.q.batch, a.q.heads, a.q.length}) == 0) return 0;
  return a.q.batch * a.q.heads * a.tiles(a.q.length);
}

Work FlashCost(const OpCall& call, const Attention& a) {
  Work work = MoveWork(call);
  const auto heads = static_cast<uint64_t>(a.q.batch * a.q.heads);
  work.cube_cycles =
      heads * (MmadCycles(a.kind, a.q.length, a.k.length, a.q.depth) +
               MmadCycles(a.kind, a.q.length, a.v.depth, a.k.length));
  const int64_t bytes = ElementCount({a.q.length, a.k.length, 4});
  for (Instruction step : {kVmuls, kVcadd, kVadds, kVexp, kVcadd, kVconv}) {
    work.vector_cycles += heads * VectorCycles(step, bytes);
  }
  return work;
}

namespace {

constexpr AttentionNames kScore{
    3, 6, "head_num", "", "pre_tockens", "next_tockens"};

OpStatus MakeScore(const OpCall& call, Attention* a) {
  for (size_t index : {4u, 5u, 7u, 8u, 9u, 10u, 11u}) {
    if (OpStatus s = RefuseInput(call, index); !s.ok()) return s;
  }
  if (OpStatus s = ReadScoreAttrs(call, a); !s.ok()) return s;
  return MakeAttention(call, kScore, a);
}

OpStatus InferScore(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Attention a;
  if (OpStatus s = MakeScore(call, &a); !s.ok()) return s;
  const Format format = call.inputs[0].format;
  const Shape moments = {a.q.batch, a.q.heads, a.q.length, kCopies};
  *outputs = {{DataType::kFloat, format, moments},
              {DataType::kFloat, format, moments},
              {a.type, format, {0}},
              {a.type, format, ResultShape(call, a)}};
  return {};
}

}  // namespace

const OpDef& FlashAttentionScoreOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = FlashOp<MakeScore>(Signature("FlashAttentionScore"));
    made.infer = InferScore;
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
