// Operators BoundingBoxDecode, BoundingBoxEncode and ClipBoxes: boxes [n, 4],
// one after the other, in f32 with one cast back: docs/windows.md, Boxes. An
// item is a box.

#include "kernels/op/cost.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/boxes.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr char kShape[] = "[boxes,4]";

OpStatus CheckBoxes(const OpCall& call, int inputs) {
  for (int i = 0; i < inputs; ++i) {
    const Shape& shape = InputOr(call, i).shape;
    const bool valid =
        shape.size() == 2 && shape[1] == 4 && shape == InputOr(call, 0).shape;
    if (valid) continue;
    return OpError(
        call,
        std::string("input ") + call.op->inputs[size_t(i)].name + " shape",
        ToString(shape), i == 0 ? kShape : ToString(InputOr(call, 0).shape));
  }
  for (const char* name : {"means", "stds"}) {
    const auto list = AttrOf<std::vector<float>>(call, name);
    if (HasAttr(call, name) && list.size() != 4) {
      return OpError(call, std::string("attribute ") + name,
                     ToString(AttrValue(list)), "4 numbers");
    }
  }
  return {};
}

OpStatus InferCode(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckBoxes(call, 2); !s.ok()) return s;
  if (HasAttr(call, "max_shape")) {
    const auto shape = AttrOf<std::vector<int64_t>>(call, "max_shape");
    const bool valid = shape.size() == 2 && shape[0] >= 1 && shape[1] >= 1 &&
                       shape[0] <= kMostExtent && shape[1] <= kMostExtent;
    const float clip = AttrOf<float>(call, "wh_ratio_clip");
    if (!valid) {
      return OpError(call, "attribute max_shape", ToString(AttrValue(shape)),
                     "height and width from 1");
    }
    if (!(clip > 0) || clip == kInf) {
      return OpError(call, "attribute wh_ratio_clip", ToString(AttrValue(clip)),
                     "a positive number");
    }
  }
  *outputs = {InputOr(call, 0)};
  return {};
}

// Four numbers of box i.
struct Four {
  float v[4];
  Four(const Reader& read, int64_t i) {
    for (int64_t k = 0; k < 4; ++k) v[k] = read(i * 4 + k);
  }
};

// Middle and size of a box that ends with a whole pixel.
struct Middle {
  float x;
  float y;
  float w;
  float h;
  explicit Middle(const Four& b)
      : x((b.v[0] + b.v[2]) * 0.5f),
        y((b.v[1] + b.v[3]) * 0.5f),
        w(b.v[2] - b.v[0] + 1.0f),
        h(b.v[3] - b.v[1] + 1.0f) {}
};

float Clamp(float x, float low, float high) { return Min(Max(x, low), high); }

OpStatus ComputeDecode(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  const Reader rois(call, operands, 0);
  const Reader deltas(call, operands, 1);
  const Writer y(call, operands, 0);
  const auto means = AttrOf<std::vector<float>>(call, "means");
  const auto stds = AttrOf<std::vector<float>>(call, "stds");
  const auto shape = AttrOf<std::vector<int64_t>>(call, "max_shape");
  const float most = Abs(Ln(AttrOf<float>(call, "wh_ratio_clip")));
  const float height = static_cast<float>(shape[0] - 1);
  const float width = static_cast<float>(shape[1] - 1);
  for (int64_t i = begin; i < end; ++i) {
    const Middle p(Four(rois, i));
    Four d(deltas, i);
    for (size_t k = 0; k < 4; ++k) d.v[k] = d.v[k] * stds[k] + means[k];
    const float w = p.w * Exp(Clamp(d.v[2], -most, most)) * 0.5f;
    const float h = p.h * Exp(Clamp(d.v[3], -most, most)) * 0.5f;
    const float x = p.x + p.w * d.v[0];
    const float v = p.y + p.h * d.v[1];
    y(i * 4, Clamp(x - w + 0.5f, 0.0f, width));
    y(i * 4 + 1, Clamp(v - h + 0.5f, 0.0f, height));
    y(i * 4 + 2, Clamp(x + w - 0.5f, 0.0f, width));
    y(i * 4 + 3, Clamp(v + h - 0.5f, 0.0f, height));
  }
  return {};
}

OpStatus ComputeEncode(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  const Reader anchors(call, operands, 0);
  const Reader truth(call, operands, 1);
  const Writer y(call, operands, 0);
  const auto means = AttrOf<std::vector<float>>(call, "means");
  const auto stds = AttrOf<std::vector<float>>(call, "stds");
  for (int64_t i = begin; i < end; ++i) {
    const Middle p(Four(anchors, i));
    const Middle g(Four(truth, i));
    const float deltas[] = {(g.x - p.x) / p.w, (g.y - p.y) / p.h,
                            Ln(Abs(g.w / p.w)), Ln(Abs(g.h / p.h))};
    for (int64_t k = 0; k < 4; ++k) {
      const auto at = static_cast<size_t>(k);
      y(i * 4 + k, (deltas[at] - means[at]) / stds[at]);
    }
  }
  return {};
}

OpStatus InferClip(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckBoxes(call, 1); !s.ok()) return s;
  if (InputOr(call, 1).shape != Shape{2}) {
    return OpError(call, "input img_size shape",
                   ToString(InputOr(call, 1).shape), "[2], height and width");
  }
  *outputs = {InputOr(call, 0)};
  return {};
}

OpStatus ComputeClip(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  const Reader boxes(call, operands, 0);
  const Reader size(call, operands, 1);
  const Writer y(call, operands, 0);
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t k = 0; k < 4; ++k) {
      y(i * 4 + k, Clamp(boxes(i * 4 + k), 0.0f, size(k % 2 == 0 ? 1 : 0)));
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) { return call.inputs[0].shape[0]; }

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles = 6 * VectorCycles(kVadd, bytes) +
                       3 * VectorCycles(kVmul, bytes) +
                       VectorCycles(kVexp, bytes);
  return work;
}

OpDef Make(const char* type, Engine engine, decltype(OpDef::infer) infer,
           decltype(OpDef::compute) compute) {
  OpDef op = Signature(type);
  op.engine = engine;
  op.infer = infer;
  op.items = Items;
  op.compute = compute;
  op.cost = Cost;
  op.exactness = "the steps of docs/windows.md in f32, one cast back";
  return op;
}

}  // namespace

#define BOXES(type, ...)                                           \
  const OpDef& type##Op() {                                        \
    static const OpDef& op = *new OpDef(Make(#type, __VA_ARGS__)); \
    return op;                                                     \
  }

BOXES(BoundingBoxDecode, Engine::kVector, InferCode, ComputeDecode)
BOXES(BoundingBoxEncode, Engine::kVector, InferCode, ComputeEncode)
BOXES(ClipBoxes, Engine::kAiCpu, InferClip, ComputeClip)

}  // namespace npuemu::kernels
