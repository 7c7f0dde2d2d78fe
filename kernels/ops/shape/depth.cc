// Operators DepthToSpace and SpaceToDepth, NHWC or NCHW by attribute
// data_format, whatever the tensors' format. Bits are copied.

#include "kernels/op/axes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// The axes of a 4-d tensor by attribute data_format.
struct Layout {
  size_t channel = 0;
  size_t height = 0;
  size_t width = 0;
};

OpStatus LayoutOf(const OpCall& call, Layout* layout) {
  const Shape& x = call.inputs[0].shape;
  if (x.size() != 4) {
    return OpError(call, "input x shape", ToString(x), "4 extents");
  }
  const std::string format = StringAttr(call, "data_format");
  if (format == "NHWC" || format.empty()) {
    *layout = {3, 1, 2};
  } else if (format == "NCHW") {
    *layout = {1, 2, 3};
  } else {
    return OpError(call, "attribute data_format", format, "NHWC or NCHW");
  }
  return {};
}

// y[h * b + i, w * b + j, c] is x[h, w, (i * b + j) * C + c], or with mode CRD
// x[h, w, (c * b + i) * b + j].
OpStatus PlanDepthToSpace(const OpCall& call, const Operands*, Move* move) {
  Layout at;
  int64_t b = 0;
  if (OpStatus s = LayoutOf(call, &at); !s.ok()) return s;
  if (OpStatus s = BlockSize(call, &b); !s.ok()) return s;
  const auto mode = AttrOr<std::string>(call.attrs, "mode", "DCR");
  if (mode != "DCR" && mode != "CRD") {
    return OpError(call, "attribute mode", mode, "DCR or CRD");
  }
  const Shape& x = call.inputs[0].shape;
  if (x[at.channel] % (b * b) != 0) {
    return OpError(call, "input x shape", ToString(x),
                   "channels that block_size * block_size divides");
  }
  move->y = call.inputs[0];
  Shape& y = move->y.shape;
  y[at.channel] /= b * b;
  if (__builtin_mul_overflow(y[at.height], b, &y[at.height]) ||
      __builtin_mul_overflow(y[at.width], b, &y[at.width])) {
    return OpError(call, "input x shape", ToString(x), "smaller extents");
  }
  const IntList strides = SafeStrides(x);
  const int64_t unit = strides[at.channel];
  const int64_t depth = mode == "DCR" ? unit : b * b * unit;
  const int64_t column = mode == "DCR" ? y[at.channel] * unit : unit;
  move->map.Step(y[0], strides[0]);
  if (at.channel == 1) move->map.Step(y[1], depth);
  move->map.Step(x[at.height], strides[at.height]);
  move->map.Step(b, b * column);
  move->map.Step(x[at.width], strides[at.width]);
  move->map.Step(b, column);
  if (at.channel == 3) move->map.Step(y[3], depth);
  return {};
}

// y[h, w, (i * b + j) * C + c] is x[h * b + i, w * b + j, c].
OpStatus PlanSpaceToDepth(const OpCall& call, const Operands*, Move* move) {
  Layout at;
  int64_t b = 0;
  if (OpStatus s = LayoutOf(call, &at); !s.ok()) return s;
  if (OpStatus s = BlockSize(call, &b); !s.ok()) return s;
  const Shape& x = call.inputs[0].shape;
  if (x[at.height] % b != 0 || x[at.width] % b != 0) {
    return OpError(call, "input x shape", ToString(x),
                   "height and width that block_size divides");
  }
  move->y = call.inputs[0];
  Shape& y = move->y.shape;
  y[at.height] /= b;
  y[at.width] /= b;
  if (__builtin_mul_overflow(y[at.channel], b * b, &y[at.channel])) {
    return OpError(call, "input x shape", ToString(x), "fewer channels");
  }
  const IntList strides = SafeStrides(x);
  const auto add_depth = [&] {
    move->map.Step(b, strides[at.height]);
    move->map.Step(b, strides[at.width]);
    move->map.Step(x[at.channel], strides[at.channel]);
  };
  move->map.Step(y[0], strides[0]);
  if (at.channel == 1) add_depth();
  move->map.Step(y[at.height], b * strides[at.height]);
  move->map.Step(y[at.width], b * strides[at.width]);
  if (at.channel == 3) add_depth();
  return {};
}

}  // namespace

MOVE(DepthToSpace, PlanDepthToSpace)
MOVE(SpaceToDepth, PlanSpaceToDepth)

}  // namespace npuemu::kernels
