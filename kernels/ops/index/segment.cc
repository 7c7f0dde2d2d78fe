// Operators that combine the rows of x which have the same segment id:
// UnsortedSegmentSum, -Max, -Min, -Prod, their D versions, SegmentSum,
// SegmentMax. Rows are combined in ascending order, floats in f32, each result
// rounded, cast back once. Items are output elements. Rows with a negative id
// are left out (TensorFlow); an id too large is a device exception.

#include <algorithm>
#include <limits>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/op/move.h"
#include "kernels/ops/index/combine.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Segments {
  TensorSpec y;
  int64_t rows = 0;
  int64_t length = 1;
  bool zero_if_empty = false;  // otherwise the limit, of maxima
};

// Ids of the shape of x's first axes; y has `count` in their place.
OpStatus Plan(const OpCall& call, const std::string& argument, int64_t count,
              Segments* plan) {
  const Shape& x = call.inputs[0].shape;
  const Shape& ids = call.inputs[1].shape;
  const bool prefix = !ids.empty() && ids.size() <= x.size() &&
                      std::equal(ids.begin(), ids.end(), x.begin());
  if (!prefix) {
    return OpError(call, "input segment_ids shape", ToString(ids),
                   "the first extents of " + ToString(x));
  }
  if (count < 0) {
    return OpError(call, argument, std::to_string(count), "0 or more");
  }
  plan->rows = call.inputs[1].count();
  plan->length = Product(x, ids.size(), x.size());
  plan->y = call.inputs[0];
  plan->y.shape = {count};
  plan->y.shape.insert(plan->y.shape.end(),
                       x.begin() + static_cast<std::ptrdiff_t>(ids.size()),
                       x.end());
  return {};
}

using PlanSegmentsFn = OpStatus (*)(const OpCall&, const Operands*, Segments*);

OpStatus PlanUnsorted(const OpCall& call, const Operands* operands,
                      Segments* plan) {
  int64_t count = 0;
  if (OpStatus s = ReadInt(call, 2, operands, &count); !s.ok()) return s;
  return Plan(call, "input num_segments", count, plan);
}

OpStatus PlanUnsortedD(const OpCall& call, const Operands*, Segments* plan) {
  return Plan(call, "attribute num_segments", IntAttr(call, "num_segments"),
              plan);
}

// Ids ascend from 0 or more; the last one says how many rows y has.
OpStatus PlanSorted(const OpCall& call, const Operands* operands,
                    Segments* plan) {
  plan->zero_if_empty = true;
  IntList ids;
  if (OpStatus s = ReadInts(call, 1, operands, &ids); !s.ok()) return s;
  if (call.inputs[1].shape.size() != 1 ||
      !std::is_sorted(ids.begin(), ids.end()) ||
      (!ids.empty() && (ids[0] < 0 || ids.back() > (int64_t{1} << 59)))) {
    return OpError(call, "input segment_ids", ToString(call.inputs[1].shape),
                   "one extent, numbers >= 0 that do not descend");
  }
  return Plan(call, "input segment_ids", ids.empty() ? 0 : ids.back() + 1,
              plan);
}

template <typename C>
C Limit(bool lowest, DataType type) {
  if constexpr (std::is_same_v<C, float>) {
    const float most = type == DataType::kFloat16 ? 65504.0f
                       : type == DataType::kBf16
                           ? 0x1.fep+127f
                           : std::numeric_limits<float>::max();
    return lowest ? -most : most;
  } else {
    const auto width = static_cast<unsigned>(BitsOf(type));
    const bool is_signed = type == DataType::kInt8 ||
                           type == DataType::kInt16 ||
                           type == DataType::kInt32 || type == DataType::kInt64;
    const uint64_t all = ~uint64_t{0} >> (64 - width);
    const uint64_t top = is_signed ? all >> 1 : all;
    return static_cast<C>(lowest ? (is_signed ? ~top : 0) : top);
  }
}

// What a segment without rows holds.
template <typename C>
C Start(const Segments& plan, Combine way) {
  const DataType type = plan.y.dtype;
  if (way == Combine::kAdd || plan.zero_if_empty) return C{};
  if (way == Combine::kMul) return static_cast<C>(1);
  return Limit<C>(way == Combine::kMax, type);
}

template <typename C>
OpStatus Run(const OpCall& call, const Operands& operands, const Segments& plan,
             Combine way, int64_t begin, int64_t end) {
  constexpr int64_t kBlock = 256;
  const DataType type = plan.y.dtype;
  const Lane lane = LaneOf(type);
  const bool selects = way == Combine::kMax || way == Combine::kMin;
  const int64_t segments = plan.y.shape[0];
  std::vector<C> acc(static_cast<size_t>(end - begin), Start<C>(plan, way));
  std::vector<bool> seen(
      static_cast<size_t>((end - 1) / plan.length - begin / plan.length + 1));
  const std::byte* ids = DataOf(call, operands, 1);
  const std::byte* x = DataOf(call, operands, 0);
  C lanes[kBlock];
  for (int64_t row = 0; row < plan.rows; ++row) {
    const int64_t id = IntAt(call.inputs[1].dtype, ids, row);
    if (id >= segments) return BadIndex(call, 1, id, segments);
    const int64_t at = id * plan.length;
    const int64_t from = std::max(at, begin);
    const int64_t to = std::min(at + plan.length, end);
    if (id < 0 || from >= to) continue;
    const auto segment = static_cast<size_t>(id - begin / plan.length);
    // The first row of a maximum or minimum stands for the limit.
    const bool first = selects && !seen[segment];
    seen[segment] = true;
    for (int64_t i = from; i < to; i += kBlock) {
      const int64_t count = std::min(kBlock, to - i);
      LoadLanes(type, lane, x, row * plan.length + i - at, count, 1, lanes);
      C* sums = acc.data() + (i - begin);
      if (first) std::copy_n(lanes, count, sums);
      CombineLanes(way, lane, lanes, 1, count, sums);
    }
  }
  StoreLanes(lane, type, acc.data(), end - begin, operands.saturate,
             operands.outputs[0].data, begin);
  return {};
}

template <PlanSegmentsFn plan_segments, Combine way>
OpDef SegmentOp(OpDef op, std::vector<int> value_inputs) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    if (OpStatus s = CheckInputs(call); !s.ok()) return s;
    Segments plan;
    OpStatus s = plan_segments(call, nullptr, &plan);
    if (s.ok()) *outputs = {plan.y};
    return s;
  };
  op.items = ItemsOfOutput;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    Segments plan;
    OpStatus s = plan_segments(call, &operands, &plan);
    if (s.ok()) s = CheckOutput(call, plan.y);
    if (!s.ok()) return s;
    switch (LaneOf(plan.y.dtype)) {
      case Lane::kFloat:
        return Run<float>(call, operands, plan, way, begin, end);
      case Lane::kInt32:
        return Run<int32_t>(call, operands, plan, way, begin, end);
      case Lane::kUint64:
        return Run<uint64_t>(call, operands, plan, way, begin, end);
      default:
        return Run<int64_t>(call, operands, plan, way, begin, end);
    }
  };
  op.cost = [](const OpCall& call) {
    Work work = MoveWork(call);
    work.vector_cycles = VectorCycles(kVadd, call.inputs[0].count() * 4);
    return work;
  };
  op.exactness = "floats in f32, rows ascending, one cast back; integers wrap";
  op.value_inputs = std::move(value_inputs);
  return op;
}

}  // namespace

#define SEGMENT(type, plan, way, ...)                                    \
  const OpDef& type##Op() {                                              \
    static const OpDef& op = *new OpDef(                                 \
        SegmentOp<plan, Combine::way>(Signature(#type), {__VA_ARGS__})); \
    return op;                                                           \
  }

SEGMENT(UnsortedSegmentSum, PlanUnsorted, kAdd, 2)
SEGMENT(UnsortedSegmentMax, PlanUnsorted, kMax, 2)
SEGMENT(UnsortedSegmentMin, PlanUnsorted, kMin, 2)
SEGMENT(UnsortedSegmentProd, PlanUnsorted, kMul, 2)
SEGMENT(UnsortedSegmentSumD, PlanUnsortedD, kAdd)
SEGMENT(UnsortedSegmentMaxD, PlanUnsortedD, kMax)
SEGMENT(UnsortedSegmentMinD, PlanUnsortedD, kMin)
SEGMENT(UnsortedSegmentProdD, PlanUnsortedD, kMul)
SEGMENT(SegmentSum, PlanSorted, kAdd, 1)
SEGMENT(SegmentMax, PlanSorted, kMax, 1)

}  // namespace npuemu::kernels
