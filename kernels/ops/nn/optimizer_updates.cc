// Optimizers whose state is an input that changes where it is: the sequences of
// the operators with state as outputs (…D; docs/sequences.md), which begin with
// the same inputs. The output is var; scalars broadcast; state has the output's
// shape.

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/op/elementwise.h"
#include "kernels/op/functions.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {

// The operators with state as outputs.
const OpDef& ApplyAdaMaxDOp();
const OpDef& ApplyAdadeltaDOp();
const OpDef& ApplyAdagradDOp();
const OpDef& ApplyAdagradDADOp();
const OpDef& ApplyAdamDOp();
const OpDef& ApplyAdamWithAmsgradV2Op();
const OpDef& ApplyAddSignDOp();
const OpDef& ApplyCenteredRMSPropDOp();
const OpDef& ApplyFtrlDOp();
const OpDef& ApplyFtrlV2DOp();
const OpDef& ApplyKerasMomentumDOp();
const OpDef& ApplyMomentumDOp();
const OpDef& ApplyPowerSignDOp();
const OpDef& ApplyProximalAdagradDOp();

namespace {

// Indices of inputs: the first `count` behind var.
std::vector<int> Behind(int count) {
  std::vector<int> states;
  for (int i = 1; i <= count; ++i) states.push_back(i);
  return states;
}

// The signature with the state among the outputs, too.
OpDef WithState(OpDef op, const std::vector<int>& states) {
  for (int i : states) {
    op.outputs.push_back(op.inputs[static_cast<size_t>(i)]);
  }
  return op;
}

template <const OpDef& (*whole)()>
OpStatus InferUpdating(const OpCall& call, std::vector<TensorSpec>* outputs) {
  OpCall with_state = call;
  with_state.op = &whole();
  with_state.outputs.resize(1);
  std::vector<TensorSpec> all;
  if (OpStatus s = with_state.op->infer(with_state, &all); !s.ok()) return s;
  for (int index : call.op->updated_inputs) {
    const auto i = static_cast<size_t>(index);
    if (i < call.inputs.size() && call.inputs[i].shape == all[0].shape) {
      continue;
    }
    return OpError(
        call, std::string("input ") + call.op->inputs[i].name + " shape",
        i < call.inputs.size() ? ToString(call.inputs[i].shape) : "none",
        ToString(all[0].shape));
  }
  all.resize(1);
  *outputs = std::move(all);
  return {};
}

template <const OpDef& (*whole)()>
OpStatus ComputeUpdating(const OpCall& call, const Operands& operands,
                         int phase, int64_t begin, int64_t end) {
  OpCall with_state = call;
  with_state.op = &whole();
  for (int index : call.op->updated_inputs) {
    with_state.outputs.push_back(call.inputs[static_cast<size_t>(index)]);
  }
  return with_state.op->compute(with_state, operands, phase, begin, end);
}

template <const OpDef& (*whole)()>
OpDef UpdatingOp(OpDef op, std::vector<int> states) {
  op.infer = InferUpdating<whole>;
  op.items = ItemsOfOutput;
  op.compute = ComputeUpdating<whole>;
  op.cost = [](const OpCall& call) {
    OpCall with_state = call;
    with_state.op = &whole();
    for (int index : call.op->updated_inputs) {
      with_state.outputs.push_back(call.inputs[static_cast<size_t>(index)]);
    }
    return CostElementwise(with_state);
  };
  op.exactness =
      "the sequence of docs/sequences.md in f32, one cast back; the state is "
      "updated in place";
  op.in_place = true;
  op.updated_inputs = std::move(states);
  return op;
}

const ElementwiseRule kOptimizer =
    Steps(kVmul, kVmul, kVadd, kVmul, kVadd, kVsqrt, kVadds, kVdiv, kVadd);

}  // namespace

// The sequence of another operator, which has the same inputs.
#define UPDATING_BY(type, states, rule)                                       \
  static const OpDef& type##WithState() {                                     \
    static const OpDef& op =                                                  \
        *new OpDef(ElementwiseOp(WithState(Signature(#type), states), rule)); \
    return op;                                                                \
  }                                                                           \
  const OpDef& type##Op() {                                                   \
    static const OpDef& op =                                                  \
        *new OpDef(UpdatingOp<type##WithState>(Signature(#type), states));    \
    return op;                                                                \
  }
#define UPDATING(type, states, other) \
  UPDATING_BY(type, states, ElementwiseRule(*other##Op().elementwise))
// A function of its own.
#define UPDATING_FN(type, states, takes, ...)                              \
  static const OpDef& type##WithState() {                                  \
    constexpr auto fn = __VA_ARGS__;                                       \
    static const OpDef& op =                                               \
        *new OpDef(elementwise_internal::Make<decltype(fn)>(               \
            WithState(Signature(#type), states), kOptimizer.Sequence(),    \
            Floats(), takes()));                                           \
    return op;                                                             \
  }                                                                        \
  const OpDef& type##Op() {                                                \
    static const OpDef& op =                                               \
        *new OpDef(UpdatingOp<type##WithState>(Signature(#type), states)); \
    return op;                                                             \
  }

UPDATING(ApplyAdaMax, Behind(2), ApplyAdaMaxD)
UPDATING(ApplyAdadelta, Behind(2), ApplyAdadeltaD)
UPDATING(ApplyAdagrad, Behind(1), ApplyAdagradD)
UPDATING(ApplyAdagradDA, Behind(2), ApplyAdagradDAD)
UPDATING(ApplyAdam, Behind(2), ApplyAdamD)
UPDATING(ApplyAdamWithAmsgrad, Behind(3), ApplyAdamWithAmsgradV2)
UPDATING(ApplyAddSign, Behind(1), ApplyAddSignD)
UPDATING(ApplyCenteredRMSProp, Behind(3), ApplyCenteredRMSPropD)
UPDATING(ApplyFtrl, Behind(2), ApplyFtrlD)
UPDATING(ApplyFtrlV2, Behind(2), ApplyFtrlV2D)
UPDATING(ApplyKerasMomentum, Behind(1), ApplyKerasMomentumD)
UPDATING(ApplyMomentum, Behind(1), ApplyMomentumD)
UPDATING(ApplyPowerSign, Behind(1), ApplyPowerSignD)
UPDATING(ApplyProximalAdagrad, Behind(1), ApplyProximalAdagradD)

using TakesApplyAdagradV2 = Takes<T, T, T, T, T>;
UPDATING_FN(ApplyAdagradV2, Behind(1), TakesApplyAdagradV2,
            [](float var, float accum, float lr, float epsilon, float grad,
               const Scalars& a) {
              const float na = a[0] != 0 ? accum + grad * grad : accum;
              return std::tuple(var - (lr * grad) / (Sqrt(na) + epsilon), na);
            })

using TakesApplyRMSProp = Takes<T, T, T, T, T, T, T, T>;
UPDATING_FN(ApplyRMSProp, Behind(2), TakesApplyRMSProp,
            [](float var, float ms, float mom, float lr, float rho,
               float momentum, float epsilon, float grad,
               [[maybe_unused]] const Scalars& a) {
              const float nms = ms + (grad * grad - ms) * (1.0f - rho);
              const float nmom =
                  mom * momentum + (lr * grad) / Sqrt(nms + epsilon);
              return std::tuple(var - nmom, nms, nmom);
            })

// stat is above 0 before the first step, whose velocity is the gradient.
using TakesSGD = Takes<T, T, T, T, T, T>;
UPDATING_FN(SGD, std::vector<int>({3, 5}), TakesSGD,
            [](float w, float gradient, float lr, float accum, float momentum,
               float stat, const Scalars& a) {
              const float g = gradient + w * a[1];
              const float s =
                  stat > 0 ? g : accum * momentum + g * (1.0f - a[0]);
              return std::tuple(w - lr * (a[2] != 0 ? g + s * momentum : s), s,
                                stat > 0 ? 0.0f : stat);
            })

}  // namespace npuemu::kernels
