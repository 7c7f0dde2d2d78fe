// Operators GridSampler2D and GridSampler3D: x at the places that a grid of
// coordinates in [-1, 1] names, in f32 with one cast back: docs/windows.md,
// Sampling. An item is one place of one image with all channels.

#include <algorithm>
#include <cmath>

#include "kernels/op/cost.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

enum class Fill { kZeros, kBorder, kReflection };

struct Sampler {
  Image x;
  Image y;
  bool nearest = false;
  Fill fill = Fill::kZeros;
  bool align = false;
};

OpStatus MakeSampler(const OpCall& call, int rank, Sampler* s) {
  const std::string letters = rank == 2 ? "NCHW" : "NCDHW";
  OpStatus status =
      ImageOf(call, "input x", InputOr(call, 0).shape, letters, &s->x);
  if (!status.ok()) return status;
  const Shape& grid = InputOr(call, 1).shape;
  bool valid = grid.size() == size_t(rank) + 2 && grid[0] == s->x.n &&
               grid.back() == rank;
  s->y = s->x;
  for (size_t d = 0; valid && d < size_t(rank); ++d) {
    s->y.size[3 - size_t(rank) + d] = grid[d + 1];
    valid = grid[d + 1] >= 0 && grid[d + 1] <= kMostExtent;
  }
  if (!valid) {
    return OpError(call, "input grid shape", ToString(grid),
                   rank == 2 ? "[N,H,W,2]" : "[N,D,H,W,3]");
  }
  if (RoomOf(ShapeOf(s->y, letters)) < 0 || s->x.places() == 0) {
    return OpError(call, "output shape", ToString(ShapeOf(s->y, letters)),
                   "some image, and a product of extents that fits in int64");
  }
  SetStrides(letters, &s->y);
  const auto mode = AttrOf<std::string>(call, "interpolation_mode");
  if (mode != "bilinear" && mode != "nearest") {
    return OpError(call, "attribute interpolation_mode", mode,
                   "bilinear or nearest");
  }
  s->nearest = mode == "nearest";
  const auto fill = AttrOf<std::string>(call, "padding_mode");
  if (fill != "zeros" && fill != "border" && fill != "reflection") {
    return OpError(call, "attribute padding_mode", fill,
                   "zeros, border or reflection");
  }
  s->fill = fill == "zeros"    ? Fill::kZeros
            : fill == "border" ? Fill::kBorder
                               : Fill::kReflection;
  s->align = AttrOf<bool>(call, "align_corners");
  return {};
}

// c reflected between low / 2 and high / 2.
float Reflected(float c, float low, float high) {
  if (low == high) return 0.0f;
  const float least = low / 2.0f;
  const float span = (high - low) / 2.0f;
  const float from = Abs(c - least);
  const float flips = Floor(from / span);
  const float extra = from - flips * span;
  const float half = flips * 0.5f;
  return Floor(half) == half ? extra + least : span - extra + least;
}

// A coordinate of the grid as a place in `size` places.
float PlaceOf(const Sampler& s, float g, int64_t size) {
  const auto places = static_cast<float>(size);
  float c = s.align ? (g + 1.0f) / 2.0f * (places - 1.0f)
                    : ((g + 1.0f) * places - 1.0f) / 2.0f;
  if (s.fill == Fill::kReflection) {
    c = s.align ? Reflected(c, 0.0f, 2.0f * (places - 1.0f))
                : Reflected(c, -1.0f, 2.0f * places - 1.0f);
  }
  if (s.fill != Fill::kZeros) {
    c = c != c ? 0.0f : Min(Max(c, 0.0f), places - 1.0f);
  }
  return c;
}

// The whole places around c with their weights; those outside weigh nothing.
struct Around {
  int64_t index[2] = {-1, -1};  // -1 is outside
  float weight[2] = {0, 0};
};

int64_t Inside(float whole, int64_t size) {
  const bool inside = whole >= 0 && whole < static_cast<float>(size);
  return inside ? std::min(static_cast<int64_t>(whole), size - 1) : -1;
}

Around AroundOf(const Sampler& s, float g, int64_t size) {
  Around around;
  const float c = PlaceOf(s, g, size);
  if (s.nearest) {
    around.index[0] = Inside(Rint(c), size);
    around.weight[0] = 1.0f;
    return around;
  }
  const float low = Floor(c);
  around.index[0] = Inside(low, size);
  around.index[1] = Inside(low + 1.0f, size);
  around.weight[0] = low + 1.0f - c;
  around.weight[1] = c - low;
  return around;
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
  OpStatus status = MakeSampler(call, kRank, &s);
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
  OpStatus status = MakeSampler(call, kRank, &s);
  if (!status.ok()) return status;
  const Reader x(call, operands, 0);
  const Reader grid(call, operands, 1);
  const Writer y(call, operands, 0);
  for (int64_t i = begin; i < end; ++i) Sample(s, kRank, x, grid, y, i);
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
