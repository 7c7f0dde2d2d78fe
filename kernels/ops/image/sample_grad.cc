// Operators GridSampler2DGrad and GridSampler3DGrad: what places of x and the
// coordinates of the grid get of the gradient, in f32 with one cast back
// (docs/windows.md, Sampling). An item is one image.

#include <algorithm>
#include <vector>

#include "kernels/op/cost.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/image/sample.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kX = 1;

// One corner of a place: its element of x without n and c, and its share.
struct Corner {
  int64_t at = 0;
  float weight = 1.0f;
  float slope[3] = {0, 0, 0};  // of the weight, by depth, height, width
};

// Corner i of 8; false if it lies outside.
bool CornerOf(const Sampler& s, const Around (&around)[3], int i,
              Corner* corner) {
  const int k[3] = {i >> 2, i >> 1 & 1, i & 1};
  *corner = {};
  for (size_t d = 3; d-- > 0;) {
    const int64_t index = around[d].index[k[d]];
    if (index < 0) return false;
    corner->at += index * s.x.stride[d];
    corner->weight = corner->weight * around[d].weight[k[d]];
  }
  for (size_t d = 0; d < 3; ++d) {
    float slope = k[d] == 0 ? -1.0f : 1.0f;
    for (size_t e = 3; e-- > 0;) {
      if (e != d) slope = slope * around[e].weight[k[e]];
    }
    corner->slope[d] = slope;
  }
  return true;
}

// The gradients of one image.
class Gradient {
 public:
  Gradient(const OpCall& call, const Operands& operands, const Sampler& s,
           int rank)
      : s_(s),
        rank_(rank),
        dy_(call, operands, 0),
        x_(call, operands, kX),
        grid_(call, operands, kX + 1),
        dx_(call, operands, 0),
        dgrid_(call, operands, 1),
        sums_(static_cast<size_t>(s.x.c * s.x.places())) {}

  void Run(int64_t n) {
    std::fill(sums_.begin(), sums_.end(), 0.0f);
    for (int64_t place = 0; place < s_.y.places(); ++place) Add(n, place);
    const auto count = static_cast<int64_t>(sums_.size());
    for (int64_t i = 0; i < count; ++i) {
      dx_(n * s_.x.n_stride + i, sums_[static_cast<size_t>(i)]);
    }
  }

 private:
  void Add(int64_t n, int64_t place) {
    const int64_t item = n * s_.y.places() + place;
    Around around[3];
    around[0].index[0] = 0;
    around[0].weight[0] = 1.0f;
    for (int k = 0; k < rank_; ++k) {  // the grid has w first
      const auto d = static_cast<size_t>(2 - k);
      around[d] = AroundOf(s_, grid_(item * rank_ + k), s_.x.size[d]);
    }
    float slopes[3] = {0, 0, 0};
    for (int64_t c = 0; c < s_.x.c; ++c) {
      const float g = dy_(n * s_.y.n_stride + c * s_.y.c_stride + place);
      for (int i = 0; i < 8; ++i) {
        Corner corner;
        if (!CornerOf(s_, around, i, &corner)) continue;
        const int64_t at = c * s_.x.c_stride + corner.at;
        float& sum = sums_[static_cast<size_t>(at)];
        sum = sum + g * corner.weight;
        const float share = x_(n * s_.x.n_stride + at) * g;
        for (size_t d = 0; d < 3; ++d) {
          slopes[d] = slopes[d] + share * corner.slope[d];
        }
      }
    }
    for (int k = 0; k < rank_; ++k) {
      const auto d = static_cast<size_t>(2 - k);
      dgrid_(item * rank_ + k, slopes[d] * around[d].slope);
    }
  }

  const Sampler& s_;
  const int rank_;
  const Reader dy_;
  const Reader x_;
  const Reader grid_;
  const Writer dx_;
  const Writer dgrid_;
  std::vector<float> sums_;
};

template <int kRank>
OpStatus Make(const OpCall& call, Sampler* s) {
  OpStatus status = MakeSampler(call, kX, kRank, false, s);
  if (!status.ok()) return status;
  const Shape expected = ShapeOf(s->y, kRank == 2 ? "NCHW" : "NCDHW");
  if (call.inputs[0].shape == expected) return {};
  return OpError(call, "input grad shape", ToString(call.inputs[0].shape),
                 ToString(expected));
}

template <int kRank>
OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Sampler s;
  OpStatus status = Make<kRank>(call, &s);
  if (status.ok()) *outputs = {call.inputs[kX], call.inputs[kX + 1]};
  return status;
}

template <int kRank>
OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Sampler s;
  OpStatus status = Make<kRank>(call, &s);
  if (!status.ok()) return status;
  Gradient gradient(call, operands, s, kRank);
  for (int64_t n = begin; n < end; ++n) gradient.Run(n);
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.inputs[0].count() * 4;
  work.vector_cycles =
      32 * (VectorCycles(kVmul, bytes) + VectorCycles(kVadd, bytes));
  return work;
}

template <int kRank>
OpDef Define(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = Infer<kRank>;
  op.items = [](const OpCall& call, int) { return call.inputs[kX].shape[0]; };
  op.compute = Compute<kRank>;
  op.cost = Cost;
  op.exactness =
      "docs/windows.md: places, channels, corners in order, f32, one cast back";
  op.formats = {Format::kNd, Format::kNchw, Format::kNcdhw};
  return op;
}

}  // namespace

const OpDef& GridSampler2DGradOp() {
  static const OpDef& op = *new OpDef(Define<2>("GridSampler2DGrad"));
  return op;
}

const OpDef& GridSampler3DGradOp() {
  static const OpDef& op = *new OpDef(Define<3>("GridSampler3DGrad"));
  return op;
}

}  // namespace npuemu::kernels
