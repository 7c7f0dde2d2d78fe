// FFN without experts: y = act(x * weight1 + bias1) * weight2 + bias2. Both
// products are Mmad chains from their bias (arithmetic 7.4); the activation is
// computed in f32 on the sums and cast to x's type once. Four phases: packing
// and product, twice. In order: docs/matmuls.md.

#include <algorithm>
#include <string>

#include "kernels/op/activations.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/rows.h"
#include "kernels/ops/matmul/matmul.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kExperts = 3;
constexpr size_t kBias1 = 4;
constexpr size_t kBias2 = 5;

float Silu(float x) { return x * Sigmoid(x); }

struct Activation {
  const char* name;
  float (*run)(float);
};
constexpr Activation kActivations[] = {
    {"fastgelu", FastGelu}, {"gelu", Gelu}, {"relu", Relu}, {"silu", Silu}};

const Activation* ActivationOf(const OpCall& call) {
  const auto name = AttrOr<std::string>(call.attrs, "activation", "");
  for (const Activation& activation : kActivations) {
    if (name == activation.name) return &activation;
  }
  return nullptr;
}

struct Layers {
  Matmul first;
  Matmul second;
  size_t hidden = 0;  // bytes between
  size_t packed = 0;  // of either product
};

OpStatus CheckWeight(const OpCall& call, size_t index, int64_t k) {
  const Shape& w = call.inputs[index].shape;
  if (w.size() == 2 && w[0] == k) return {};
  return OpError(
      call, std::string("input ") + call.op->inputs[index].name + " shape",
      ToString(w), "two extents, the first one " + std::to_string(k));
}

OpStatus CheckBias(const OpCall& call, size_t index, int64_t n) {
  if (!HasInput(call, index) || call.inputs[index].shape == Shape{n}) return {};
  return OpError(call,
                 std::string("input ") + call.op->inputs[index].name + " shape",
                 ToString(call.inputs[index].shape), ToString(Shape{n}));
}

OpStatus Make(const OpCall& call, Layers* layers) {
  const Shape& x = call.inputs[0].shape;
  if (x.size() < 2) {
    return OpError(call, "input x shape", ToString(x), "two extents or more");
  }
  if (OpStatus s = CheckWeight(call, 1, x.back()); !s.ok()) return s;
  const Shape& w1 = call.inputs[1].shape;
  if (OpStatus s = CheckWeight(call, 2, w1[1]); !s.ok()) return s;
  const int64_t rows = ElementCount(Shape(x.begin(), x.end() - 1));
  const int64_t columns = call.inputs[2].shape[1];
  if (rows < 0 || ElementCount({rows, w1[1], 4}) < 0 ||
      ElementCount({rows, columns}) < 0) {
    return OpError(call, "input x shape", ToString(x), "fewer rows");
  }
  const MmadKind kind = MmadKindOf(call.inputs[0].dtype);
  layers->first = {};
  layers->first.kind = kind;
  layers->first.m = rows;
  layers->first.k = x.back();
  layers->first.n = w1[1];
  layers->second = layers->first;
  layers->second.k = w1[1];
  layers->second.n = columns;
  const auto rounded = [](size_t bytes) { return (bytes + 63) / 64 * 64; };
  layers->hidden = rounded(static_cast<size_t>(rows * w1[1]) * 2);
  layers->packed =
      std::max(MatmulWorkspace(layers->first), MatmulWorkspace(layers->second));
  return {};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  for (size_t i = kExperts; i < call.inputs.size(); ++i) {
    if (i == kBias1 || i == kBias2 || !HasInput(call, i)) continue;
    return OpError(call, std::string("input ") + call.op->inputs[i].name,
                   "a tensor", "none: no experts, no quantised weights");
  }
  for (size_t i = 0; i < 3; ++i) {
    if (call.inputs[i].dtype == call.inputs[0].dtype &&
        call.inputs[i].dtype != DataType::kInt8) {
      continue;
    }
    return OpError(call, std::string("input ") + call.op->inputs[i].name,
                   NameOf(call.inputs[i].dtype), "float16, or all bfloat16");
  }
  if (ActivationOf(call) == nullptr) {
    return OpError(call, "attribute activation",
                   AttrOr<std::string>(call.attrs, "activation", ""),
                   "fastgelu, gelu, relu, silu");
  }
  const auto type = AttrOr<int64_t>(call.attrs, "output_dtype", -1);
  if (type != -1) {
    return OpError(call, "attribute output_dtype", std::to_string(type),
                   "-1 beside weights that are not quantised");
  }
  Layers layers;
  if (OpStatus s = Make(call, &layers); !s.ok()) return s;
  if (OpStatus s = CheckBias(call, kBias1, layers.first.n); !s.ok()) return s;
  if (OpStatus s = CheckBias(call, kBias2, layers.second.n); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape.back() = layers.second.n;
  *outputs = {std::move(y)};
  return {};
}

BiasView BiasOf(const OpCall& call, const Operands& operands, size_t index) {
  if (!HasInput(call, index)) return {nullptr, DataType::kFloat};
  return {operands.inputs[index].data, call.inputs[index].dtype};
}

void Activate(const OpCall& call, const Operands& inner, const Matmul& m,
              const BiasView& bias, std::byte* hidden, int64_t begin,
              int64_t end) {
  const auto act = ActivationOf(call)->run;
  std::vector<float> row(kMmadTile);
  ForEachTile<float>(
      m, inner, inner.saturate, begin, end,
      [&](const MatmulTile& tile, float* acc) {
        InitFromBias(bias, tile, acc);
      },
      [&](const MatmulTile& tile, const float* acc) {
        const int64_t n = tile.columns();
        for (int64_t i = 0; i < tile.rows(); ++i) {
          for (int64_t j = 0; j < n; ++j) {
            row[static_cast<size_t>(j)] =
                CanonicalNan(act(acc[i * kMmadTile + j]));
          }
          StoreLanes(Lane::kFloat, call.inputs[0].dtype, row.data(), n,
                     inner.saturate, hidden,
                     (tile.area.m0 + i) * m.n + tile.area.n0);
        }
      });
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  Layers layers;
  if (OpStatus s = Make(call, &layers); !s.ok()) return s;
  const size_t needed = layers.hidden + layers.packed;
  if (OpStatus s = CheckWorkspace(call, operands, needed); !s.ok()) return s;
  const bool second = phase >= 2;
  const Matmul& matmul = second ? layers.second : layers.first;
  std::byte* hidden = operands.workspace.data();
  Operands inner = operands;
  inner.workspace = operands.workspace.subspan(layers.hidden);
  if (second) {
    inner.inputs[0] = {hidden, layers.hidden};
    inner.inputs[1] = operands.inputs[2];
  }
  if (phase % 2 == 0) {
    PackItems(matmul, inner, operands.saturate, begin, end);
  } else if (second) {
    MultiplyBiased(matmul, inner, BiasOf(call, operands, kBias2),
                   call.outputs[0].dtype, begin, end);
  } else {
    Activate(call, inner, matmul, BiasOf(call, operands, kBias1), hidden, begin,
             end);
  }
  return {};
}

Work Cost(const OpCall& call) {
  Layers layers;
  (void)Make(call, &layers);
  Work work = MoveWork(call);
  for (const Matmul* m : {&layers.first, &layers.second}) {
    work.cube_cycles += MmadCycles(m->kind, m->m, m->n, m->k);
  }
  for (Instruction step : {kVmuls, kVexp, kVadds, kVdiv, kVmul, kVconv}) {
    work.vector_cycles += VectorCycles(step, layers.first.m * layers.first.n);
  }
  return work;
}

}  // namespace

const OpDef& FFNOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("FFN");
    made.engine = Engine::kCube;
    made.infer = Infer;
    made.workspace = [](const OpCall& call) {
      Layers layers;
      (void)Make(call, &layers);
      return layers.hidden + layers.packed;
    };
    made.phases = [](const OpCall&) { return 4; };
    made.items = [](const OpCall& call, int phase) {
      Layers layers;
      (void)Make(call, &layers);
      return MatmulItems(phase < 2 ? layers.first : layers.second, phase % 2);
    };
    made.compute = Compute;
    made.cost = Cost;
    made.exactness =
        "Two Mmad chains from their bias (arithmetic 7.4), the activation in "
        "f32 between, one cast each";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
