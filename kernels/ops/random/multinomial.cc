// Multinomial, StatelessMultinomial, MultinomialWithReplacement: classes drawn
// by weights. x [rows, classes] (the last one also [classes]); ND. Items are
// rows. Weights and their running sum in f32 (docs/random.md).

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/op/primitives.h"
#include "kernels/op/rows.h"
#include "kernels/ops/random/random.h"

namespace npuemu::kernels {
namespace {

// exp of the distance to the largest finite logit, 0 for those not finite.
void WeightsOfLogits(std::vector<float>* x) {
  float most = -kInf;
  for (float v : *x) {
    if (std::isfinite(v)) most = std::max(most, v);
  }
  for (float& v : *x) v = std::isfinite(v) ? Exp(v - most) : 0.0f;
}

void PositiveWeights(std::vector<float>* x) {
  for (float& v : *x) v = std::isfinite(v) && v > 0 ? v : 0.0f;
}

// Running sums, and the last class with a weight; -1 if there is none.
struct Wheel {
  std::vector<float> sums;
  int64_t last = -1;

  void Set(const std::vector<float>& weights) {
    sums.resize(weights.size());
    last = -1;
    float sum = 0;
    for (size_t j = 0; j < weights.size(); ++j) {
      sum = sum + weights[j];
      sums[j] = sum;
      if (weights[j] > 0) last = static_cast<int64_t>(j);
    }
  }
  int64_t Pick(float fraction) const {
    const float target = fraction * sums.back();
    const auto it = std::upper_bound(sums.begin(), sums.end(), target);
    // Also where the target is NaN: a sum that is infinite, times 0.
    if (it == sums.end() || target != target) return last;
    return it - sums.begin();
  }
};

struct Plan {
  int64_t rows = 1;
  int64_t classes = 0;
  int64_t samples = 0;
  bool logits = true;
  bool replaces = true;
};

OpStatus PlanOf(const OpCall& call, const Operands* operands, Plan* plan) {
  const TensorSpec& x = call.inputs[0];
  plan->logits = call.op->inputs[0].name == std::string("logits");
  const size_t rank = x.shape.size();
  if (rank != 2 && (plan->logits || rank != 1)) {
    return OpError(
        call, InputName(call, 0) + " shape", ToString(x.shape),
        plan->logits ? "[rows, classes]" : "[classes] or [rows, classes]");
  }
  if (rank == 2) plan->rows = x.shape[0];
  plan->classes = x.shape[rank - 1];
  std::string argument = "attribute numsamples";
  if (plan->logits) {
    argument = InputName(call, 1);
    OpStatus s = ReadInt(call, 1, operands, &plan->samples);
    if (!s.ok()) return s;
  } else {
    plan->samples = IntAttr(call, "numsamples");
    plan->replaces = AttrOf<bool>(call, "replacement", false);
  }
  const int64_t most =
      plan->replaces ? std::numeric_limits<int64_t>::max() : plan->classes;
  const bool fits = plan->samples >= 0 && plan->samples <= most &&
                    ElementCount({plan->rows, plan->samples}) >= 0;
  if (!fits || (plan->samples > 0 && plan->classes == 0)) {
    return OpError(call, argument, std::to_string(plan->samples),
                   "0 or more, as many as there are classes to draw");
  }
  return {};
}

OpStatus StreamOf(const OpCall& call, const Operands* operands,
                  PhiloxStream* stream) {
  const std::string type = call.op->type;
  if (type == "Multinomial") return SeedAttrs(call, operands, stream);
  if (type == "StatelessMultinomial") {
    return SeedPair(call, operands, 2, stream);
  }
  return SeedOffset(call, operands, 1, 2, stream);
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  OpStatus s = CheckInputs(call);
  Plan plan;
  if (s.ok()) s = PlanOf(call, nullptr, &plan);
  PhiloxStream stream;
  if (s.ok()) s = StreamOf(call, nullptr, &stream);
  DataType type = DataType::kUndefined;
  const bool seeded = call.op->type == std::string("Multinomial");
  if (s.ok())
    s = RandomType(call, seeded ? "dtype" : "output_dtype", -1, &type);
  if (!s.ok()) return s;
  Shape shape = {plan.samples};
  if (call.inputs[0].shape.size() == 2) shape.insert(shape.begin(), plan.rows);
  *outputs = {{type, Format::kNd, shape}};
  return {};
}

OpStatus RunRow(const OpCall& call, const Operands& operands, const Plan& plan,
                const PhiloxStream& stream, int64_t row) {
  std::vector<float> weights(static_cast<size_t>(plan.classes));
  LoadLanes(call.inputs[0].dtype, Lane::kFloat, DataOf(call, operands, 0),
            row * plan.classes, plan.classes, 1, weights.data());
  plan.logits ? WeightsOfLogits(&weights) : PositiveWeights(&weights);
  Wheel wheel;
  wheel.Set(weights);
  const size_t width = ElementBytes(call.outputs[0].dtype);
  for (int64_t s = 0; s < plan.samples; ++s) {
    if (wheel.last < 0) {
      return OpError(call, InputName(call, 0),
                     "no weight left for sample " + std::to_string(s) +
                         " of row " + std::to_string(row),
                     "a class to draw");
    }
    const int64_t place = row * plan.samples + s;
    const int64_t index =
        wheel.Pick(UnitFloat(stream.Word(static_cast<uint64_t>(place))));
    std::memcpy(operands.outputs[0].data + static_cast<size_t>(place) * width,
                &index, width);
    if (plan.replaces) continue;
    weights[static_cast<size_t>(index)] = 0;
    wheel.Set(weights);
  }
  return {};
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Plan plan;
  PhiloxStream stream;
  OpStatus s = PlanOf(call, &operands, &plan);
  if (s.ok()) s = StreamOf(call, &operands, &stream);
  Shape shape = {plan.samples};
  if (call.inputs[0].shape.size() == 2) shape.insert(shape.begin(), plan.rows);
  if (s.ok()) {
    s = CheckOutput(call, {call.outputs[0].dtype, Format::kNd, shape});
  }
  if (!s.ok() || plan.samples == 0) return s;
  for (int64_t row = begin; row < end && s.ok(); ++row) {
    s = RunRow(call, operands, plan, stream, row);
  }
  return s;
}

OpDef Drawn(OpDef op) {
  op.engine = Engine::kAiCpu;
  op.infer = Infer;
  op.items = [](const OpCall& call, int) {
    const Shape& x = call.inputs[0].shape;
    return x.size() == 2 ? x[0] : int64_t{1};
  };
  op.compute = Compute;
  op.cost = [](const OpCall& call) {
    Work work = CostRandom(call);
    const int64_t bytes = call.inputs[0].count() * 4;
    work.vector_cycles +=
        VectorCycles(kVexp, bytes) + VectorCycles(kVadd, bytes);
    return work;
  };
  op.exactness =
      "weights and running sums in f32, fractions by Philox-4x32-10; the "
      "mapping of docs/random.md is this emulator's definition";
  if (op.inputs[0].name == std::string("logits")) op.value_inputs = {1};
  return op;
}

#define DRAWN(type)                                               \
  const OpDef& type##Op() {                                       \
    static const OpDef& op = *new OpDef(Drawn(Signature(#type))); \
    return op;                                                    \
  }

}  // namespace

DRAWN(Multinomial)
DRAWN(StatelessMultinomial)
DRAWN(MultinomialWithReplacement)

}  // namespace npuemu::kernels
