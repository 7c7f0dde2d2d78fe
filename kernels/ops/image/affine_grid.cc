// Operator AffineGrid (PyTorch): the coordinates that GridSampler reads, from
// affine maps theta, in f32 with one cast back: docs/windows.md, Sampling. An
// item is one place of one image.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus GridShape(const OpCall& call, const Operands* operands,
                   std::vector<int64_t>* size, Shape* y) {
  OpStatus s = ReadInts(call, 1, operands, size);
  if (!s.ok()) return s;
  bool valid = size->size() == 4 || size->size() == 5;
  for (int64_t extent : *size) {
    valid = valid && extent >= 1 && extent <= kMostExtent;
  }
  if (!valid) {
    return OpError(call, "input output_size", ToString(*size),
                   "[N,C,H,W] or [N,C,D,H,W]");
  }
  const auto rank = static_cast<int64_t>(size->size()) - 2;
  const Shape theta = {(*size)[0], rank, rank + 1};
  if (InputOr(call, 0).shape != theta) {
    return OpError(call, "input theta shape", ToString(InputOr(call, 0).shape),
                   ToString(theta));
  }
  *y = {(*size)[0]};
  y->insert(y->end(), size->begin() + 2, size->end());
  y->push_back(rank);
  if (RoomOf(*y) >= 0) return {};
  return OpError(call, "input output_size", ToString(*size),
                 "a product of extents that fits in int64");
}

OpStatus InferGrid(const OpCall& call, std::vector<TensorSpec>* outputs) {
  std::vector<int64_t> size;
  TensorSpec y = InputOr(call, 0);
  if (OpStatus s = GridShape(call, nullptr, &size, &y.shape); !s.ok()) return s;
  *outputs = {y};
  return {};
}

// The middle of place i of `size` in [-1, 1], or with the ends at -1 and 1.
float Base(int64_t i, int64_t size, bool align) {
  const auto places = static_cast<float>(size);
  const auto at = static_cast<float>(i);
  if (!align) return (2.0f * at + 1.0f) / places - 1.0f;
  return size == 1 ? 0.0f : 2.0f * at / (places - 1.0f) - 1.0f;
}

OpStatus ComputeGrid(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  std::vector<int64_t> size;
  Shape shape;
  if (OpStatus s = GridShape(call, &operands, &size, &shape); !s.ok()) return s;
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(shape));
  }
  const Reader theta(call, operands, 0);
  const Writer y(call, operands, 0);
  const bool align = AttrOf<bool>(call, "align_corners");
  const int64_t rank = shape.back();
  int64_t places = 1;
  for (int64_t k = 0; k < rank; ++k) places *= size[size_t(k) + 2];
  for (int64_t item = begin; item < end; ++item) {
    float base[3] = {};
    int64_t rest = item % places;
    for (int64_t k = 0; k < rank; ++k) {  // w first
      const int64_t extent = size[size.size() - 1 - size_t(k)];
      base[k] = Base(rest % extent, extent, align);
      rest /= extent;
    }
    for (int64_t j = 0; j < rank; ++j) {
      const int64_t row = (item / places * rank + j) * (rank + 1);
      float sum = base[0] * theta(row);
      for (int64_t k = 1; k < rank; ++k) sum = sum + base[k] * theta(row + k);
      y(item * rank + j, sum + theta(row + rank));
    }
  }
  return {};
}

int64_t GridItems(const OpCall& call, int) {
  const Shape& y = call.outputs[0].shape;
  return y.empty() ? 1
                   : call.outputs[0].count() / std::max<int64_t>(y.back(), 1);
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles =
      3 * (VectorCycles(kVmul, bytes) + VectorCycles(kVadd, bytes));
  return work;
}

}  // namespace

const OpDef& AffineGridOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("AffineGrid");
    made.engine = Engine::kAiCpu;
    made.infer = InferGrid;
    made.items = GridItems;
    made.compute = ComputeGrid;
    made.cost = Cost;
    made.exactness = "docs/windows.md, in f32, one cast back";
    made.value_inputs = {1};
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
