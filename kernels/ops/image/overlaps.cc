// Operators Iou, GIoU, DIoU and CIoU: how much boxes overlap, for each pair or
// one beside the other, in f32 with one cast back: docs/windows.md, Boxes. An
// item is a pair.

#include "kernels/op/cost.h"
#include "kernels/op/functions.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/boxes.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// Iou holds boxes as rows [n, 4], the others as columns [4, n].
bool AreRows(const OpCall& call) { return HasAttr(call, "aligned"); }

bool IsCross(const OpCall& call) {
  return AreRows(call) ? !AttrOf<bool>(call, "aligned")
                       : AttrOf<bool>(call, "is_cross");
}

int64_t Boxes(const OpCall& call, int input) {
  const Shape& shape = InputOr(call, input).shape;
  return shape[AreRows(call) ? 0 : 1];
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const size_t four = AreRows(call) ? 1 : 0;
  for (int i = 0; i < 2; ++i) {
    const Shape& shape = InputOr(call, i).shape;
    if (shape.size() != 2 || shape[four] != 4) {
      return OpError(
          call,
          std::string("input ") + call.op->inputs[size_t(i)].name + " shape",
          ToString(shape), four == 1 ? "[boxes,4]" : "[4,boxes]");
    }
  }
  const auto mode = AttrOf<std::string>(call, "mode");
  if (mode != "iou" && mode != "iof") {
    return OpError(call, "attribute mode", mode, "iou or iof");
  }
  const int64_t boxes = Boxes(call, 0);
  const int64_t others = Boxes(call, 1);
  if (!IsCross(call) && boxes != others) {
    return OpError(call, "input gtboxes", std::to_string(others),
                   std::to_string(boxes) + " boxes, one beside the other");
  }
  TensorSpec y = call.inputs[0];
  y.shape = {others, boxes};
  if (!IsCross(call))
    y.shape = AreRows(call) ? Shape{boxes, 1} : Shape{1, boxes};
  if (ElementCount(y.shape) < 0) {
    return OpError(call, "output shape", ToString(y.shape),
                   "a product of extents that fits in int64");
  }
  outputs->assign(call.op->outputs.size(), y);
  return {};
}

Box BoxAt(const OpCall& call, const Reader& read, int input, int64_t i) {
  float v[4];
  const int64_t boxes = Boxes(call, input);
  for (int64_t k = 0; k < 4; ++k) {
    v[k] = read(AreRows(call) ? i * 4 + k : k * boxes + i);
  }
  if (!AttrOf<bool>(call, "trans")) return {v[0], v[1], v[2], v[3]};
  const float w = v[2] * 0.5f;  // centre and size
  const float h = v[3] * 0.5f;
  return {v[0] - w, v[1] - h, v[0] + w, v[1] + h};
}

struct Result {
  float overlap;
  float second;  // CIoU's atan_sub
};

// The smallest box around both.
Box Around(const Box& a, const Box& b) {
  return {Min(a.x1, b.x1), Min(a.y1, b.y1), Max(a.x2, b.x2), Max(a.y2, b.y2)};
}

Result OverlapOf(const OpCall& call, const Box& b, const Box& g) {
  const std::string_view type = call.op->type;
  const bool of_other = AttrOf<std::string>(call, "mode") == "iof";
  const float extra = type == "Iou" ? AttrOf<float>(call, "eps") : 0.0f;
  const float both = Intersection(b, g, extra);
  const float all = Union(b, g, both, extra);
  const float iou = both / (of_other ? AreaOf(g, extra) : all);
  if (type == "Iou") return {iou, 0};
  const Box around = Around(b, g);
  if (type == "GIoU") {
    const float area = AreaOf(around, 0.0f);
    return {iou - (area - all) / area, 0};
  }
  const float dx = (b.x1 + b.x2 - (g.x1 + g.x2)) * 0.5f;
  const float dy = (b.y1 + b.y2 - (g.y1 + g.y2)) * 0.5f;
  const float w = around.x2 - around.x1;
  const float h = around.y2 - around.y1;
  const float diou = iou - (dx * dx + dy * dy) / (w * w + h * h);
  if (type == "DIoU") return {diou, 0};
  const float sub =
      Atan((g.x2 - g.x1) / (g.y2 - g.y1)) - Atan((b.x2 - b.x1) / (b.y2 - b.y1));
  const float v = sub * sub * 0x1.9f02f6p-2f;  // 4 / pi^2
  const float alpha = v / (1.0f - iou + v);
  return {diou - alpha * v, sub};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  const Reader boxes(call, operands, 0);
  const Reader others(call, operands, 1);
  const Writer y(call, operands, 0);
  const int64_t columns = Boxes(call, 0);
  for (int64_t i = begin; i < end; ++i) {
    const int64_t column = IsCross(call) ? i % columns : i;
    const int64_t row = IsCross(call) ? i / columns : i;
    const Result r = OverlapOf(call, BoxAt(call, boxes, 0, column),
                               BoxAt(call, others, 1, row));
    y(i, r.overlap);
    if (call.outputs.size() > 1) {
      const bool wanted = AttrOf<bool>(call, "atan_sub_flag");
      Writer(call, operands, 1)(i, wanted ? r.second : 0.0f);
    }
  }
  return {};
}

int64_t Items(const OpCall& call, int) { return call.outputs[0].count(); }

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles = 12 * VectorCycles(kVadd, bytes) +
                       4 * VectorCycles(kVmul, bytes) +
                       VectorCycles(kVdiv, bytes);
  return work;
}

OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = Infer;
  op.items = Items;
  op.compute = Compute;
  op.cost = Cost;
  op.exactness = "the steps of docs/windows.md in f32, one cast back";
  return op;
}

}  // namespace

#define OVERLAP(type)                                 \
  const OpDef& type##Op() {                           \
    static const OpDef& op = *new OpDef(Make(#type)); \
    return op;                                        \
  }

OVERLAP(Iou)
OVERLAP(GIoU)
OVERLAP(DIoU)
OVERLAP(CIoU)

}  // namespace npuemu::kernels
