// WeightQuantBatchMatmulV2: weights of int8 become elements of x's type, (w +
// offset) * scale in f32 and one cast, then y = x * w + bias as MatMulV2: one
// Mmad chain from the bias (arithmetic 7.4), stored by Fixpipe (7.5). Three
// phases: weights, packing, products. In order: docs/matmuls.md.

#include <algorithm>
#include <string>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/rows.h"
#include "kernels/ops/matmul/matmul.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kWeight = 1;
constexpr size_t kScale = 2;
constexpr size_t kOffset = 3;
constexpr size_t kBias = 6;

OpStatus Make(const OpCall& call, Matmul* matmul) {
  return MakeMatmul(call, {2, 2}, matmul);
}

// Which scale stands beside (k, n), and how many there are.
struct Scales {
  int64_t n_stride = 0;
  int64_t k_stride = 0;
  int64_t group = 0;  // 0: all of K is one
  Shape shape;

  int64_t At(int64_t k, int64_t n) const {
    return n * n_stride + (group == 0 ? 0 : k / group * k_stride);
  }
};

OpStatus ReadScales(const OpCall& call, const Matmul& m, Scales* scales) {
  const auto group = AttrOf<int64_t>(call, "antiquant_group_size", 0);
  if (group < 0) {
    return OpError(call, "attribute antiquant_group_size",
                   std::to_string(group), "0 or more");
  }
  const TensorSpec& given = call.inputs[kScale];
  *scales = {};
  if (group > 0) {
    const int64_t groups = m.k == 0 ? 0 : (m.k - 1) / group + 1;
    const bool turned = m.x2.transposed;
    scales->group = group;
    scales->n_stride = turned ? groups : 1;
    scales->k_stride = turned ? 1 : m.n;
    scales->shape = turned ? Shape{m.n, groups} : Shape{groups, m.n};
    if (given.shape == scales->shape) return {};
    return OpError(call, "input antiquant_scale shape", ToString(given.shape),
                   ToString(scales->shape));
  }
  scales->shape = given.shape;
  scales->n_stride = given.count() == 1 ? 0 : 1;
  const bool lone = std::count_if(given.shape.begin(), given.shape.end(),
                                  [](int64_t x) { return x != 1; }) <= 1;
  if (given.count() == 1 || (given.count() == m.n && lone)) return {};
  return OpError(call, "input antiquant_scale shape", ToString(given.shape),
                 "one element or " + ToString(Shape{m.n}));
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  for (size_t i : {size_t{4}, size_t{5}}) {
    if (!HasInput(call, i)) continue;
    return OpError(call, std::string("input ") + call.op->inputs[i].name,
                   "a tensor", "none: results are floats");
  }
  if (call.inputs[kWeight].dtype != DataType::kInt8) {
    return OpError(call, "input weight", NameOf(call.inputs[kWeight].dtype),
                   "int8");
  }
  if (call.inputs[kScale].dtype != call.inputs[0].dtype) {
    return OpError(call, "input antiquant_scale",
                   NameOf(call.inputs[kScale].dtype),
                   NameOf(call.inputs[0].dtype));
  }
  const auto type = AttrOf<int64_t>(call, "dtype", -1);
  if (type != -1 && type != static_cast<int64_t>(call.inputs[0].dtype)) {
    return OpError(call, "attribute dtype", std::to_string(type),
                   "-1, or the number of x's type");
  }
  Matmul matmul;
  Scales scales;
  if (OpStatus s = Make(call, &matmul); !s.ok()) return s;
  if (OpStatus s = ReadScales(call, matmul, &scales); !s.ok()) return s;
  if (HasInput(call, kOffset) && call.inputs[kOffset].shape != scales.shape) {
    return OpError(call, "input antiquant_offset shape",
                   ToString(call.inputs[kOffset].shape),
                   ToString(scales.shape));
  }
  if (HasInput(call, kBias) && call.inputs[kBias].count() != matmul.n) {
    return OpError(call, "input bias shape", ToString(call.inputs[kBias].shape),
                   ToString(Shape{matmul.n}));
  }
  *outputs = {
      {call.inputs[0].dtype, call.inputs[0].format, OutputShape(matmul)}};
  return {};
}

size_t WeightBytes(const Matmul& m) {
  return (static_cast<size_t>(m.k * m.n) * 2 + 63) / 64 * 64;
}

// The numbers of `input` (scale or offset) beside row r of the weights as they
// are stored: one for each run of elements that share it.
void LoadBeside(const OpCall& call, const Operands& operands, const Matmul& m,
                const Scales& scales, size_t input, int64_t r, float* row) {
  const auto load = [&](int64_t at, int64_t c, int64_t count, int64_t step) {
    LoadLanes(call.inputs[input].dtype, Lane::kFloat,
              operands.inputs[input].data, at, count, step, row + c);
  };
  if (!m.x2.transposed) return load(scales.At(r, 0), 0, m.n, scales.n_stride);
  const int64_t run = scales.group == 0 ? m.k : scales.group;
  for (int64_t c = 0; c < m.k; c += run) {
    load(scales.At(c, r), c, std::min(run, m.k - c), 0);
  }
}

// Row r of the weights as they are stored.
void DequantiseRow(const OpCall& call, const Operands& operands,
                   const Matmul& m, const Scales& scales, int64_t r) {
  const int64_t n = m.x2.transposed ? m.k : m.n;
  const auto* weights = operands.inputs[kWeight].as<int8_t>() + r * n;
  std::vector<float> row(weights, weights + n);
  std::vector<float> beside(row.size());
  if (HasInput(call, kOffset)) {
    LoadBeside(call, operands, m, scales, kOffset, r, beside.data());
    for (size_t c = 0; c < row.size(); ++c) row[c] += beside[c];
  }
  LoadBeside(call, operands, m, scales, kScale, r, beside.data());
  for (size_t c = 0; c < row.size(); ++c) {
    row[c] = CanonicalNan(row[c] * beside[c]);
  }
  StoreLanes(Lane::kFloat, call.inputs[0].dtype, row.data(), n,
             operands.saturate, operands.workspace.data(), r * n);
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  Matmul matmul;
  Scales scales;
  if (OpStatus s = Make(call, &matmul); !s.ok()) return s;
  if (OpStatus s = ReadScales(call, matmul, &scales); !s.ok()) return s;
  if (phase == 0) {
    for (int64_t r = begin; r < end; ++r) {
      DequantiseRow(call, operands, matmul, scales, r);
    }
    return {};
  }
  Operands inner = operands;
  const size_t bytes = WeightBytes(matmul);
  inner.inputs[kWeight] = {operands.workspace.data(), bytes};
  inner.workspace = operands.workspace.subspan(bytes);
  if (phase == 1) {
    PackItems(matmul, inner, operands.saturate, begin, end);
    return {};
  }
  const bool has_bias = HasInput(call, kBias);
  const BiasView bias{has_bias ? operands.inputs[kBias].data : nullptr,
                      has_bias ? call.inputs[kBias].dtype : DataType::kFloat};
  MultiplyBiased(matmul, inner, bias, call.outputs[0].dtype, begin, end);
  return {};
}

}  // namespace

const OpDef& WeightQuantBatchMatmulV2Op() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = BiasedOp<Make>(Signature("WeightQuantBatchMatmulV2"));
    made.infer = Infer;
    made.phases = [](const OpCall&) { return 3; };
    made.workspace = [](const OpCall& call) {
      const Matmul m = CheckedMatmul(call, Make);
      return WeightBytes(m) + MatmulWorkspace(m);
    };
    made.items = [](const OpCall& call, int phase) {
      const Matmul m = CheckedMatmul(call, Make);
      if (phase == 0) return m.x2.transposed ? m.n : m.k;
      return MatmulItems(m, phase - 1);
    };
    made.compute = Compute;
    made.exactness =
        "Weights dequantised in f32 and cast once, then one Mmad chain over K "
        "from the bias (arithmetic 7.4), stored by Fixpipe (7.5)";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
