// QuantBatchMatmulV3: the product of int8 matrices, exact sums in int32 from an
// int32 bias (arithmetic 7.4), then Fixpipe by parameters (7.5), or f32 factors
// of columns and rows and a float bias, one cast. In order: docs/matmuls.md.

#include <algorithm>
#include <string>

#include "kernels/numeric/element.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/rows.h"
#include "kernels/ops/matmul/matmul.h"
#include "kernels/ops/quant/fixpipe_param.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kScale = 2;
constexpr size_t kOffset = 3;
constexpr size_t kBias = 4;
constexpr size_t kRowScale = 5;

OpStatus Make(const OpCall& call, Matmul* matmul) {
  return MakeMatmul(call, {2, 8}, matmul);
}

OpStatus CheckCount(const OpCall& call, size_t index, bool one, int64_t n) {
  if (!HasInput(call, index)) return {};
  const int64_t count = call.inputs[index].count();
  if (count == n || (one && count == 1)) return {};
  return OpError(
      call, std::string("input ") + call.op->inputs[index].name + " shape",
      ToString(call.inputs[index].shape),
      one ? "one element or " + std::to_string(n) : ToString(Shape{n}));
}

bool HasParams(const OpCall& call) {
  return LaneOf(call.inputs[kScale].dtype) != Lane::kFloat;
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Matmul matmul;
  if (OpStatus s = Make(call, &matmul); !s.ok()) return s;
  if (HasInput(call, kOffset)) {
    return OpError(call, "input offset", "a tensor",
                   "none: it is a part of the parameters (TransQuantParamV2)");
  }
  if (OpStatus s = CheckCount(call, kScale, true, matmul.n); !s.ok()) return s;
  if (OpStatus s = CheckCount(call, kBias, false, matmul.n); !s.ok()) return s;
  if (OpStatus s = CheckCount(call, kRowScale, false, matmul.m); !s.ok()) {
    return s;
  }
  if (HasParams(call) && HasInput(call, kRowScale)) {
    return OpError(call, "input pertoken_scale", "a tensor",
                   "none beside parameters");
  }
  const auto number = AttrOf<int64_t>(call, "dtype", 0);
  for (DataType type : {DataType::kFloat16, DataType::kInt8, DataType::kInt32,
                        DataType::kBf16}) {
    if (number != static_cast<int64_t>(type)) continue;
    *outputs = {{type, call.inputs[0].format, OutputShape(matmul)}};
    return {};
  }
  return OpError(call, "attribute dtype", std::to_string(number),
                 "1 (float16), 2 (int8), 3 (int32), 27 (bfloat16)");
}

// What is done to sums, in lanes.
struct Finish {
  DataType type;  // of y
  std::vector<FixpipeParam> params;
  std::vector<float> columns;
  std::vector<float> rows;
  std::vector<float> bias;
  const int32_t* int_bias = nullptr;

  size_t Column(size_t count, int64_t j) const {
    return count == 1 ? 0 : static_cast<size_t>(j);
  }
};

std::vector<float> FloatsOf(const OpCall& call, const Operands& operands,
                            size_t index) {
  if (!HasInput(call, index)) return {};
  const TensorSpec& spec = call.inputs[index];
  std::vector<float> values(static_cast<size_t>(spec.count()));
  LoadLanes(spec.dtype, Lane::kFloat, operands.inputs[index].data, 0,
            spec.count(), 1, values.data());
  return values;
}

OpStatus ReadFinish(const OpCall& call, const Operands& operands,
                    Finish* finish) {
  finish->type = call.outputs[0].dtype;
  if (HasInput(call, kBias) && call.inputs[kBias].dtype == DataType::kInt32) {
    finish->int_bias = operands.inputs[kBias].as<int32_t>();
  } else {
    finish->bias = FloatsOf(call, operands, kBias);
  }
  if (finish->type == DataType::kInt32) return {};
  finish->rows = FloatsOf(call, operands, kRowScale);
  if (!HasParams(call)) {
    finish->columns = FloatsOf(call, operands, kScale);
    return {};
  }
  const auto* params = operands.inputs[kScale].as<uint64_t>();
  for (int64_t j = 0; j < call.inputs[kScale].count(); ++j) {
    finish->params.push_back(FixpipeParamOf(params[j]));
    if (finish->params.back().valid) continue;
    return OpError(call, "input scale", std::to_string(params[j]),
                   "a scale in bits 13 to 31 that is finite and normal");
  }
  return {};
}

// One row of sums, from column j0 on, to elements from `at` on.
void StoreRow(const Finish& f, const Matmul& matmul, const MatmulTile& tile,
              int64_t i, const int32_t* acc, const Operands& operands) {
  const int64_t n = tile.columns();
  const int64_t row = tile.area.m0 + i;
  const int64_t at = (tile.batch * matmul.m + row) * matmul.n + tile.area.n0;
  const TensorView& y = operands.outputs[0];
  if (f.type == DataType::kInt32) {
    std::copy_n(acc, n, y.as<int32_t>() + at);
    return;
  }
  std::vector<float> lanes(static_cast<size_t>(n));
  for (int64_t j = 0; j < n; ++j) {
    const int64_t column = tile.area.n0 + j;
    float& z = lanes[static_cast<size_t>(j)];
    if (!f.params.empty()) {
      const FixpipeParam& p = f.params[f.Column(f.params.size(), column)];
      z = p.Scaled(acc[j], false);
      if (f.type == DataType::kInt8) {
        y.as<int8_t>()[at + j] = static_cast<int8_t>(p.ToByte(z));
      }
      z = std::clamp(z, -65504.0f, 65504.0f);
      continue;
    }
    z = static_cast<float>(acc[j]) *
        f.columns[f.Column(f.columns.size(), column)];
    if (!f.rows.empty()) z = z * f.rows[static_cast<size_t>(row)];
    if (!f.bias.empty()) z = z + f.bias[static_cast<size_t>(column)];
    z = CanonicalNan(z);
  }
  if (f.type == DataType::kInt8) return;
  StoreLanes(Lane::kFloat, f.type, lanes.data(), n, operands.saturate, y.data,
             at);
}

OpStatus Compute(const OpCall& call, const Operands& operands, int phase,
                 int64_t begin, int64_t end) {
  const Matmul matmul = CheckedMatmul(call, Make);
  const size_t needed = MatmulWorkspace(matmul);
  if (OpStatus s = CheckWorkspace(call, operands, needed); !s.ok()) return s;
  if (phase == 0) {
    PackItems(matmul, operands, operands.saturate, begin, end);
    return {};
  }
  Finish finish;
  if (OpStatus s = ReadFinish(call, operands, &finish); !s.ok()) return s;
  ForEachTile<int32_t>(
      matmul, operands, operands.saturate, begin, end,
      [&](const MatmulTile& tile, int32_t* acc) {
        if (finish.int_bias == nullptr) return;
        for (int64_t i = 0; i < tile.rows(); ++i) {
          std::copy_n(finish.int_bias + tile.area.n0, tile.columns(),
                      acc + i * kMmadTile);
        }
      },
      [&](const MatmulTile& tile, const int32_t* acc) {
        for (int64_t i = 0; i < tile.rows(); ++i) {
          StoreRow(finish, matmul, tile, i, acc + i * kMmadTile, operands);
        }
      });
  return {};
}

}  // namespace

const OpDef& QuantBatchMatmulV3Op() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = BiasedOp<Make>(Signature("QuantBatchMatmulV3"));
    made.infer = Infer;
    made.compute = Compute;
    made.exactness =
        "Exact int32 sums (arithmetic 7.4), then Fixpipe by parameters (7.5) "
        "or f32 factors and bias, one cast, in the order of docs/matmuls.md";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
