// TransposeBatchMatMul: y = turned(turned(x1) * turned(x2) + bias) for three
// extents each, one Mmad chain over K from the bias (arithmetic 7.4), stored by
// Fixpipe (7.5); operands are read and results written where they lie. In
// order: docs/matmuls.md.

#include <algorithm>
#include <string>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/cost.h"
#include "kernels/ops/conv/product.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kBias = 2;
constexpr size_t kScale = 3;
constexpr size_t kRank = 3;

// Extents and strides of a tensor after its permutation.
struct Turned {
  int64_t extent[kRank];
  int64_t stride[kRank];
};

bool Has(const OpCall& call, size_t index) {
  return index < call.inputs.size() && !call.inputs[index].absent();
}

// No permutation leaves axes where they are.
OpStatus Permutation(const OpCall& call, const char* name,
                     std::vector<int64_t>* perm) {
  *perm = AttrOr<std::vector<int64_t>>(call.attrs, name, {});
  if (perm->empty()) *perm = {0, 1, 2};
  std::vector<int64_t> sorted = *perm;
  std::sort(sorted.begin(), sorted.end());
  if (sorted == std::vector<int64_t>{0, 1, 2}) return {};
  return OpError(call, std::string("attribute ") + name, ToString(*perm),
                 "a permutation of 0, 1, 2");
}

OpStatus Turn(const OpCall& call, size_t index, const char* name, Turned* x) {
  const Shape& shape = call.inputs[index].shape;
  if (shape.size() != kRank || call.inputs[index].count() < 0) {
    return OpError(
        call, std::string("input ") + call.op->inputs[index].name + " shape",
        ToString(shape), "three extents");
  }
  std::vector<int64_t> perm;
  if (OpStatus s = Permutation(call, name, &perm); !s.ok()) return s;
  const std::vector<int64_t> strides = call.inputs[index].count() == 0
                                           ? std::vector<int64_t>(kRank)
                                           : StridesOf(shape);
  for (size_t d = 0; d < kRank; ++d) {
    const auto from = static_cast<size_t>(perm[d]);
    x->extent[d] = shape[from];
    x->stride[d] = strides[from];
  }
  return {};
}

struct Plan {
  Product product;
  Shape y;
};

OpStatus Make(const OpCall& call, Plan* plan) {
  Turned a;
  Turned b;
  if (OpStatus s = Turn(call, 0, "perm_x1", &a); !s.ok()) return s;
  if (OpStatus s = Turn(call, 1, "perm_x2", &b); !s.ok()) return s;
  if (a.extent[0] != b.extent[0] || a.extent[2] != b.extent[1]) {
    return OpError(call, "input x2 shape", ToString(call.inputs[1].shape),
                   "after perm_x2 [" + std::to_string(a.extent[0]) + "," +
                       std::to_string(a.extent[2]) + ",n]");
  }
  std::vector<int64_t> perm;
  if (OpStatus s = Permutation(call, "perm_y", &perm); !s.ok()) return s;
  const Shape result = {a.extent[0], a.extent[1], b.extent[2]};
  plan->y.clear();
  for (int64_t d : perm) plan->y.push_back(result[static_cast<size_t>(d)]);
  if (ElementCount(plan->y) < 0) {
    return OpError(call, "output y shape", ToString(plan->y),
                   "a product of extents that fits in int64");
  }
  int64_t stride[kRank] = {0, 0, 0};
  if (ElementCount(plan->y) > 0) {
    const std::vector<int64_t> strides = StridesOf(plan->y);
    for (size_t d = 0; d < kRank; ++d) {
      stride[static_cast<size_t>(perm[d])] = strides[d];
    }
  }
  Product& p = plan->product;
  p.kind = MmadKindOf(call.inputs[0].dtype);
  p.group = {a.extent[0], a.stride[0], b.stride[0], stride[0]};
  p.m = {{a.extent[1], a.stride[1], 0, stride[1]}};
  p.n = {{b.extent[2], 0, b.stride[2], stride[2]}};
  p.channel = {a.extent[2], a.stride[2], b.stride[1], 0};
  p.block = std::max<int64_t>(a.extent[2], 1);
  return {};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (Has(call, kScale)) {
    return OpError(call, "input scale", "a tensor", "none: results are floats");
  }
  if (AttrOr<bool>(call.attrs, "enable_hf32", false)) {
    return OpError(call, "attribute enable_hf32", "true", "false");
  }
  const auto factor = AttrOr<int64_t>(call.attrs, "batch_split_factor", 1);
  if (factor != 1) {
    return OpError(call, "attribute batch_split_factor", std::to_string(factor),
                   "1");
  }
  Plan plan;
  if (OpStatus s = Make(call, &plan); !s.ok()) return s;
  const int64_t columns = plan.product.n[0].extent;
  if (Has(call, kBias) && call.inputs[kBias].shape != Shape{columns}) {
    return OpError(call, "input bias shape", ToString(call.inputs[kBias].shape),
                   ToString(Shape{columns}));
  }
  *outputs = {{call.inputs[0].dtype, call.inputs[0].format, plan.y}};
  return {};
}

// Batches are taken one by one: they share the bias.
OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Plan plan;
  if (OpStatus s = Make(call, &plan); !s.ok()) return s;
  const Digit batch = plan.product.group;
  plan.product.group = Digit();
  const int64_t items = ProductItems(plan.product);
  const DataType type = call.inputs[0].dtype;
  const int64_t bytes = BitsOf(type) / 8;
  const bool has_bias = Has(call, kBias);
  for (int64_t item = begin; item < end; ++item) {
    const int64_t b = item / items;
    const ProductOperands parts{
        operands.inputs[0].data + b * batch.a * bytes,
        operands.inputs[1].data + b * batch.b * bytes,
        has_bias ? operands.inputs[kBias].data : nullptr,
        has_bias ? call.inputs[kBias].dtype : DataType::kFloat,
        operands.outputs[0].data + b * batch.y * bytes,
        type,
        operands.saturate};
    ComputeProduct(plan.product, parts, item % items, item % items + 1);
  }
  return {};
}

}  // namespace

const OpDef& TransposeBatchMatMulOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("TransposeBatchMatMul");
    made.engine = Engine::kCube;
    made.infer = Infer;
    made.items = [](const OpCall& call, int) {
      Plan plan;
      (void)Make(call, &plan);
      return call.outputs[0].count() == 0 ? 0 : ProductItems(plan.product);
    };
    made.compute = Compute;
    made.cost = [](const OpCall& call) {
      Plan plan;
      (void)Make(call, &plan);
      const Product& p = plan.product;
      Work work = MoveWork(call);
      if (call.outputs[0].count() == 0) return work;
      work.cube_cycles = static_cast<uint64_t>(p.group.extent) *
                         MmadCycles(p.kind, p.rows(), p.columns(), p.depth());
      return work;
    };
    made.exactness =
        "One Mmad chain over K from the bias (arithmetic 7.4), stored by "
        "Fixpipe (7.5); transposition moves nothing";
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
