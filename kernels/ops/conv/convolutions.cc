// The convolutions and their gradients, a rule each. Shapes, formats and order
// of operations: docs/windows.md, Convolutions. One Mmad chain over K with the
// bias as the initial accumulator, then Fixpipe (arithmetic.md 7.4, 7.5).

#include "kernels/ops/conv/conv.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

template <const ConvRule& kRule>
OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  return InferConv(kRule, call, outputs);
}

template <const ConvRule& kRule>
int64_t Items(const OpCall& call, int) {
  return ConvItems(kRule, call);
}

template <const ConvRule& kRule>
OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  return ComputeConv(kRule, call, operands, begin, end);
}

template <const ConvRule& kRule>
Work Cost(const OpCall& call) {
  return ConvCost(kRule, call);
}

template <const ConvRule& kRule>
OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kCube;
  op.infer = Infer<kRule>;
  op.items = Items<kRule>;
  op.compute = Compute<kRule>;
  op.cost = Cost<kRule>;
  op.exactness =
      "one Mmad chain in the order of docs/windows.md, the bias its start, "
      "then Fixpipe";
  // As later versions have it: float operands are rounded to HF32 first.
  op.attrs.push_back({"enable_hf32", AttrKind::kBool, false, false});
  if (kRule.size != kNone) op.value_inputs = {kRule.size};
  op.formats = {Format::kNd,   Format::kNchw,  Format::kNhwc,
                Format::kHwcn, Format::kNcdhw, Format::kNdhwc};
  return op;
}

constexpr ConvKind kForward = ConvKind::kForward;
constexpr ConvKind kInput = ConvKind::kInput;
constexpr ConvKind kFilter = ConvKind::kFilter;

}  // namespace

#define CONVOLUTION(type, ...)                                 \
  namespace {                                                  \
  constexpr ConvRule k##type = {__VA_ARGS__};                  \
  }                                                            \
  const OpDef& type##Op() {                                    \
    static const OpDef& op = *new OpDef(Make<k##type>(#type)); \
    return op;                                                 \
  }

CONVOLUTION(Conv2D, .kind = kForward, .x = 0, .filter = 1, .bias = 2,
            .offset_w = 3)
CONVOLUTION(DepthwiseConv2D, .kind = kForward, .depthwise = true, .x = 0,
            .filter = 1, .bias = 2, .offset_w = 3)
CONVOLUTION(Conv3D, .kind = kForward, .rank = 3, .x = 0, .filter = 1, .bias = 2,
            .offset_w = 3)

CONVOLUTION(Conv2DBackpropInput, .kind = kInput, .filter = 1, .y = 2, .size = 0)
CONVOLUTION(Conv2DBackpropInputD, .kind = kInput, .filter = 0, .y = 1,
            .size_attr = "input_size")
CONVOLUTION(DepthwiseConv2DBackpropInput, .kind = kInput, .depthwise = true,
            .filter = 1, .y = 2, .size = 0)
CONVOLUTION(DepthwiseConv2DBackpropInputD, .kind = kInput, .depthwise = true,
            .filter = 0, .y = 1, .size_attr = "input_size")
CONVOLUTION(Conv3DBackpropInput, .kind = kInput, .rank = 3, .filter = 1, .y = 2,
            .size = 0)
CONVOLUTION(Conv3DBackpropInputD, .kind = kInput, .rank = 3, .filter = 0,
            .y = 1, .size_attr = "input_size")

CONVOLUTION(Conv2DTranspose, .kind = kInput, .filter = 2, .y = 1, .size = 0,
            .computes_size = true, .bias = 3, .offset_w = 4)
CONVOLUTION(Conv2DTransposeD, .kind = kInput, .filter = 1, .y = 0,
            .size_attr = "input_size", .computes_size = true, .bias = 2,
            .offset_w = 3)
CONVOLUTION(Deconvolution, .kind = kInput, .filter = 1, .y = 0,
            .computes_size = true, .bias = 2, .offset_w = 3)
CONVOLUTION(Conv3DTranspose, .kind = kInput, .rank = 3, .filter = 2, .y = 1,
            .size = 0, .computes_size = true, .bias = 3, .offset_w = 4)
CONVOLUTION(Conv3DTransposeD, .kind = kInput, .rank = 3, .filter = 1, .y = 0,
            .size_attr = "input_size", .computes_size = true, .bias = 2,
            .offset_w = 3)

CONVOLUTION(Conv2DBackpropFilter, .kind = kFilter, .x = 0, .y = 2, .size = 1)
CONVOLUTION(Conv2DBackpropFilterD, .kind = kFilter, .x = 0, .y = 1,
            .size_attr = "filter_size")
CONVOLUTION(DepthwiseConv2DBackpropFilter, .kind = kFilter, .depthwise = true,
            .x = 0, .y = 2, .size = 1)
CONVOLUTION(DepthwiseConv2DBackpropFilterD, .kind = kFilter, .depthwise = true,
            .x = 0, .y = 1, .size_attr = "filter_size")
CONVOLUTION(Conv3DBackpropFilter, .kind = kFilter, .rank = 3, .x = 0, .y = 2,
            .size = 1)
CONVOLUTION(Conv3DBackpropFilterD, .kind = kFilter, .rank = 3, .x = 0, .y = 1,
            .size_attr = "filter_size")

}  // namespace npuemu::kernels
