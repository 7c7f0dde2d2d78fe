// Operator BiasAdd: y = x + bias along the channels, which are the last extent
// with data_format "NHWC" or "ND", the second with "NCHW" (arithmetic.md 7.2).

#include "kernels/op/elementwise.h"
#include "kernels/ops/math/arithmetic_fns.h"

namespace npuemu::kernels {
namespace {

struct BiasAddFn {
  template <typename C>
  C operator()(C a, C b) const {
    return AddValues(a, b);
  }
};

struct BiasAddRule : Rounded<BiasAddFn> {
  using Rounded::Rounded;
  using Elements = Types<Float16, float, BFloat16, int8_t, uint8_t, int16_t,
                         int32_t, int64_t>;
  static constexpr Instruction kSteps[] = {kVadd};
  static constexpr bool kWide = false;
};

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

OpStatus ComputeBiasAdd(const OpCall& call, const Operands& operands, int,
                        int64_t begin, int64_t end) {
  Shape shape(call.inputs[0].shape.size() - ChannelAxis(call), 1);
  shape[0] = call.inputs[1].shape[0];
  RunBinary<BiasAddRule>(call, operands, shape, begin, end);
  return {};
}

}  // namespace

const OpDef& BiasAddOp() {
  static const OpDef& op = *[] {
    auto* made = new OpDef(BinaryOp<BiasAddRule>(
        "BiasAdd", DtypeBasis::kPrototype,
        "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers "
        "wrap"));
    made->inputs[0].name = "x";
    made->inputs[1].name = "bias";
    made->attrs = {
        {"data_format", AttrKind::kString, false, std::string("NHWC")}};
    made->infer = InferBiasAdd;
    made->compute = ComputeBiasAdd;
    return made;
  }();
  return op;
}

}  // namespace npuemu::kernels
