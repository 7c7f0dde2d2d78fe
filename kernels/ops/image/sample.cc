// Operators GridSampler2D and GridSampler3D: x at the places that a grid of
// coordinates in [-1, 1] names, in f32 with one cast back: docs/windows.md,
// Sampling. An item is one place of one image with all channels.

#include "kernels/ops/image/sample.h"

#include "kernels/op/cost.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Rows of four along the width, then the four of the height.
void SampleCubic(const Sampler& s, const Reader& x, const Reader& grid,
                 const Writer& y, int64_t item) {
  const int64_t n = item / s.y.places();
  const CubicAround w = CubicAroundOf(s, grid(item * 2), s.x.size[2]);
  const CubicAround h = CubicAroundOf(s, grid(item * 2 + 1), s.x.size[1]);
  for (int64_t c = 0; c < s.x.c; ++c) {
    const int64_t from = n * s.x.n_stride + c * s.x.c_stride;
    float rows[4];
    for (int i = 0; i < 4; ++i) {
      float taps[4];
      for (int j = 0; j < 4; ++j) {
        const bool inside = h.index[i] >= 0 && w.index[j] >= 0;
        const float value = inside ? x(from + h.index[i] * s.x.stride[1] +
                                       w.index[j] * s.x.stride[2])
                                   : 0.0f;
        taps[j] = value * w.weight[j];
      }
      rows[i] = (taps[0] + taps[1] + taps[2] + taps[3]) * h.weight[i];
    }
    y(n * s.y.n_stride + c * s.y.c_stride + item % s.y.places(),
      rows[0] + rows[1] + rows[2] + rows[3]);
  }
}

void Sample(const Sampler& s, int rank, const Reader& x, const Reader& grid,
            const Writer& y, int64_t item) {
  const int64_t n = item / s.y.places();
  const int64_t place = item % s.y.places();
  Around around[3];
  around[0].index[0] = 0;  // where there are two dimensions
  around[0].weight[0] = 1.0f;
  for (int k = 0; k < rank; ++k) {  // the grid has w first
    const auto d = static_cast<size_t>(2 - k);
    around[d] = AroundOf(s, grid(item * rank + k), s.x.size[d]);
  }
  for (int64_t c = 0; c < s.x.c; ++c) {
    float sum = 0.0f;
    for (int i = 0; i < 8; ++i) {
      const int k[3] = {i >> 2, i >> 1 & 1, i & 1};
      int64_t at = n * s.x.n_stride + c * s.x.c_stride;
      float weight = 1.0f;
      bool inside = true;
      for (size_t d = 3; d-- > 0;) {
        const int64_t index = around[d].index[k[d]];
        inside = inside && index >= 0;
        at += index * s.x.stride[d];
        weight = weight * around[d].weight[k[d]];
      }
      if (inside) sum = sum + x(at) * weight;
    }
    y(n * s.y.n_stride + c * s.y.c_stride + place, sum);
  }
}

template <int kRank>
OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Sampler s;
  OpStatus status = MakeSampler(call, 0, kRank, true, &s);
  if (!status.ok()) return status;
  TensorSpec y = call.inputs[0];
  y.shape = ShapeOf(s.y, kRank == 2 ? "NCHW" : "NCDHW");
  *outputs = {y};
  return {};
}

template <int kRank>
OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Sampler s;
  OpStatus status = MakeSampler(call, 0, kRank, true, &s);
  if (!status.ok()) return status;
  const Reader x(call, operands, 0);
  const Reader grid(call, operands, 1);
  const Writer y(call, operands, 0);
  const bool cubic = s.mode == SampleMode::kCubic;
  for (int64_t i = begin; i < end; ++i) {
    if (cubic) {
      SampleCubic(s, x, grid, y, i);
    } else {
      Sample(s, kRank, x, grid, y, i);
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) {
  const Shape& grid = call.inputs[1].shape;
  return call.inputs[1].count() / grid.back();
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles =
      8 * (VectorCycles(kVmul, bytes) + VectorCycles(kVadd, bytes));
  return work;
}

template <int kRank>
OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = Infer<kRank>;
  op.items = Items;
  op.compute = Compute<kRank>;
  op.cost = Cost;
  op.exactness = "docs/windows.md: corners in order, in f32, one cast back";
  op.formats = {Format::kNd, Format::kNchw, Format::kNcdhw};
  return op;
}

}  // namespace

const OpDef& GridSampler2DOp() {
  static const OpDef& op = *new OpDef(Make<2>("GridSampler2D"));
  return op;
}

const OpDef& GridSampler3DOp() {
  static const OpDef& op = *new OpDef(Make<3>("GridSampler3D"));
  return op;
}

}  // namespace npuemu::kernels
