// Operator PriorBox (SSD): the boxes that belong to the places of a feature map
// x, and their variances, y [1, 2, places * boxes * 4, 1], in f32 with one cast
// back: docs/windows.md, Regions. An item is a place.

#include <algorithm>
#include <cmath>

#include "kernels/op/cost.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Prior {
  Image x;
  float image[2];  // height, width
  float step[2];
  float offset = 0.5f;
  bool clip = false;
  std::vector<float> widths;  // of the boxes of a place
  std::vector<float> heights;
  std::vector<float> variance;  // four
};

void AddBox(float w, float h, Prior* p) {
  p->widths.push_back(w);
  p->heights.push_back(h);
}

OpStatus SetBoxes(const OpCall& call, Prior* p) {
  const auto least = AttrOf<std::vector<float>>(call, "min_size");
  const auto most = AttrOf<std::vector<float>>(call, "max_size");
  const auto given = AttrOf<std::vector<float>>(call, "aspect_ratio");
  if (least.empty() || least.size() > 64 || given.size() > 64 ||
      (!most.empty() && most.size() != least.size())) {
    return OpError(call, "attribute min_size", ToString(AttrValue(least)),
                   "1 to 64 numbers, as many as max_size if that has some");
  }
  std::vector<float> ratios = {1.0f};
  for (float ratio : given) {
    if (!(ratio > 0)) {
      return OpError(call, "attribute aspect_ratio", ToString(AttrValue(given)),
                     "positive numbers");
    }
    const bool known = std::any_of(ratios.begin(), ratios.end(), [&](float r) {
      return Abs(r - ratio) < 1e-6f;
    });
    if (known) continue;
    ratios.push_back(ratio);
    if (AttrOf<bool>(call, "flip")) ratios.push_back(1.0f / ratio);
  }
  for (size_t i = 0; i < least.size(); ++i) {
    AddBox(least[i], least[i], p);
    if (!most.empty()) {
      const float side = Sqrt(least[i] * most[i]);
      AddBox(side, side, p);
    }
    for (float ratio : ratios) {
      if (Abs(ratio - 1.0f) < 1e-6f) continue;
      AddBox(least[i] * Sqrt(ratio), least[i] / Sqrt(ratio), p);
    }
  }
  p->variance = AttrOf<std::vector<float>>(call, "variance");
  if (p->variance.size() == 1) p->variance.assign(4, p->variance[0]);
  if (p->variance.size() == 4) return {};
  return OpError(call, "attribute variance", ToString(AttrValue(p->variance)),
                 "1 or 4 numbers");
}

OpStatus MakePrior(const OpCall& call, Prior* p) {
  Image image;
  OpStatus s = ImageOf(call, "input x", InputOr(call, 0).shape, "NCHW", &p->x);
  if (s.ok()) {
    s = ImageOf(call, "input img", InputOr(call, 1).shape, "NCHW", &image);
  }
  if (!s.ok()) return s;
  const char* kSizes[] = {"img_h", "img_w"};
  const char* kSteps[] = {"step_h", "step_w"};
  for (size_t d = 0; d < 2; ++d) {
    const int64_t size = AttrOf<int64_t>(call, kSizes[d]);
    const float step = AttrOf<float>(call, kSteps[d]);
    if (size < 0 || size > kMostExtent || p->x.size[d + 1] < 1) {
      return OpError(call, std::string("attribute ") + kSizes[d],
                     std::to_string(size), "a size, 0 for that of img");
    }
    p->image[d] = static_cast<float>(size != 0 ? size : image.size[d + 1]);
    p->step[d] =
        step != 0 ? step : p->image[d] / static_cast<float>(p->x.size[d + 1]);
  }
  p->offset = AttrOf<float>(call, "offset");
  p->clip = AttrOf<bool>(call, "clip");
  s = SetBoxes(call, p);
  const auto boxes = static_cast<int64_t>(p->widths.size());
  if (s.ok() &&
      RoomOf({2, p->x.places(), std::max<int64_t>(boxes, 1) * 4}) < 0) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   "a product of extents that fits in int64");
  }
  return s;
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Prior p;
  if (OpStatus s = MakePrior(call, &p); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = {1, 2, p.x.places() * static_cast<int64_t>(p.widths.size()) * 4, 1};
  *outputs = {y};
  return {};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Prior p;
  if (OpStatus s = MakePrior(call, &p); !s.ok()) return s;
  const Writer y(call, operands, 0);
  const auto boxes = static_cast<int64_t>(p.widths.size());
  for (int64_t i = begin; i < end; ++i) {
    const auto row = static_cast<float>(i / p.x.size[2]);
    const auto column = static_cast<float>(i % p.x.size[2]);
    const float h = (row + p.offset) * p.step[0];
    const float w = (column + p.offset) * p.step[1];
    for (int64_t b = 0; b < boxes; ++b) {
      const float half_w = p.widths[static_cast<size_t>(b)] / 2.0f;
      const float half_h = p.heights[static_cast<size_t>(b)] / 2.0f;
      const float corners[] = {
          (w - half_w) / p.image[1], (h - half_h) / p.image[0],
          (w + half_w) / p.image[1], (h + half_h) / p.image[0]};
      for (int64_t k = 0; k < 4; ++k) {
        float value = corners[k];
        if (p.clip) value = Min(Max(value, 0.0f), 1.0f);
        const int64_t at = (i * boxes + b) * 4 + k;
        y(at, value);
        y(p.x.places() * boxes * 4 + at, p.variance[static_cast<size_t>(k)]);
      }
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) {
  return call.inputs[0].shape[2] * call.inputs[0].shape[3];
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = 4 * VectorCycles(kVadd, call.outputs[0].count() * 4);
  return work;
}

}  // namespace

const OpDef& PriorBoxOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("PriorBox");
    made.engine = Engine::kAiCpu;
    made.infer = Infer;
    made.items = Items;
    made.compute = Compute;
    made.cost = Cost;
    made.exactness = "the steps of docs/windows.md in f32, one cast back";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
