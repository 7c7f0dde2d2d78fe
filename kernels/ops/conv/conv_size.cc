// The shape of what a gradient gives, and of transposed convolutions.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/ops/conv/conv.h"

namespace npuemu::kernels {
namespace {

// The shape of the output, from whatever gives it; empty if nothing does.
OpStatus GivenSize(const ConvRule& rule, const OpCall& call, Shape* size) {
  if (rule.size_attr != nullptr) {
    *size = AttrOf<std::vector<int64_t>>(call, rule.size_attr);
    return {};
  }
  if (rule.size == kNone) return {};
  if (!IsConst(call, size_t(rule.size)) && !call.outputs.empty()) {
    *size = call.outputs[0].shape;
    return {};
  }
  return ReadInts(call, size_t(rule.size), nullptr, size);
}

// A transposed convolution whose size is left open: as small as it can be,
// and output_padding more.
OpStatus ComputeSize(const ConvRule& rule, const OpCall& call, Conv* conv) {
  Space more = {0, 0, 0};
  const auto padding = AttrOf<std::vector<int64_t>>(call, "output_padding");
  if (!padding.empty()) {
    Image image;
    bool valid = padding.size() == conv->letters.size();
    for (int64_t p : padding) valid = valid && p >= 0 && p <= kMostExtent;
    if (valid) {
      OpStatus s = ImageOf(call, "attribute output_padding", padding,
                           conv->letters, &image);
      if (!s.ok()) return s;
      more = image.size;
    }
    if (!valid || image.n != 0 || image.c != 0) {
      return OpError(call, "attribute output_padding",
                     ToString(AttrValue(padding)),
                     "a number from 0 for each letter of " + conv->letters +
                         ", 0 for N and C");
    }
  }
  conv->x.n = conv->y.n;
  conv->x.c = conv->filter.c * conv->groups;
  for (size_t d = 3 - size_t(rule.rank); d < 3; ++d) {
    const int64_t least = (conv->y.size[d] - 1) * conv->stride[d] +
                          conv->dilation[d] * (conv->filter.size[d] - 1) + 1 -
                          conv->before[d] - conv->after[d];
    conv->x.size[d] = least + more[d];
    if (least + more[d] < 1 || least + more[d] > kMostExtent) {
      return OpError(call, "output shape", std::to_string(least + more[d]),
                     "extents from 1 to " + std::to_string(kMostExtent));
    }
  }
  if (RoomOf(ShapeOf(conv->x, conv->letters)) < 0) {
    return OpError(call, "output shape",
                   ToString(ShapeOf(conv->x, conv->letters)),
                   "a product of extents that fits in int64");
  }
  SetStrides(conv->letters, &conv->x);
  return {};
}

}  // namespace

std::string NameOfInput(const OpCall& call, int index) {
  return std::string("input ") + call.op->inputs[size_t(index)].name;
}

// Where x or the filter is the output.
OpStatus SetOutputImage(const ConvRule& rule, const OpCall& call, Conv* conv) {
  Shape size;
  if (OpStatus s = GivenSize(rule, call, &size); !s.ok()) return s;
  const bool open = std::all_of(size.begin(), size.end(),
                                [](int64_t extent) { return extent == 0; });
  if (rule.kind == ConvKind::kInput && rule.computes_size && open) {
    return ComputeSize(rule, call, conv);
  }
  const bool filter = rule.kind == ConvKind::kFilter;
  const std::string argument = rule.size != kNone
                                   ? NameOfInput(call, rule.size)
                                   : std::string("attribute ") + rule.size_attr;
  return ImageOf(call, argument, size,
                 filter ? conv->filter_letters : conv->letters,
                 filter ? &conv->filter : &conv->x);
}

}  // namespace npuemu::kernels
