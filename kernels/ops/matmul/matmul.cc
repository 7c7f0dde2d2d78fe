#include "kernels/ops/matmul/matmul.h"

#include <string>

namespace npuemu::kernels {
namespace {

// x2 starts on a cache line of its own.
constexpr size_t kAlignment = 64;

std::string InputName(const OpCall& call, size_t index) {
  return std::string("input ") + call.op->inputs[index].name + " shape";
}

// The first two attributes that are true or false.
bool Transposed(const OpCall& call, size_t index) {
  for (const AttrSpec& attr : call.op->attrs) {
    if (attr.kind != AttrKind::kBool) continue;
    if (index-- == 0) return AttrOr(call.attrs, attr.name, false);
  }
  return false;
}

OpStatus CheckRank(const OpCall& call, MatmulRanks ranks, size_t index) {
  const Shape& shape = call.inputs[index].shape;
  if (shape.size() >= ranks.least && shape.size() <= ranks.most) return {};
  std::string expected = "rank " + std::to_string(ranks.least);
  if (ranks.most != ranks.least) {
    expected += " to " + std::to_string(ranks.most);
  }
  return OpError(call, InputName(call, index), ToString(shape), expected);
}

// Batch extents of a shape, right-aligned to `rank` with ones.
Shape BatchOf(const Shape& shape, size_t rank) {
  Shape batch(rank - (shape.size() - 2), 1);
  batch.insert(batch.end(), shape.begin(), shape.end() - 2);
  return batch;
}

void SetSteps(const Shape& own, MatmulSide* side) {
  side->step.assign(own.size(), 0);
  side->matrices = 1;
  for (size_t d = own.size(); d-- > 0;) {
    if (own[d] != 1) side->step[d] = side->matrices;
    side->matrices *= own[d];
  }
}

OpStatus SetBatch(const OpCall& call, Matmul* matmul) {
  const Shape& s1 = call.inputs[0].shape;
  const Shape& s2 = call.inputs[1].shape;
  const size_t rank = std::max(s1.size(), s2.size()) - 2;
  const Shape b1 = BatchOf(s1, rank);
  const Shape b2 = BatchOf(s2, rank);
  for (size_t d = 0; d < rank; ++d) {
    if (b1[d] != b2[d] && b1[d] != 1 && b2[d] != 1) {
      return OpError(call, InputName(call, 1), ToString(s2),
                     "batch extents that broadcast with " + ToString(s1));
    }
    matmul->batch.push_back(b1[d] == 1 ? b2[d] : b1[d]);
  }
  SetSteps(b1, &matmul->x1);
  SetSteps(b2, &matmul->x2);
  return {};
}

// Rows of an operand's packed form, in panels, over all its matrices.
int64_t Panels(const MatmulSide& side, int64_t rows) {
  return side.matrices * PanelCount(rows);
}

// Packs panels [begin, end) of one side, counted over all its matrices.
// (row_stride, k_stride) are those of the packed form's rows.
void PackSide(MmadKind kind, const PackOptions& options, MmadOperand matrix,
              size_t element_bytes, int64_t begin, int64_t end,
              std::byte* packed) {
  const int64_t panels = PanelCount(matrix.rows);
  const auto* data = static_cast<const std::byte*>(matrix.data);
  while (begin < end) {
    const int64_t index = begin / panels;
    const int64_t first = begin % panels;
    const int64_t last = std::min(panels, first + end - begin);
    matrix.data = data + static_cast<size_t>(index * matrix.rows * matrix.k) *
                             element_bytes;
    PackPanels(kind, options, matrix, first, last,
               packed + PackedBytes(kind, matrix.rows, matrix.k) *
                            static_cast<size_t>(index));
    begin += last - first;
  }
}

size_t ElementBytes(MmadKind kind) {
  switch (kind) {
    case MmadKind::kFloat16:
    case MmadKind::kBfloat16:
      return 2;
    case MmadKind::kInt8:
    case MmadKind::kInt4:
      return 1;
    case MmadKind::kFloat32:
    case MmadKind::kHf32:
      break;
  }
  return 4;
}

}  // namespace

OpStatus MakeMatmul(const OpCall& call, MatmulRanks ranks, Matmul* matmul) {
  for (size_t i = 0; i < 2; ++i) {
    if (OpStatus s = CheckRank(call, ranks, i); !s.ok()) return s;
  }
  const Shape& s1 = call.inputs[0].shape;
  const Shape& s2 = call.inputs[1].shape;
  *matmul = {};
  matmul->kind = MmadKindOf(call.inputs[0].dtype);
  if (matmul->kind == MmadKind::kFloat32 &&
      AttrOr<bool>(call.attrs, "enable_hf32", false)) {
    matmul->kind = MmadKind::kHf32;
  }
  matmul->x1.transposed = Transposed(call, 0);
  matmul->x2.transposed = Transposed(call, 1);
  const size_t t1 = matmul->x1.transposed ? 1 : 0;
  const size_t t2 = matmul->x2.transposed ? 1 : 0;
  matmul->m = s1[s1.size() - 2 + t1];
  matmul->k = s1[s1.size() - 1 - t1];
  matmul->n = s2[s2.size() - 1 - t2];
  if (s2[s2.size() - 2 + t2] != matmul->k) {
    const std::string axis = std::to_string(s2.size() - 2 + t2);
    return OpError(call, InputName(call, 1), ToString(s2),
                   "extent " + std::to_string(matmul->k) + " on axis " + axis +
                       " beside " + call.op->inputs[0].name + " " +
                       ToString(s1));
  }
  if (OpStatus s = SetBatch(call, matmul); !s.ok()) return s;
  if (ElementCount(OutputShape(*matmul)) < 0) {
    return OpError(call, "output shape", ToString(OutputShape(*matmul)),
                   "a product of extents that fits in int64");
  }
  return {};
}

Shape OutputShape(const Matmul& matmul) {
  Shape shape = matmul.batch;
  if (matmul.rows.empty()) shape.push_back(matmul.m);
  shape.insert(shape.end(), matmul.rows.begin(), matmul.rows.end());
  shape.push_back(matmul.n);
  return shape;
}

DataType OutputType(const OpCall& call) {
  if (!call.outputs.empty() && !call.outputs[0].absent()) {
    return call.outputs[0].dtype;
  }
  const auto& results = call.op->outputs[0].dtypes;
  for (size_t column = 0; column < results.size(); ++column) {
    bool fits = true;
    for (size_t i = 0; i < call.inputs.size() && fits; ++i) {
      fits = call.inputs[i].absent() ||
             call.inputs[i].dtype == call.op->inputs[i].dtypes[column];
    }
    if (fits) return results[column];
  }
  return DataType::kUndefined;
}

size_t MatmulX2Offset(const Matmul& matmul) {
  const size_t bytes = PackedBytes(matmul.kind, matmul.m, matmul.k) *
                       static_cast<size_t>(matmul.x1.matrices);
  return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

size_t MatmulWorkspace(const Matmul& matmul) {
  if (MatmulItems(matmul, 1) == 0) return 0;
  return MatmulX2Offset(matmul) + PackedBytes(matmul.kind, matmul.n, matmul.k) *
                                      static_cast<size_t>(matmul.x2.matrices);
}

int64_t MatmulItems(const Matmul& matmul, int phase) {
  const int64_t tiles =
      ElementCount(matmul.batch) * matmul.tile_rows() * matmul.tile_columns();
  if (phase == 1) return tiles;
  if (tiles == 0 || matmul.k == 0) return 0;
  return Panels(matmul.x1, matmul.m) + Panels(matmul.x2, matmul.n);
}

void PackItems(const Matmul& matmul, const Operands& operands, bool saturate,
               int64_t begin, int64_t end) {
  const int64_t m = matmul.m;
  const int64_t n = matmul.n;
  const int64_t k = matmul.k;
  const size_t bytes = ElementBytes(matmul.kind);
  const int64_t split = Panels(matmul.x1, m);
  // A row of the packed form is a row of x1 and a column of x2.
  const MmadOperand x1{operands.inputs[0].data, m, k,
                       matmul.x1.transposed ? 1 : k,
                       matmul.x1.transposed ? m : 1};
  const MmadOperand x2{operands.inputs[1].data, n, k,
                       matmul.x2.transposed ? k : 1,
                       matmul.x2.transposed ? 1 : n};
  std::byte* packed = operands.workspace.data();
  PackSide(matmul.kind, {saturate, matmul.offset_x}, x1, bytes, begin,
           std::min(end, split), packed);
  PackSide(matmul.kind, {saturate, 0}, x2, bytes,
           std::max(begin, split) - split, end - split,
           packed + MatmulX2Offset(matmul));
}

MatmulTile TileOf(const Matmul& matmul, int64_t item) {
  MatmulTile tile{};
  const int64_t column = item % matmul.tile_columns();
  const int64_t row = item / matmul.tile_columns() % matmul.tile_rows();
  tile.batch = item / matmul.tile_columns() / matmul.tile_rows();
  tile.area = {row * kMmadTile, std::min(matmul.m, (row + 1) * kMmadTile),
               column * kMmadTile,
               std::min(matmul.n, (column + 1) * kMmadTile)};
  int64_t rest = tile.batch;
  for (size_t d = matmul.batch.size(); d-- > 0;) {
    const int64_t index = rest % matmul.batch[d];
    rest /= matmul.batch[d];
    tile.x1_matrix += index * matmul.x1.step[d];
    tile.x2_matrix += index * matmul.x2.step[d];
  }
  return tile;
}

MmadProblem ProblemOf(const Matmul& matmul, const MatmulTile& tile,
                      const Operands& operands, bool saturate) {
  const std::byte* x1 = operands.workspace.data();
  const std::byte* x2 = x1 + MatmulX2Offset(matmul);
  return {matmul.kind, saturate, matmul.k,
          x1 + PackedBytes(matmul.kind, matmul.m, matmul.k) *
                   static_cast<size_t>(tile.x1_matrix),
          x2 + PackedBytes(matmul.kind, matmul.n, matmul.k) *
                   static_cast<size_t>(tile.x2_matrix)};
}

OpStatus CheckWorkspace(const OpCall& call, const Operands& operands,
                        size_t needed) {
  if (operands.workspace.size() >= needed) return {};
  return OpError(call, "workspace",
                 std::to_string(operands.workspace.size()) + " bytes",
                 std::to_string(needed) + " bytes");
}

}  // namespace npuemu::kernels
