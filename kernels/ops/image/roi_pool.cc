// Operators ROIPooling (Fast R-CNN) and PSROIPooling (R-FCN): bins of regions
// of x [N, C, H, W], in f32 with one cast back: docs/windows.md, Regions. An
// item is a region.

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/image/roi.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct RoiPool {
  bool by_position = false;  // PSROIPooling
  Image x;
  int64_t rois = 0;
  int64_t channels = 0;
  int64_t bins[2] = {1, 1};  // height, width
  float scale[2] = {1, 1};
};

OpStatus MakeRoiPool(const OpCall& call, RoiPool* p) {
  OpStatus s = ImageOf(call, "input x", InputOr(call, 0).shape, "NCHW", &p->x);
  if (s.ok()) s = CountRois(call, false, &p->rois);
  if (!s.ok()) return s;
  p->by_position = HasAttr(call, "output_dim");
  p->channels = p->x.c;
  if (p->by_position) {
    p->bins[0] = p->bins[1] = AttrOf<int64_t>(call, "group_size");
    p->scale[0] = p->scale[1] = AttrOf<float>(call, "spatial_scale");
    p->channels = AttrOf<int64_t>(call, "output_dim");
  } else {
    p->bins[0] = AttrOf<int64_t>(call, "pooled_h");
    p->bins[1] = AttrOf<int64_t>(call, "pooled_w");
    p->scale[0] = AttrOf<float>(call, "spatial_scale_h");
    p->scale[1] = AttrOf<float>(call, "spatial_scale_w");
  }
  for (int64_t bins : p->bins) {
    if (bins < 1 || bins > (1 << 15)) {
      return OpError(call, "bins of a region", std::to_string(bins),
                     "1 to 32768");
    }
  }
  const int64_t groups = p->bins[0] * p->bins[1];
  if (p->by_position &&
      (p->x.c % groups != 0 || p->channels != p->x.c / groups)) {
    return OpError(call, "attribute output_dim", std::to_string(p->channels),
                   "channels of x / group_size^2");
  }
  if (RoomOf({p->rois, p->channels, p->bins[0], p->bins[1]}) < 0) {
    return OpError(call, "output shape", std::to_string(p->rois),
                   "a product of extents that fits in int64");
  }
  return {};
}

// Where a region begins along one side, and how long its bins are.
struct Side {
  float start;
  float bin;
};

Side SideOf(const RoiPool& p, const Roi& roi, size_t d) {
  const float from = roi.v[d == 0 ? 1 : 0];
  const float to = roi.v[d == 0 ? 3 : 2];
  const auto bins = static_cast<float>(p.bins[d]);
  if (p.by_position) {
    const float start = Round(from) * p.scale[d];
    const float end = (Round(to) + 1.0f) * p.scale[d];
    return {start, Max(end - start, 0.1f) / bins};
  }
  const float start = Round(from * p.scale[d]);
  const float end = Round(to * p.scale[d]);
  return {start, Max(end - start + 1.0f, 1.0f) / bins};
}

// Places [first, last) of bin b.
void BinOf(const RoiPool& p, const Side& side, size_t d, int64_t b,
           int64_t* first, int64_t* last) {
  float from = static_cast<float>(b) * side.bin;
  float to = static_cast<float>(b + 1) * side.bin;
  if (p.by_position) {
    from = Floor(from + side.start);
    to = Ceil(to + side.start);
  } else {
    from = Floor(from) + side.start;
    to = Ceil(to) + side.start;
  }
  *first = ClampIndex(from, p.x.size[d + 1]);
  *last = ClampIndex(to, p.x.size[d + 1]);
}

// The largest or the mean of a bin; 0 if it is empty.
float BinValue(const RoiPool& p, const Reader& x, int64_t start,
               const int64_t (&h)[2], const int64_t (&w)[2],
               std::vector<float>* values) {
  values->clear();
  for (int64_t i = h[0]; i < h[1]; ++i) {
    for (int64_t j = w[0]; j < w[1]; ++j) {
      values->push_back(x(start + i * p.x.size[2] + j));
    }
  }
  if (values->empty()) return 0.0f;
  const auto count = static_cast<int64_t>(values->size());
  if (!p.by_position) {
    float best = values->front();
    for (float value : *values) {
      if (Replaces(value, best)) best = value;
    }
    return best;
  }
  float lanes[kLanes];
  SumLanes<float>(
      count, 0, LanesOf(count),
      [&](int64_t i) { return (*values)[static_cast<size_t>(i)]; }, lanes);
  return SumTree(lanes, LanesOf(count)) / static_cast<float>(count);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  RoiPool p;
  if (OpStatus s = MakeRoiPool(call, &p); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = {p.rois, p.channels, p.bins[0], p.bins[1]};
  *outputs = {y};
  return {};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  RoiPool p;
  if (OpStatus s = MakeRoiPool(call, &p); !s.ok()) return s;
  const Reader x(call, operands, 0);
  const Reader rois(call, operands, 1);
  const Writer y(call, operands, 0);
  const int64_t bins = p.bins[0] * p.bins[1];
  std::vector<float> values;
  for (int64_t i = begin; i < end; ++i) {
    const Roi roi = ReadRoi(call, rois, i, p.x.n);
    const Side sides[2] = {SideOf(p, roi, 0), SideOf(p, roi, 1)};
    for (int64_t c = 0; c < p.channels; ++c) {
      for (int64_t b = 0; b < bins; ++b) {
        int64_t h[2];
        int64_t w[2];
        BinOf(p, sides[0], 0, b / p.bins[1], &h[0], &h[1]);
        BinOf(p, sides[1], 1, b % p.bins[1], &w[0], &w[1]);
        if (roi.image < 0) h[1] = h[0];  // no such image: nothing in the bin
        const int64_t from = p.by_position ? c * bins + b : c;
        y((i * p.channels + c) * bins + b,
          BinValue(p, x, roi.image * p.x.n_stride + from * p.x.c_stride, h, w,
                   &values));
      }
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) { return call.outputs[0].shape[0]; }

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes =
      std::max(call.outputs[0].count(), call.inputs[0].count()) * 4;
  work.vector_cycles = 4 * VectorCycles(kVadd, bytes);
  return work;
}

OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = Infer;
  op.items = Items;
  op.compute = Compute;
  op.cost = Cost;
  op.exactness = "docs/windows.md: bins in f32, one cast back";
  return op;
}

}  // namespace

const OpDef& ROIPoolingOp() {
  static const OpDef& op = *new OpDef(Make("ROIPooling"));
  return op;
}

const OpDef& PSROIPoolingOp() {
  static const OpDef& op = *new OpDef(Make("PSROIPooling"));
  return op;
}

}  // namespace npuemu::kernels
