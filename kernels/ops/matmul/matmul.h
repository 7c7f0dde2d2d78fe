// File: matmul.h
// What the matmul operators share: the product batch x (m,k) x (k,n) of a
// call, its workspace and its two phases.
//
// Phase 0 packs: an item is one panel of 8 rows of x1 or 8 columns of x2,
// written to the workspace. Phase 1 multiplies: an item is one output tile of
// at most kMmadTile squared, one Mmad chain over the full K (arithmetic 7.8).

#ifndef KERNELS_OPS_MATMUL_MATMUL_H_
#define KERNELS_OPS_MATMUL_MATMUL_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/gemm/pack.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// One operand: `matrices` row-major matrices. step[d] is how many matrices
// one step along batch extent d moves on; 0 where the operand is broadcast.
struct MatmulSide {
  int64_t matrices = 1;
  std::vector<int64_t> step;
  bool transposed = false;  // stored (k,m) for x1, (n,k) for x2
};

struct Matmul {
  MmadKind kind = MmadKind::kFloat16;
  int64_t m = 0;
  int64_t n = 0;
  int64_t k = 0;
  Shape batch;  // of the output; empty for one matrix
  Shape rows;   // m as extents of the output; empty: it is one
  MatmulSide x1;
  MatmulSide x2;
  int32_t offset_x = 0;  // subtracted from x1

  int64_t tile_rows() const { return (m + kMmadTile - 1) / kMmadTile; }
  int64_t tile_columns() const { return (n + kMmadTile - 1) / kMmadTile; }
};

// Ranks of the operands that an operator takes.
struct MatmulRanks {
  size_t least;
  size_t most;
};

// The product of inputs 0 and 1 of a call that CheckCall has passed. The first
// two bool attributes of every matmul operator transpose them. Error: ranks, K,
// batch extents, or an output of too many elements.
OpStatus MakeMatmul(const OpCall& call, MatmulRanks ranks, Matmul* matmul);

// Batch extents, then m (as `rows`) and n.
Shape OutputShape(const Matmul& matmul);

// The dtype of output 0: as given, else that of the first column of the dtype
// table that fits the inputs.
DataType OutputType(const OpCall& call);

// Bytes of all panels: those of x1, then those of x2 from MatmulX2Offset on.
size_t MatmulWorkspace(const Matmul& matmul);
size_t MatmulX2Offset(const Matmul& matmul);

int64_t MatmulItems(const Matmul& matmul, int phase);

// Phase 0.
void PackItems(const Matmul& matmul, const Operands& operands, bool saturate,
               int64_t begin, int64_t end);

// One item of phase 1.
struct MatmulTile {
  int64_t batch;  // flat index of the output matrix
  MmadTile area;
  int64_t x1_matrix;
  int64_t x2_matrix;

  int64_t rows() const { return area.m1 - area.m0; }
  int64_t columns() const { return area.n1 - area.n0; }
};

MatmulTile TileOf(const Matmul& matmul, int64_t item);

// The operands of one tile's Mmad, in the workspace.
MmadProblem ProblemOf(const Matmul& matmul, const MatmulTile& tile,
                      const Operands& operands, bool saturate);

// Phase 1: for each tile, init(tile, acc) sets the initial accumulators, zero
// until then, and finish(tile, acc) stores the results. acc is row-major with
// row stride kMmadTile; Acc is float or, for integer kinds, int32_t.
template <typename Acc, typename Init, typename Finish>
void ForEachTile(const Matmul& matmul, const Operands& operands, bool saturate,
                 int64_t begin, int64_t end, const Init& init,
                 const Finish& finish) {
  const std::unique_ptr<Acc[]> acc(new Acc[kMmadTile * kMmadTile]);
  for (int64_t item = begin; item < end; ++item) {
    const MatmulTile tile = TileOf(matmul, item);
    const MmadProblem problem = ProblemOf(matmul, tile, operands, saturate);
    const int64_t rows = PanelCount(tile.rows()) * kPanelRows;
    std::fill_n(acc.get(), rows * kMmadTile, Acc{0});
    init(tile, acc.get());
    if constexpr (std::is_same_v<Acc, float>) {
      MmadFloat(problem, tile.area, acc.get(), kMmadTile);
    } else {
      MmadInt(problem, tile.area, acc.get(), kMmadTile);
    }
    finish(tile, static_cast<const Acc*>(acc.get()));
  }
}

// One value for each column, of f16, bf16, f32 or int32; null: none.
struct BiasView {
  const std::byte* data;
  DataType type;
};

// Every row of a tile begins with its part of the bias.
void InitFromBias(const BiasView& bias, const MatmulTile& tile, float* acc);

// Phase 1 to output 0, of `type`.
void MultiplyBiased(const Matmul& matmul, const Operands& operands,
                    const BiasView& bias, DataType type, int64_t begin,
                    int64_t end);

// The product that an operator makes of a call.
using MakeFn = OpStatus (*)(const OpCall& call, Matmul* matmul);

// The product of a call that infer has passed.
Matmul CheckedMatmul(const OpCall& call, MakeFn make);

template <size_t kLeast, size_t kMost>
OpStatus MakeRanked(const OpCall& call, Matmul* matmul) {
  return MakeMatmul(call, {kLeast, kMost}, matmul);
}

// The whole of an operator behind its product: inputs x1, x2 and, where it has
// them, bias and offset_w; output y; the attribute offset_x if there is one.
OpStatus InferBiased(const OpCall& call, MakeFn make,
                     std::vector<TensorSpec>* outputs);
size_t BiasedWorkspace(const OpCall& call, MakeFn make);
int64_t BiasedItems(const OpCall& call, MakeFn make, int phase);
OpStatus ComputeBiased(const OpCall& call, MakeFn make,
                       const Operands& operands, int phase, int64_t begin,
                       int64_t end);
Work BiasedCost(const OpCall& call, MakeFn make);

inline constexpr const char* kBiasedExactness =
    "One Mmad chain over K from the bias (arithmetic 7.4: f64 groups of 16 for "
    "f16 and bf16, 4 for f32, exact 32 for int8), stored by Fixpipe (7.5); "
    "bits equal to the specification.";

// Completes a signature.
template <MakeFn kMake>
OpDef BiasedOp(OpDef op) {
  op.engine = Engine::kCube;
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferBiased(call, kMake, outputs);
  };
  op.workspace = [](const OpCall& call) {
    return BiasedWorkspace(call, kMake);
  };
  op.phases = [](const OpCall&) { return 2; };
  op.items = [](const OpCall& call, int phase) {
    return BiasedItems(call, kMake, phase);
  };
  op.compute = [](const OpCall& call, const Operands& operands, int phase,
                  int64_t begin, int64_t end) {
    return ComputeBiased(call, kMake, operands, phase, begin, end);
  };
  op.cost = [](const OpCall& call) { return BiasedCost(call, kMake); };
  op.exactness = kBiasedExactness;
  return op;
}

// The error of a workspace that is too small; it is a bug of the caller.
OpStatus CheckWorkspace(const OpCall& call, const Operands& operands,
                        size_t needed);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_MATMUL_MATMUL_H_
