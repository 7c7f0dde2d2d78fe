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

// The bias lies along the channels.
Shape AlignBias(const OpCall& call, size_t input) {
  Shape shape = call.inputs[input].shape;
  if (input == 1) {
    shape.resize(call.inputs[0].shape.size() - ChannelAxis(call), 1);
  }
  return shape;
}

}  // namespace

BINARY(BiasAdd, Numbers, Steps(kVadd).Infer(InferBiasAdd).Align(AlignBias),
       Plus(x, y))

}  // namespace npuemu::kernels
