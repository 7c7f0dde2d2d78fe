// From a convolution to its Product.

#include <algorithm>

#include "kernels/ops/conv/conv.h"

namespace npuemu::kernels {
namespace {

// C0, the channels of a block.
int64_t BlockOf(MmadKind kind) {
  switch (kind) {
    case MmadKind::kInt8:
      return 32;
    case MmadKind::kFloat32:
    case MmadKind::kHf32:
      return 8;
    default:
      return 16;
  }
}

Digit Spatial(int64_t extent, size_t d, int64_t move) {
  Digit digit;
  digit.extent = extent;
  digit.at[d] = move;
  return digit;
}

// Channels of one group.
int64_t InChannels(const Conv& conv) { return conv.x.c / conv.groups; }
int64_t OutChannels(const Conv& conv) { return conv.y.c / conv.groups; }

// Between the filters of two groups: their output channels follow each other;
// those of a depthwise filter are its c.
int64_t FilterGroup(const ConvRule& rule, const Conv& conv) {
  return rule.depthwise ? conv.filter.c_stride
                        : OutChannels(conv) * conv.filter.n_stride;
}

void SetWindowTensor(const Image& image, Product* p) {
  p->size = image.size;
  p->stride = image.stride;
}

// y, or x's gradient: rows are places of the result, columns its channels. The
// gradient is the convolution of y with stride - 1 zeros between its places
// and the filter turned round.
void SetPlaces(const ConvRule& rule, const Conv& conv, Product* p) {
  const bool forward = rule.kind == ConvKind::kForward;
  const Image& from = forward ? conv.x : conv.y;
  const Image& to = forward ? conv.y : conv.x;
  const Image& f = conv.filter;
  const int64_t from_channels = forward ? InChannels(conv) : OutChannels(conv);
  const int64_t to_channels = forward ? OutChannels(conv) : InChannels(conv);
  SetWindowTensor(from, p);
  p->group = {conv.groups,
              from_channels * from.c_stride,
              FilterGroup(rule, conv),
              to_channels * to.c_stride,
              {}};
  p->m = {{to.n, from.n_stride, 0, to.n_stride, {}}};
  p->n = {{to_channels, 0, forward ? f.n_stride : f.c_stride, to.c_stride, {}}};
  p->channel = {
      from_channels, from.c_stride, forward ? f.c_stride : f.n_stride, 0, {}};
  p->block = BlockOf(p->kind);
  for (size_t d = 0; d < 3; ++d) {
    const int64_t reach = conv.dilation[d] * (f.size[d] - 1);
    p->at[d] = forward ? -conv.before[d] : conv.before[d] - reach;
    p->expand[d] = forward ? 1 : conv.stride[d];
    Digit place = Spatial(to.size[d], d, forward ? conv.stride[d] : 1);
    place.y = to.stride[d];
    p->m.push_back(place);
    Digit tap = Spatial(f.size[d], d, conv.dilation[d]);
    tap.b = forward ? f.stride[d] : -f.stride[d];
    if (!forward) p->b_start += (f.size[d] - 1) * f.stride[d];
    (d == 0 ? p->outer : p->inner).push_back(tap);
  }
}

// The filter's gradient: rows are output channels, columns (c, window), K runs
// over the places of y, along its width.
void SetFilter(const ConvRule& rule, const Conv& conv, Product* p) {
  const Image& f = conv.filter;
  SetWindowTensor(conv.x, p);
  p->window_is_b = true;
  p->group = {conv.groups,
              OutChannels(conv) * conv.y.c_stride,
              InChannels(conv) * conv.x.c_stride,
              FilterGroup(rule, conv),
              {}};
  p->m = {{OutChannels(conv), conv.y.c_stride, 0, f.n_stride, {}}};
  p->n = {{InChannels(conv), 0, conv.x.c_stride, f.c_stride, {}}};
  p->outer = {{conv.y.n, conv.y.n_stride, conv.x.n_stride, 0, {}}};
  for (size_t d = 0; d < 3; ++d) {
    p->at[d] = -conv.before[d];
    Digit tap = Spatial(f.size[d], d, conv.dilation[d]);
    tap.y = f.stride[d];
    p->n.push_back(tap);
    Digit place = Spatial(conv.y.size[d], d, conv.stride[d]);
    place.a = conv.y.stride[d];
    if (d == 2) {
      p->channel = place;
    } else {
      p->outer.push_back(place);
    }
  }
  p->block = std::max<int64_t>(p->channel.extent, 1);
}

}  // namespace

Product ProductOf(const ConvRule& rule, const OpCall& call, const Conv& conv) {
  Product p;
  const int lead = rule.kind == ConvKind::kInput ? rule.y : rule.x;
  p.kind = MmadKindOf(InputOr(call, lead).dtype);
  if (p.kind == MmadKind::kFloat32 &&
      AttrOr<bool>(call.attrs, "enable_hf32", false)) {
    p.kind = MmadKind::kHf32;
  }
  p.first_dimension = static_cast<size_t>(3 - rule.rank);
  p.offset_a = static_cast<int32_t>(AttrOf<int64_t>(call, "offset_x"));
  if (rule.kind == ConvKind::kFilter) {
    SetFilter(rule, conv, &p);
  } else {
    SetPlaces(rule, conv, &p);
  }
  return p;
}

}  // namespace npuemu::kernels
