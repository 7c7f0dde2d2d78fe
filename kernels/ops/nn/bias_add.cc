// Operator BiasAdd: y = x + bias along the channels, which are the last extent
// with data_format "NHWC" or "ND", the second with "NCHW" (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

size_t ChannelAxis(const OpCall& call) {
  const auto format = AttrOr<std::string>(call.attrs, "data_format", "NHWC");
  return format == "NCHW" ? 1 : call.inputs[0].shape.size() - 1;
}

OpStatus InferBiasAdd(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto format = AttrOr<std::string>(call.attrs, "data_format", "NHWC");
  if (format != "NHWC" && format != "NCHW" && format != "ND") {
    return OpError(call, "attribute data_format", format,
                   "\"NHWC\", \"NCHW\" or \"ND\"");
  }
  const Shape& x = call.inputs[0].shape;
  if (x.size() < 2) {
    return OpError(call, "input x shape", ToString(x), "two or more extents");
  }
  const Shape expected = {x[ChannelAxis(call)]};
  if (call.inputs[1].shape != expected) {
    return OpError(call, "input bias shape", ToString(call.inputs[1].shape),
                   ToString(expected) + ", the channels of " + ToString(x));
  }
  *outputs = {call.inputs[0]};
  return {};
}

// As Add with the bias in the channels' place.
OpStatus ComputeBiasAdd(const OpCall& call, const Operands& operands, int phase,
                        int64_t begin, int64_t end) {
  OpCall aligned = call;
  Shape& bias = aligned.inputs[1].shape;
  bias.resize(call.inputs[0].shape.size() - ChannelAxis(call), 1);
  return ComputeElementwise(aligned, operands, phase, begin, end);
}

OpDef MakeBiasAdd() {
  OpDef op = elementwise_internal::Make<decltype([](auto x, auto y) {
    return Plus(x, y);
  })>(Signature("BiasAdd"), Steps(kVadd).Infer(InferBiasAdd), Numbers(),
      TakesTwo());
  op.compute = ComputeBiasAdd;
  return op;
}

}  // namespace

const OpDef& BiasAddOp() {
  static const OpDef& op = *new OpDef(MakeBiasAdd());
  return op;
}

}  // namespace npuemu::kernels
