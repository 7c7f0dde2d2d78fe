// Einsum of one or two operands. Two: one product of the cube, whose rows are
// the labels of the first operand only, whose columns those of the second only,
// whose K those of both that the result has not; the others are its batch: for
// each element one Mmad chain over K, the labels of K in the order of the first
// operand (arithmetic 7.4), stored by Fixpipe (7.5). One: elements are moved,
// or the row sum of 7.8 over the labels that the result has not. ND. In order:
// docs/matmuls.md.

#include "kernels/ops/matmul/einsum.h"

#include <algorithm>
#include <string>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/conv/product.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferEinsum(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Equation equation;
  if (OpStatus s = ReadEquation(call, &equation); !s.ok()) return s;
  for (const TensorSpec& x : call.inputs) {
    if (x.dtype == call.inputs[0].dtype) continue;
    return OpError(call, "input x1", NameOf(x.dtype),
                   NameOf(call.inputs[0].dtype));
  }
  TensorSpec y = call.inputs[0];
  y.shape = equation.y;
  *outputs = {std::move(y)};
  return {};
}

// The product of two operands, and what steps through its batch.
struct Plan {
  Product product;
  std::vector<Label> batch;
  int64_t batches = 1;
  int64_t items = 0;  // of one of the batch
};

Plan PlanOf(const OpCall& call) {
  Equation equation;
  (void)ReadEquation(call, &equation);
  Plan plan;
  plan.product.kind = MmadKindOf(call.inputs[0].dtype);
  for (const Label& label : equation.labels) {
    const Digit digit{label.extent, label.stride[0], label.stride[1], label.y};
    if (!label.in_y) {
      plan.product.outer.push_back(digit);
    } else if (!label.in[1]) {
      plan.product.m.push_back(digit);
    } else if (!label.in[0]) {
      plan.product.n.push_back(digit);
    } else {
      plan.batch.push_back(label);
      plan.batches *= label.extent;
    }
  }
  std::vector<Digit>& outer = plan.product.outer;
  const bool none = std::any_of(outer.begin(), outer.end(),
                                [](const Digit& d) { return d.extent == 0; });
  if (none) outer = {{0, 0, 0, 0}};
  if (!outer.empty()) {  // the last label of K runs innermost
    plan.product.channel = outer.back();
    plan.product.block = std::max<int64_t>(plan.product.channel.extent, 1);
    outer.pop_back();
  }
  plan.items = ProductItems(plan.product);
  return plan;
}

int64_t Items(const OpCall& call, int) {
  if (call.outputs[0].count() == 0) return 0;
  if (call.inputs.size() == 1) return call.outputs[0].count();
  const Plan plan = PlanOf(call);
  return plan.batches * plan.items;
}

void ComputeTwo(const OpCall& call, const Operands& operands, int64_t begin,
                int64_t end) {
  const Plan plan = PlanOf(call);
  const DataType type = call.inputs[0].dtype;
  const size_t bytes = static_cast<size_t>(BitsOf(type)) / 8;
  for (int64_t item = begin; item < end; ++item) {
    int64_t rest = item / plan.items;
    int64_t at[3] = {0, 0, 0};
    for (size_t d = plan.batch.size(); d-- > 0;) {
      const Label& label = plan.batch[d];
      const int64_t index = rest % label.extent;
      rest /= label.extent;
      at[0] += index * label.stride[0];
      at[1] += index * label.stride[1];
      at[2] += index * label.y;
    }
    const auto moved = [&](const TensorView& view, int64_t by) {
      return view.data + static_cast<size_t>(by) * bytes;
    };
    const ProductOperands parts{moved(operands.inputs[0], at[0]),
                                moved(operands.inputs[1], at[1]),
                                nullptr,
                                DataType::kFloat,
                                moved(operands.outputs[0], at[2]),
                                type,
                                operands.saturate};
    const int64_t within = item % plan.items;
    ComputeProduct(plan.product, parts, within, within + 1);
  }
}

void ComputeOne(const OpCall& call, const Operands& operands, int64_t begin,
                int64_t end) {
  Equation equation;
  (void)ReadEquation(call, &equation);
  Digits kept;
  Digits summed;
  int64_t length = 1;
  for (char name : equation.result) {
    const Label* label = equation.Find(name);
    kept.Push(label->extent, label->stride[0]);
  }
  bool sums = false;
  for (const Label& label : equation.labels) {
    if (label.in_y) continue;
    summed.Push(label.extent, label.stride[0]);
    length = length == 0 ? 0 : length * label.extent;
    sums = true;
  }
  const DataType type = call.inputs[0].dtype;
  const std::byte* x = operands.inputs[0].data;
  std::byte* y = operands.outputs[0].data;
  const size_t bytes = static_cast<size_t>(BitsOf(type)) / 8;
  float lanes[kLanes];
  for (int64_t i = begin; i < end; ++i) {
    const int64_t offset = kept.Offset(i);
    if (!sums) {
      std::copy_n(x + static_cast<size_t>(offset) * bytes, bytes,
                  y + static_cast<size_t>(i) * bytes);
      continue;
    }
    const auto value = [&](int64_t j) {
      float lane;
      LoadLanes(type, Lane::kFloat, x, offset + summed.Offset(j), 1, 1, &lane);
      return lane;
    };
    const int64_t used = LanesOf(length);
    SumLanes<float>(length, 0, used, value, lanes);
    const float sum = CanonicalNan(SumTree(lanes, used));
    StoreLanes(Lane::kFloat, type, &sum, 1, operands.saturate, y, i);
  }
}

OpStatus ComputeEinsum(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  (call.inputs.size() == 1 ? ComputeOne : ComputeTwo)(call, operands, begin,
                                                      end);
  return {};
}

Work CostEinsum(const OpCall& call) {
  Work work = MoveWork(call);
  if (call.inputs.size() == 1) {
    work.vector_cycles =
        VectorCycles(kVcadd, static_cast<int64_t>(call.inputs[0].bytes()));
    return work;
  }
  if (call.outputs[0].count() == 0) return work;
  const Plan plan = PlanOf(call);
  const Product& p = plan.product;
  work.cube_cycles = static_cast<uint64_t>(plan.batches) *
                     MmadCycles(p.kind, p.rows(), p.columns(), p.depth());
  return work;
}

}  // namespace

const OpDef& EinsumOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("Einsum");
    made.engine = Engine::kCube;
    made.infer = InferEinsum;
    made.items = Items;
    made.compute = ComputeEinsum;
    made.cost = CostEinsum;
    made.exactness =
        "Two operands: one Mmad chain over the labels that are summed, in the "
        "order of the first operand (arithmetic 7.4, 7.5); one: moved, or the "
        "row sum of 7.8.";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
