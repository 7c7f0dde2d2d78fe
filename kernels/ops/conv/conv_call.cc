// The call around a convolution: what else it checks, its items, its cost.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/ops/conv/conv.h"

namespace npuemu::kernels {
namespace {

bool Has(const OpCall& call, int index) {
  return !InputOr(call, index).absent();
}

OpStatus CheckExtras(const ConvRule& rule, const OpCall& call,
                     const Conv& conv) {
  if (Has(call, rule.offset_w)) {
    return OpError(call, "input offset_w",
                   NameOf(InputOr(call, rule.offset_w).dtype), "none");
  }
  const auto offset = AttrOf<int64_t>(call, "offset_x");
  const DataType dtype = InputOr(call, rule.filter).dtype;
  const int64_t limit = dtype == DataType::kInt8 ? 128 : 0;
  if (offset < -limit || offset > std::max<int64_t>(limit - 1, 0)) {
    return OpError(
        call, "attribute offset_x", std::to_string(offset),
        limit != 0 ? "-128 to 127" : std::string("0 beside ") + NameOf(dtype));
  }
  if (!Has(call, rule.bias)) return {};
  const int64_t channels =
      rule.kind == ConvKind::kForward ? conv.y.c : conv.x.c;
  const Shape& shape = InputOr(call, rule.bias).shape;
  const auto ones = std::count(shape.begin(), shape.end(), int64_t{1});
  const auto rank = static_cast<std::ptrdiff_t>(shape.size());
  if (ElementCount(shape) != channels || ones + 1 < rank || rank == 0) {
    return OpError(call, "input bias shape", ToString(shape),
                   ToString(Shape{channels}));
  }
  return {};
}

// The size in memory must be what was believed of it.
OpStatus CheckSize(const ConvRule& rule, const OpCall& call,
                   const Operands& operands) {
  const auto index = static_cast<size_t>(rule.size);
  if (rule.size == kNone || IsConst(call, index)) return {};
  Shape size;
  OpStatus s = ReadInts(call, index, &operands, &size);
  if (!s.ok() || size == call.outputs[0].shape) return s;
  OpCall open = call;  // as if it were known when the call is made
  open.const_inputs.resize(call.inputs.size());
  open.const_inputs[index] = {operands.inputs[index].data,
                              call.inputs[index].bytes()};
  std::vector<TensorSpec> outputs;
  s = InferConv(rule, open, &outputs);
  if (s.ok() && outputs[0].shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(outputs[0].shape));
  }
  return s;
}

}  // namespace

OpStatus InferConv(const ConvRule& rule, const OpCall& call,
                   std::vector<TensorSpec>* outputs) {
  Conv conv;
  if (OpStatus s = MakeConv(rule, call, &conv); !s.ok()) return s;
  if (OpStatus s = CheckExtras(rule, call, conv); !s.ok()) return s;
  TensorSpec y;
  y.dtype = InferredType(call, 0);
  y.format = InputOr(call, rule.x != kNone ? rule.x : rule.y).format;
  switch (rule.kind) {
    case ConvKind::kForward:
      y.shape = ShapeOf(conv.y, conv.letters);
      break;
    case ConvKind::kInput:
      y.shape = ShapeOf(conv.x, conv.letters);
      break;
    case ConvKind::kFilter:
      if (rule.size_attr != nullptr) {
        y.shape = AttrOf<std::vector<int64_t>>(call, rule.size_attr);
      } else if (OpStatus s =
                     ReadInts(call, size_t(rule.size), nullptr, &y.shape);
                 !s.ok()) {
        return s;
      }
      y.format = FormatFromName(conv.filter_letters).value_or(Format::kNd);
  }
  *outputs = {y};
  return {};
}

int64_t ConvItems(const ConvRule& rule, const OpCall& call) {
  Conv conv;
  // One item: compute says what is wrong with a size that was believed.
  if (!MakeConv(rule, call, &conv).ok()) return 1;
  return ProductItems(ProductOf(rule, call, conv));
}

OpStatus ComputeConv(const ConvRule& rule, const OpCall& call,
                     const Operands& operands, int64_t begin, int64_t end) {
  Conv conv;
  if (OpStatus s = CheckSize(rule, call, operands); !s.ok()) return s;
  if (OpStatus s = MakeConv(rule, call, &conv); !s.ok()) return s;
  const auto data = [&](int index) {
    return static_cast<const std::byte*>(
        operands.inputs[static_cast<size_t>(index)].data);
  };
  const bool filter = rule.kind == ConvKind::kFilter;
  const bool forward = rule.kind == ConvKind::kForward;
  ProductOperands product{};
  product.a = data(forward ? rule.x : rule.y);
  product.b = data(filter ? rule.x : rule.filter);
  if (Has(call, rule.bias)) {
    product.bias = data(rule.bias);
    product.bias_type = InputOr(call, rule.bias).dtype;
  }
  product.y = operands.outputs[0].data;
  product.y_type = call.outputs[0].dtype;
  product.saturate = operands.saturate;
  ComputeProduct(ProductOf(rule, call, conv), product, begin, end);
  return {};
}

Work ConvCost(const ConvRule& rule, const OpCall& call) {
  Work work = MoveWork(call);
  Conv conv;
  if (!MakeConv(rule, call, &conv).ok()) return work;
  const Product p = ProductOf(rule, call, conv);
  work.cube_cycles = static_cast<uint64_t>(p.group.extent) *
                     MmadCycles(p.kind, p.rows(), p.columns(), p.depth());
  return work;
}

}  // namespace npuemu::kernels
