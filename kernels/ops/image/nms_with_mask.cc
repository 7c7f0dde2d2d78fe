// Operator NMSWithMask: rows (x1, y1, x2, y2, score), best first; a mask tells
// which of them overlap none before them: docs/windows.md, Boxes. What a box is
// compared with depends on all before it: one item.

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/boxes.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferMask(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const TensorSpec& x = InputOr(call, 0);
  if (x.shape.size() != 2 || x.shape[1] != 5) {
    return OpError(call, "input box_scores shape", ToString(x.shape),
                   "[boxes,5]");
  }
  const Shape rows = {x.shape[0]};
  *outputs = {x,
              {DataType::kInt32, x.format, rows},
              {InferredType(call, 2), x.format, rows}};
  return {};
}

OpStatus ComputeMask(const OpCall& call, const Operands& operands, int, int64_t,
                     int64_t) {
  const Reader x(call, operands, 0);
  const float threshold = AttrOf<float>(call, "iou_threshold");
  const int64_t n = call.inputs[0].shape[0];
  std::copy_n(operands.inputs[0].data, call.inputs[0].bytes(),
              operands.outputs[0].data);
  int32_t* index = operands.outputs[1].as<int32_t>();
  uint8_t* mask = operands.outputs[2].as<uint8_t>();
  std::vector<Box> kept;
  for (int64_t i = 0; i < n; ++i) {
    index[i] = static_cast<int32_t>(i);
    const Box box = {x(i * 5), x(i * 5 + 1), x(i * 5 + 2), x(i * 5 + 3)};
    const bool overlaps = std::any_of(
        kept.begin(), kept.end(),
        [&](const Box& k) { return Overlap(k, box, 1.0f) > threshold; });
    mask[i] = overlaps ? 0 : 1;
    if (!overlaps) kept.push_back(box);
  }
  return {};
}

// Each box beside each box that is kept.
Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t n = std::min<int64_t>(call.inputs[0].shape[0], 1 << 15);
  work.vector_cycles = 16 * VectorCycles(kVadd, n * n * 4);
  return work;
}

}  // namespace

const OpDef& NMSWithMaskOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("NMSWithMask");
    made.engine = Engine::kVector;
    made.infer = InferMask;
    made.items = [](const OpCall&, int) { return int64_t{1}; };
    made.compute = ComputeMask;
    made.cost = Cost;
    made.exactness = "overlaps by the steps of docs/windows.md in f32";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
