// File: scatter.h
// Rows of updates combined into rows of a tensor, in ascending order of the
// updates, each result rounded to the tensor's type (arithmetic.md 7.7). Items
// are output elements: a piece works on a copy of its elements, or on them
// where the result lies over its base, and looks at every update. Thread-safe.

#ifndef KERNELS_OPS_INDEX_SCATTER_H_
#define KERNELS_OPS_INDEX_SCATTER_H_

#include <vector>

#include "kernels/op/move.h"
#include "kernels/ops/index/combine.h"

namespace npuemu::kernels {

struct Scatter {
  TensorSpec y;
  int base = -1;       // the input that y begins as; -1: zero bits
  size_t indices = 1;  // inputs
  size_t updates = 2;
  Combine way = Combine::kUpdate;
  int64_t rows = 0;          // updates
  int64_t length = 1;        // elements of each
  bool one_for_all = false;  // a single element updates everything
  // The first element of y that a row goes to.
  std::function<OpStatus(int64_t row, const std::byte* indices, int64_t* at)>
      place;
};

OpStatus RunScatter(const OpCall& call, const Operands& operands,
                    const Scatter& scatter, int64_t begin, int64_t end);

Work CostScatter(const OpCall& call);

// Whether the updates have the shape that goes with the indices.
OpStatus CheckUpdates(const OpCall& call, const Scatter& scatter,
                      const Shape& expected);

using PlanScatterFn = OpStatus (*)(const OpCall&, const Operands*, Combine,
                                   Scatter*);

template <PlanScatterFn plan, Combine way>
OpDef ScatterOp(OpDef op) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    if (OpStatus s = CheckInputs(call); !s.ok()) return s;
    Scatter scatter;
    OpStatus s = plan(call, nullptr, way, &scatter);
    if (s.ok()) *outputs = {scatter.y};
    return s;
  };
  op.items = ItemsOfOutput;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    Scatter scatter;
    OpStatus s = plan(call, &operands, way, &scatter);
    if (s.ok()) s = CheckOutput(call, scatter.y);
    return s.ok() ? RunScatter(call, operands, scatter, begin, end) : s;
  };
  op.cost = CostScatter;
  op.exactness = way == Combine::kUpdate
                     ? "exact: bits are moved, the last update stays"
                     : "ascending updates, each result rounded (7.7)";
  return op;
}

#define SCATTER(type, plan, way)                                     \
  const OpDef& type##Op() {                                          \
    static const OpDef& op =                                         \
        *new OpDef(ScatterOp<plan, Combine::way>(Signature(#type))); \
    return op;                                                       \
  }

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_INDEX_SCATTER_H_
