// Operator AvgPool1DD: windows along the last extent of x; y is the row sum of
// what a window sees (arithmetic.md 7.8), times assist_matrix, which holds the
// reciprocals of the counts and broadcasts to y: docs/windows.md, Pooling. In
// f32 with one cast back; an item is an element of y.

#include <algorithm>

#include "kernels/numeric/element.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/cost.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Windows1d {
  int64_t size = 0;
  int64_t window = 1;
  int64_t stride = 1;
  int64_t before = 0;
  int64_t places = 0;
};

OpStatus MakeWindows(const OpCall& call, Windows1d* w) {
  const Shape& x = InputOr(call, 0).shape;
  w->window = AttrOf<int64_t>(call, "ksize");
  w->stride = AttrOf<int64_t>(call, "strides");
  if (w->window < 1 || w->window > kMostExtent || w->stride < 1 ||
      w->stride > kMostExtent) {
    return OpError(call, "attributes ksize, strides",
                   ToString(Shape{w->window, w->stride}), "numbers from 1");
  }
  const auto pads = AttrOf<std::vector<int64_t>>(call, "pads");
  if (pads.size() != 2 || std::min(pads[0], pads[1]) < 0 ||
      std::max(pads[0], pads[1]) >= w->window) {
    return OpError(call, "attribute pads", ToString(AttrValue(pads)),
                   "two numbers from 0, less than ksize");
  }
  if (x.empty() || ElementCount(x) < 0 || x.back() > kMostExtent) {
    return OpError(call, "input x shape", ToString(x), "[..., width]");
  }
  w->size = x.back();
  w->before = pads[0];
  const int64_t room = w->size + pads[0] + pads[1] - w->window;
  if (room < 0) {
    return OpError(call, "attribute ksize", std::to_string(w->window),
                   "a window within x and its padding");
  }
  const bool ceil = AttrOf<bool>(call, "ceil_mode");
  w->places =
      (ceil ? (room + w->stride - 1) / w->stride : room / w->stride) + 1;
  if (ceil && (w->places - 1) * w->stride >= w->size + pads[0]) --w->places;
  return {};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Windows1d w;
  if (OpStatus s = MakeWindows(call, &w); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape.back() = w.places;
  const Shape& assist = InputOr(call, 1).shape;
  if (ElementCount(assist) < 0 || BroadcastShape(assist, y.shape) != y.shape) {
    return OpError(call, "input assist_matrix shape", ToString(assist),
                   "one that broadcasts to " + ToString(y.shape));
  }
  *outputs = {y};
  return {};
}

int64_t Items(const OpCall& call, int) { return call.outputs[0].count(); }

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Windows1d w;
  if (OpStatus s = MakeWindows(call, &w); !s.ok()) return s;
  const BroadcastPlan plan = PlanBroadcast(
      {call.inputs[1].shape, call.outputs[0].shape}, call.outputs[0].shape);
  Dispatch(Types<Float16, float>(), call.inputs[0].dtype, [&]<typename T>() {
    const T* x = operands.inputs[0].as<const T>();
    const T* assist = operands.inputs[1].as<const T>();
    T* y = operands.outputs[0].as<T>();
    ForEachRun(plan, 0, begin, end - begin,
               [&](int64_t done, int64_t offset, int64_t length, int64_t step) {
                 for (int64_t k = 0; k < length; ++k) {
                   const int64_t i = begin + done + k;
                   const int64_t start = i % w.places * w.stride - w.before;
                   const int64_t first = std::clamp<int64_t>(start, 0, w.size);
                   const int64_t count = std::max<int64_t>(
                       std::min(start + w.window, w.size) - first, 0);
                   const T* row = x + i / w.places * w.size + first;
                   float lanes[kLanes];
                   SumLanes<float>(
                       count, 0, LanesOf(count),
                       [&](int64_t j) { return Widen(row[j]); }, lanes);
                   const float sum = SumTree(lanes, LanesOf(count));
                   y[i] = Out<T>(sum * Widen(assist[offset + k * step]),
                                 operands.saturate);
                 }
               });
  });
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t window =
      std::clamp<int64_t>(AttrOf<int64_t>(call, "ksize"), 1, 1 << 12);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles =
      static_cast<uint64_t>(window) * VectorCycles(kVadd, bytes) +
      VectorCycles(kVmul, bytes);
  return work;
}

}  // namespace

const OpDef& AvgPool1DDOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("AvgPool1DD");
    made.engine = Engine::kVector;
    made.infer = Infer;
    made.items = Items;
    made.compute = Compute;
    made.cost = Cost;
    made.exactness = "row sum (7.8) times assist_matrix in f32, one cast back";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
