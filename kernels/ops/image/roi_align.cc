// Operators ROIAlign and ROIAlignGrad: samples of regions between places of
// x [N, C, H, W], in f32 with one cast back: docs/windows.md, Regions. An item
// is a region; of the gradient a channel of an image.

#include "kernels/ops/image/roi_align.h"

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus MakeAlign(const OpCall& call, bool gradient, Align* a) {
  int64_t rois = 0;
  if (OpStatus s = CountRois(call, true, &rois); !s.ok()) return s;
  const auto shape = gradient
                         ? AttrOf<std::vector<int64_t>>(call, "xdiff_shape")
                         : InputOr(call, 0).shape;
  OpStatus s = ImageOf(call, gradient ? "attribute xdiff_shape" : "input x",
                       shape, "NCHW", &a->x);
  if (!s.ok()) return s;
  const int64_t h = AttrOf<int64_t>(call, "pooled_height");
  const int64_t w = AttrOf<int64_t>(call, "pooled_width");
  a->samples = AttrOf<int64_t>(call, "sample_num");
  a->end_mode = AttrOf<int64_t>(call, "roi_end_mode");
  a->scale = AttrOf<float>(call, "spatial_scale");
  if (std::min(h, w) < 1 || std::max(h, w) > kMostExtent) {
    return OpError(call, "attributes pooled_height, pooled_width",
                   ToString(Shape{h, w}), "numbers from 1");
  }
  if (a->samples < 0 || a->samples > kMostSamples) {
    return OpError(call, "attribute sample_num", std::to_string(a->samples),
                   "0 to " + std::to_string(kMostSamples));
  }
  if (a->end_mode < 0 || a->end_mode > 2) {
    return OpError(call, "attribute roi_end_mode", std::to_string(a->end_mode),
                   "0, 1 or 2");
  }
  if (HasAttr(call, "pool_mode")) {
    const auto mode = AttrOf<std::string>(call, "pool_mode");
    if (mode != "avg" && mode != "max") {
      return OpError(call, "attribute pool_mode", mode, "avg or max");
    }
    a->largest = mode == "max";
  }
  a->y.n = rois;
  a->y.c = a->x.c;
  a->y.size = {1, h, w};
  const Shape y = ShapeOf(a->y, "NCHW");
  if (gradient && InputOr(call, 0).shape != y) {
    return OpError(call, "input ydiff shape", ToString(InputOr(call, 0).shape),
                   ToString(y));
  }
  if (RoomOf(y) < 0 || a->x.places() == 0) {
    return OpError(call, "output shape", ToString(y),
                   "some image, and a product of extents that fits in int64");
  }
  SetStrides("NCHW", &a->y);
  return {};
}

float Bin(const Align& a, const Region& r, const Reader& x, int64_t start,
          int64_t oh, int64_t ow) {
  float sum = 0.0f;
  for (int64_t i = 0; i < r.h.samples; ++i) {
    for (int64_t j = 0; j < r.w.samples; ++j) {
      const Corners c(a.x, r.h.At(oh, i), r.w.At(ow, j));
      float value = 0.0f;
      if (c.inside) {
        value = c.weight[0] * x(start + c.at[0]);
        for (int k = 1; k < 4; ++k) {
          value = value + c.weight[k] * x(start + c.at[k]);
        }
      }
      if (!a.largest) {
        sum = sum + value;
      } else if ((i == 0 && j == 0) || Replaces(value, sum)) {
        sum = value;
      }
    }
  }
  return a.largest ? sum : sum / static_cast<float>(r.h.samples * r.w.samples);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Align a;
  if (OpStatus s = MakeAlign(call, false, &a); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = ShapeOf(a.y, "NCHW");
  *outputs = {y};
  return {};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Align a;
  if (OpStatus s = MakeAlign(call, false, &a); !s.ok()) return s;
  const Reader x(call, operands, 0);
  const Reader rois(call, operands, 1);
  const Writer y(call, operands, 0);
  for (int64_t i = begin; i < end; ++i) {
    const Region r = RegionOf(call, a, rois, i);
    for (int64_t c = 0; c < a.x.c; ++c) {
      const int64_t start = r.roi.image * a.x.n_stride + c * a.x.c_stride;
      for (int64_t p = 0; p < a.y.places(); ++p) {
        const bool none = r.roi.image < 0;
        y(i * a.y.n_stride + c * a.y.c_stride + p,
          none ? 0.0f : Bin(a, r, x, start, p / a.y.size[2], p % a.y.size[2]));
      }
    }
  }
  return {};
}

OpStatus InferGrad(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Align a;
  if (OpStatus s = MakeAlign(call, true, &a); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = ShapeOf(a.x, "NCHW");
  *outputs = {y};
  return {};
}

// What region r gives to the sums of one channel.
void Give(const Align& a, const Region& r, const Reader& g, int64_t start,
          std::vector<float>* sums) {
  const auto count = static_cast<float>(r.h.samples * r.w.samples);
  for (int64_t p = 0; p < a.y.places(); ++p) {
    for (int64_t s = 0; s < r.h.samples * r.w.samples; ++s) {
      const Corners c(a.x, r.h.At(p / a.y.size[2], s / r.w.samples),
                      r.w.At(p % a.y.size[2], s % r.w.samples));
      for (int k = 0; c.inside && k < 4; ++k) {
        (*sums)[static_cast<size_t>(c.at[k])] +=
            g(start + p) * c.weight[k] / count;
      }
    }
  }
}

OpStatus ComputeGrad(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  Align a;
  if (OpStatus s = MakeAlign(call, true, &a); !s.ok()) return s;
  const Reader g(call, operands, 0);
  const Reader rois(call, operands, 1);
  const Writer y(call, operands, 0);
  std::vector<float> sums(static_cast<size_t>(a.x.places()));
  for (int64_t item = begin; item < end; ++item) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int64_t i = 0; i < a.y.n; ++i) {
      const Region r = RegionOf(call, a, rois, i);
      if (r.roi.image != item / a.x.c) continue;
      Give(a, r, g, i * a.y.n_stride + item % a.x.c * a.y.c_stride, &sums);
    }
    for (int64_t p = 0; p < a.x.places(); ++p) {
      y(item * a.x.places() + p, sums[static_cast<size_t>(p)]);
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) { return call.inputs[1].shape[0]; }

int64_t GradItems(const OpCall& call, int) {
  return call.outputs[0].shape[0] * call.outputs[0].shape[1];
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes =
      std::max(call.outputs[0].count(), call.inputs[0].count()) * 4;
  work.vector_cycles =
      16 * (VectorCycles(kVmul, bytes) + VectorCycles(kVadd, bytes));
  return work;
}

OpDef Make(const char* type, decltype(OpDef::infer) infer,
           decltype(OpDef::items) items, decltype(OpDef::compute) compute) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = infer;
  op.items = items;
  op.compute = compute;
  op.cost = Cost;
  op.exactness = "docs/windows.md: samples in order, in f32, one cast back";
  return op;
}

}  // namespace

const OpDef& ROIAlignOp() {
  static const OpDef& op = *new OpDef(Make("ROIAlign", Infer, Items, Compute));
  return op;
}

const OpDef& ROIAlignGradOp() {
  static const OpDef& op =
      *new OpDef(Make("ROIAlignGrad", InferGrad, GradItems, ComputeGrad));
  return op;
}

}  // namespace npuemu::kernels
