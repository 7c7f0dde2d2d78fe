// y = x1 * x2 + bias with the bias as the initial accumulator (arithmetic 4.2,
// 7.4) and Fixpipe as the last step (7.5): MatMulV2 and BatchMatMulV2.

#include <algorithm>
#include <string>

#include "kernels/gemm/fixpipe.h"
#include "kernels/numeric/element.h"
#include "kernels/op/cost.h"
#include "kernels/ops/matmul/matmul.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kBias = 2;
constexpr size_t kOffsetW = 3;

bool Has(const OpCall& call, size_t index) {
  return index < call.inputs.size() && !call.inputs[index].absent();
}

int64_t OffsetX(const OpCall& call) {
  return AttrOr<int64_t>(call.attrs, "offset_x", 0);
}

OpStatus CheckOffsets(const OpCall& call) {
  if (Has(call, kOffsetW)) {
    return OpError(call, "input offset_w", NameOf(call.inputs[kOffsetW].dtype),
                   "none");
  }
  const int64_t offset = OffsetX(call);
  const DataType dtype = call.inputs[0].dtype;
  const int64_t limit = dtype == DataType::kInt8 ? 128 : 0;
  if (offset < -limit || offset > std::max<int64_t>(limit - 1, 0)) {
    return OpError(call, "attribute offset_x", std::to_string(offset),
                   dtype == DataType::kInt8
                       ? "-128 to 127"
                       : std::string("0 beside x1 ") + NameOf(dtype));
  }
  return {};
}

// [n], or [1,..,1,n].
OpStatus CheckBias(const OpCall& call, int64_t n) {
  if (!Has(call, kBias)) return {};
  const Shape& shape = call.inputs[kBias].shape;
  if (!shape.empty() && shape.back() == n &&
      std::all_of(shape.begin(), shape.end() - 1,
                  [](int64_t extent) { return extent == 1; })) {
    return {};
  }
  return OpError(call,
                 std::string("input ") + call.op->inputs[kBias].name + " shape",
                 ToString(shape), ToString(Shape{n}));
}

BiasView BiasOf(const OpCall& call, const Operands& operands) {
  if (!Has(call, kBias)) return {nullptr, DataType::kFloat};
  return {operands.inputs[kBias].data, call.inputs[kBias].dtype};
}

// Sets every row of the tile to its part of the bias.
template <typename Acc>
void InitRows(const BiasView& bias, const MatmulTile& tile, Acc* acc) {
  if (bias.data == nullptr) return;
  const auto copy = [&]<typename T>() {
    const T* from = reinterpret_cast<const T*>(bias.data) + tile.area.n0;
    for (int64_t j = 0; j < tile.columns(); ++j) {
      acc[j] = static_cast<Acc>(Widen(from[j]));
    }
  };
  Dispatch(Types<Float16, BFloat16, float, int32_t>(), bias.type, copy);
  for (int64_t i = 1; i < tile.rows(); ++i) {
    std::copy_n(acc, tile.columns(), acc + i * kMmadTile);
  }
}

template <typename Acc, typename T>
void Multiply(const Matmul& matmul, const Operands& operands,
              const BiasView& bias, int64_t begin, int64_t end) {
  const bool saturate = operands.saturate;
  const auto row_of = [&](const MatmulTile& tile, int64_t i) {
    const int64_t row = tile.batch * matmul.m + tile.area.m0 + i;
    return operands.outputs[0].as<T>() + row * matmul.n + tile.area.n0;
  };
  ForEachTile<Acc>(
      matmul, operands, saturate, begin, end,
      [&](const MatmulTile& tile, Acc* acc) {
        InitRows(bias, tile, acc);
        // The output comes into the cache while the tile is multiplied.
        constexpr int64_t kLine = 64 / sizeof(T);
        for (int64_t i = 0; i < tile.rows(); ++i) {
          const T* const row = row_of(tile, i);
          for (int64_t j = 0; j < tile.columns(); j += kLine) {
            __builtin_prefetch(row + j, /*rw=*/1, /*locality=*/2);
          }
        }
      },
      [&](const MatmulTile& tile, const Acc* acc) {
        for (int64_t i = 0; i < tile.rows(); ++i) {
          FixpipeRow<T>(acc + i * kMmadTile, tile.columns(), saturate,
                        row_of(tile, i));
        }
      });
}

}  // namespace

Matmul CheckedMatmul(const OpCall& call, MakeFn make) {
  Matmul matmul;
  (void)make(call, &matmul);
  matmul.offset_x = static_cast<int32_t>(OffsetX(call));
  return matmul;
}

void InitFromBias(const BiasView& bias, const MatmulTile& tile, float* acc) {
  InitRows(bias, tile, acc);
}

void MultiplyBiased(const Matmul& matmul, const Operands& operands,
                    const BiasView& bias, DataType type, int64_t begin,
                    int64_t end) {
  switch (type) {
    case DataType::kFloat16:
      return Multiply<float, Float16>(matmul, operands, bias, begin, end);
    case DataType::kBf16:
      return Multiply<float, BFloat16>(matmul, operands, bias, begin, end);
    case DataType::kInt32:
      return Multiply<int32_t, int32_t>(matmul, operands, bias, begin, end);
    default:
      return Multiply<float, float>(matmul, operands, bias, begin, end);
  }
}

OpStatus InferBiased(const OpCall& call, MakeFn make,
                     std::vector<TensorSpec>* outputs) {
  Matmul matmul;
  if (OpStatus s = CheckOffsets(call); !s.ok()) return s;
  if (OpStatus s = make(call, &matmul); !s.ok()) return s;
  if (OpStatus s = CheckBias(call, matmul.n); !s.ok()) return s;
  *outputs = {{OutputType(call), call.inputs[0].format, OutputShape(matmul)}};
  return {};
}

size_t BiasedWorkspace(const OpCall& call, MakeFn make) {
  return MatmulWorkspace(CheckedMatmul(call, make));
}

int64_t BiasedItems(const OpCall& call, MakeFn make, int phase) {
  return MatmulItems(CheckedMatmul(call, make), phase);
}

OpStatus ComputeBiased(const OpCall& call, MakeFn make,
                       const Operands& operands, int phase, int64_t begin,
                       int64_t end) {
  const Matmul matmul = CheckedMatmul(call, make);
  const size_t needed = MatmulWorkspace(matmul);
  if (OpStatus s = CheckWorkspace(call, operands, needed); !s.ok()) return s;
  if (phase == 0) {
    PackItems(matmul, operands, operands.saturate, begin, end);
    return {};
  }
  MultiplyBiased(matmul, operands, BiasOf(call, operands), OutputType(call),
                 begin, end);
  return {};
}

Work BiasedCost(const OpCall& call, MakeFn make) {
  const Matmul matmul = CheckedMatmul(call, make);
  Work work = MoveWork(call);
  work.cube_cycles = static_cast<uint64_t>(ElementCount(matmul.batch)) *
                     MmadCycles(matmul.kind, matmul.m, matmul.n, matmul.k);
  return work;
}

}  // namespace npuemu::kernels
