// Operators of evenly spaced numbers: Range, LinSpace, LinSpaceD. Items are
// output elements. Floats are computed in f32, each step rounded, with one cast
// (docs/moves.md); integers wrap. RangeD: assisted.cc.

#include <cmath>
#include <cstring>

#include "kernels/numeric/cast.h"
#include "kernels/op/cost.h"
#include "kernels/op/integer.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// A number of an input, as a float and, of integers, as it is.
struct Number {
  bool integer = false;
  int64_t whole = 0;
  float real = 0;
  double exact() const {
    return integer ? static_cast<double>(whole) : static_cast<double>(real);
  }
};

OpStatus ReadNumber(const OpCall& call, size_t index, const Operands* operands,
                    Number* number) {
  const TensorSpec& x = call.inputs[index];
  if (x.count() != 1) {
    return OpError(call, InputName(call, index) + " shape", ToString(x.shape),
                   "one element");
  }
  const std::byte* data = nullptr;
  if (IsConst(call, index)) data = call.const_inputs[index].data();
  if (data == nullptr && operands != nullptr) {
    data = operands->inputs[index].data;
  }
  if (data == nullptr) {
    return OpError(call, InputName(call, index),
                   "a value that only the run knows", "a const input");
  }
  Dispatch(AllTypes{}, x.dtype, [&]<typename T>() {
    T value;
    std::memcpy(&value, data, sizeof(value));
    number->integer = !kIsFloat<T>;
    number->real = static_cast<float>(Widen(value));
    if constexpr (!kIsFloat<T>) {
      number->whole = static_cast<int64_t>(Widen(value));
    }
  });
  return {};
}

struct RangePlan {
  TensorSpec y;
  Number start;
  Number limit;
  Number delta;
};

// (limit - start) / delta, rounded up; with is_closed, down and one more. Of
// integers exactly, else in f64. NaN where there is no step.
double StepsOf(const RangePlan& plan, bool closed) {
  if (plan.start.integer && plan.limit.integer && plan.delta.integer) {
    if (plan.delta.whole == 0) return std::nan("");
    const __int128 span = static_cast<__int128>(plan.limit.whole) -
                          static_cast<__int128>(plan.start.whole);
    const __int128 delta = plan.delta.whole;
    const __int128 rest = span % delta;
    // Toward minus infinity: the quotient is one too large if the signs differ.
    const bool below = rest != 0 && (rest < 0) != (delta < 0);
    const __int128 floor = span / delta - below;
    return static_cast<double>(closed || rest != 0 ? floor + 1 : floor);
  }
  const double steps =
      (plan.limit.exact() - plan.start.exact()) / plan.delta.exact();
  return closed ? std::floor(steps) + 1 : std::ceil(steps);
}

OpStatus CountSteps(const OpCall& call, const RangePlan& plan, int64_t* count) {
  const double number = StepsOf(plan, BoolAttr(call, "is_closed"));
  if (plan.delta.exact() == 0 || !(number < 0x1p+52)) {
    return OpError(call, "inputs start, limit, delta",
                   std::to_string(plan.start.exact()) + ", " +
                       std::to_string(plan.limit.exact()) + ", " +
                       std::to_string(plan.delta.exact()),
                   "a finite number of steps");
  }
  *count = number > 0 ? static_cast<int64_t>(number) : 0;
  return {};
}

OpStatus PlanRange(const OpCall& call, const Operands* operands,
                   RangePlan* plan) {
  OpStatus s = ReadNumber(call, 0, operands, &plan->start);
  if (s.ok()) s = ReadNumber(call, 1, operands, &plan->limit);
  if (s.ok()) s = ReadNumber(call, 2, operands, &plan->delta);
  int64_t count = 0;
  if (s.ok()) s = CountSteps(call, *plan, &count);
  if (s.ok()) plan->y = {InferredType(call, 0), Format::kNd, {count}};
  return s;
}

OpStatus InferRange(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  RangePlan plan;
  OpStatus s = PlanRange(call, nullptr, &plan);
  if (s.ok()) *outputs = {plan.y};
  return s;
}

// start + i * delta, two rounded steps.
OpStatus ComputeRange(const OpCall& call, const Operands& operands, int,
                      int64_t begin, int64_t end) {
  RangePlan plan;
  OpStatus s = PlanRange(call, &operands, &plan);
  if (s.ok()) s = CheckOutput(call, plan.y);
  if (!s.ok()) return s;
  std::byte* y = operands.outputs[0].data;
  const Lane lane = LaneOf(plan.y.dtype);
  for (int64_t i = begin; i < end; ++i) {
    if (lane == Lane::kFloat) {
      const float offset = static_cast<float>(i) * plan.delta.real;
      const float value = plan.start.real + offset;
      StoreLanes(lane, plan.y.dtype, &value, 1, operands.saturate, y, i);
      continue;
    }
    const int64_t value =
        WrapAdd(plan.start.whole, WrapMul(i, plan.delta.whole));
    std::memcpy(y + static_cast<size_t>(i) * ElementBytes(plan.y.dtype), &value,
                ElementBytes(plan.y.dtype));
  }
  return {};
}

// num elements from start to stop; LinSpaceD takes them from assist.
OpStatus PlanLinSpace(const OpCall& call, const Operands* operands, size_t at,
                      TensorSpec* y, int64_t* num) {
  for (size_t i : {at, at + 1}) {
    if (call.inputs[i].count() == 1) continue;
    return OpError(call, InputName(call, i) + " shape",
                   ToString(call.inputs[i].shape), "one element");
  }
  if (OpStatus s = ReadInt(call, at + 2, operands, num); !s.ok()) return s;
  const TensorSpec& assist = call.inputs[0];
  const bool fits = at == 0 || (assist.shape == Shape{*num});
  if (*num < 1 || !fits) {
    return OpError(call, InputName(call, at + 2), std::to_string(*num),
                   at == 0 ? "1 or more"
                           : "the extent of assist, " + ToString(assist.shape));
  }
  *y = {call.inputs[at].dtype, Format::kNd, {*num}};
  return {};
}

// step = (stop - start) / (num - 1); y = start + i * step, the last one stop.
// LinSpaceD: i is assist's element, and the last is like the others.
template <size_t at>
OpStatus ComputeLinSpace(const OpCall& call, const Operands& operands, int,
                         int64_t begin, int64_t end) {
  TensorSpec spec;
  int64_t num = 0;
  OpStatus s = PlanLinSpace(call, &operands, at, &spec, &num);
  if (s.ok()) s = CheckOutput(call, spec);
  Number start;
  Number stop;
  if (s.ok()) s = ReadNumber(call, at, &operands, &start);
  if (s.ok()) s = ReadNumber(call, at + 1, &operands, &stop);
  if (!s.ok()) return s;
  const float step =
      num == 1 ? 0.0f : (stop.real - start.real) / static_cast<float>(num - 1);
  std::byte* y = operands.outputs[0].data;
  for (int64_t i = begin; i < end; ++i) {
    float place = static_cast<float>(i);
    if (at > 0) std::memcpy(&place, DataOf(call, operands, 0) + i * 4, 4);
    float value = start.real + place * step;
    if (at == 0 && i == num - 1) value = num > 1 ? stop.real : start.real;
    Dispatch(AllTypes{}, spec.dtype, [&]<typename T>() {
      T element;
      if constexpr (kIsFloat<T>) {
        element = Out<T>(value, operands.saturate);
      } else if constexpr (std::is_same_v<T, Bool>) {
        element = Bool{value != 0};
      } else {
        element = Cast<T>(value, {.mode = Rounding::kTrunc});
      }
      std::memcpy(y + static_cast<size_t>(i) * sizeof(T), &element, sizeof(T));
    });
  }
  return {};
}

template <size_t at>
OpDef LinSpace(OpDef op) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    if (OpStatus s = CheckInputs(call); !s.ok()) return s;
    TensorSpec y;
    int64_t num = 0;
    OpStatus s = PlanLinSpace(call, nullptr, at, &y, &num);
    if (s.ok()) *outputs = {y};
    return s;
  };
  op.compute = ComputeLinSpace<at>;
  op.value_inputs = {static_cast<int>(at) + 2};
  return op;
}

OpDef Finished(OpDef op) {
  op.items = ItemsOfOutput;
  op.cost = [](const OpCall& call) {
    Work work = MoveWork(call);
    work.vector_cycles = VectorCycles(kVadds, call.outputs[0].count() * 4);
    work.vector_cycles *= 2;
    return work;
  };
  op.exactness =
      "f32: product, then sum, each rounded, one cast; integers wrap";
  return op;
}

OpDef MakeRange() {
  OpDef op = Finished(Signature("Range"));
  op.infer = InferRange;
  op.compute = ComputeRange;
  op.value_inputs = {0, 1, 2};
  return op;
}

}  // namespace

const OpDef& RangeOp() {
  static const OpDef& op = *new OpDef(MakeRange());
  return op;
}

const OpDef& LinSpaceOp() {
  static const OpDef& op =
      *new OpDef(Finished(LinSpace<0>(Signature("LinSpace"))));
  return op;
}

const OpDef& LinSpaceDOp() {
  static const OpDef& op =
      *new OpDef(Finished(LinSpace<1>(Signature("LinSpaceD"))));
  return op;
}

}  // namespace npuemu::kernels
