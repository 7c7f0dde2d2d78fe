#include "kernels/ops/conv/conv.h"

#include <algorithm>

namespace npuemu::kernels {
namespace {

// The error of a shape that does not follow from the others.
OpStatus Mismatch(const OpCall& call, const std::string& argument,
                  const std::string& given, const std::string& expected) {
  return OpError(call, argument + " shape", given, expected);
}

OpStatus SetLetters(const ConvRule& rule, const OpCall& call, Conv* conv) {
  const std::string fallback = AttrOf<std::string>(call, "data_format");
  const bool last = fallback == "NHWC" || fallback == "NDHWC";
  const bool known = last || fallback == "NCHW" || fallback == "NCDHW";
  if (!known || fallback.size() != size_t(rule.rank) + 2) {
    return OpError(call, "attribute data_format", fallback,
                   rule.rank == 2 ? "NCHW or NHWC" : "NCDHW or NDHWC");
  }
  const int lead = rule.x != kNone ? rule.x : rule.y;
  conv->letters = LettersOf(InputOr(call, lead).format, fallback, rule.rank);
  if (conv->letters.empty() || conv->letters[0] != 'N') {
    return OpError(call, NameOfInput(call, lead) + " format",
                   NameOf(InputOr(call, lead).format), fallback + " or ND");
  }
  const bool channels_last = conv->letters.back() == 'C';
  std::string own = rule.rank == 2 ? "NCHW" : "NCDHW";
  if (channels_last) own = rule.rank == 2 ? "HWCN" : "DHWCN";
  Format format = Format::kNd;
  if (rule.filter != kNone) {
    format = InputOr(call, rule.filter).format;
  } else if (!call.outputs.empty()) {
    format = call.outputs[0].format;
  }
  conv->filter_letters = LettersOf(format, own, rule.rank);
  if (conv->filter_letters.empty()) {
    return OpError(call, "filter format", NameOf(format), own + " or ND");
  }
  return {};
}

OpStatus SetWindow(const ConvRule& rule, const OpCall& call, Conv* conv) {
  const std::string& letters = conv->letters;
  OpStatus s = SpaceAttr(call, "strides", letters, 1, &conv->stride);
  if (s.ok()) s = SpaceAttr(call, "dilations", letters, 1, &conv->dilation);
  if (!s.ok()) return s;
  const auto pads = AttrOf<std::vector<int64_t>>(call, "pads");
  const auto rank = static_cast<size_t>(rule.rank);
  const bool valid = pads.size() == 2 * rank &&
                     std::all_of(pads.begin(), pads.end(), [](int64_t pad) {
                       return pad >= 0 && pad <= kMostExtent;
                     });
  if (!valid) {
    return OpError(call, "attribute pads", ToString(AttrValue(pads)),
                   std::to_string(2 * rank) + " numbers from 0 to " +
                       std::to_string(kMostExtent));
  }
  for (size_t d = 0; d < rank; ++d) {
    conv->before[3 - rank + d] = pads[2 * d];
    conv->after[3 - rank + d] = pads[2 * d + 1];
  }
  return {};
}

// Places of the windows along one dimension; less than 1 if none fits.
int64_t Places(const Conv& conv, size_t d) {
  const int64_t all = conv.x.size[d] + conv.before[d] + conv.after[d];
  const int64_t window = conv.dilation[d] * (conv.filter.size[d] - 1) + 1;
  return all < window ? 0 : (all - window) / conv.stride[d] + 1;
}

OpStatus SetImages(const ConvRule& rule, const OpCall& call, Conv* conv) {
  const std::string& letters = conv->letters;
  const auto set = [&](int index, const std::string& own, Image* image) {
    return index == kNone ? OpStatus()
                          : ImageOf(call, NameOfInput(call, index),
                                    InputOr(call, index).shape, own, image);
  };
  OpStatus s = set(rule.x, letters, &conv->x);
  if (s.ok()) s = set(rule.y, letters, &conv->y);
  if (s.ok()) s = set(rule.filter, conv->filter_letters, &conv->filter);
  return s;
}

// A depthwise filter holds, for each channel of x, `multiplier` filters: the
// output channels are n of it for each c, or n in all with c = 1.
OpStatus SetDepthwise(const OpCall& call, Conv* conv) {
  Image& filter = conv->filter;
  const int64_t channels = conv->x.c;
  if (channels == 0) return Mismatch(call, "input", "no channel", "some");
  conv->groups = channels;
  if (filter.c == channels) {
    if (filter.n > kMostExtent / channels) {
      return Mismatch(call, "filter", std::to_string(filter.n),
                      "fewer channels");
    }
    return {};
  }
  if (filter.c != 1 || filter.n % channels != 0) {
    return Mismatch(
        call, "filter", ToString(ShapeOf(filter, conv->filter_letters)),
        "C of it " + std::to_string(channels) + ", as that of x, or 1");
  }
  // As if it were [multiplier, channels]: n of a channel are neighbours.
  filter.n /= channels;
  filter.c_stride = filter.n * filter.n_stride;
  return {};
}

OpStatus CheckChannels(const ConvRule& rule, const OpCall& call, Conv* conv) {
  const Image& filter = conv->filter;
  if (!rule.depthwise) {
    conv->groups = AttrOf<int64_t>(call, "groups");
    if (conv->groups < 1 || conv->groups > kMostExtent ||
        filter.n % conv->groups != 0) {
      return OpError(call, "attribute groups", std::to_string(conv->groups),
                     "a divisor of the filter's " + std::to_string(filter.n) +
                         " output channels");
    }
    if (conv->filter.c > kMostExtent / conv->groups) {
      return Mismatch(call, "filter", std::to_string(filter.c),
                      "fewer channels");
    }
  }
  for (size_t d = 0; d < 3; ++d) {
    if (filter.size[d] < 1) {
      return Mismatch(call, "filter",
                      ToString(ShapeOf(filter, conv->filter_letters)),
                      "a window of 1 or more");
    }
  }
  return {};
}

// The forward convolution's y, which is computed or must fit.
OpStatus SetOrCheckY(const ConvRule& rule, const OpCall& call, Conv* conv) {
  Image y;
  y.n = conv->x.n;
  y.c = rule.depthwise ? conv->filter.n * conv->groups : conv->filter.n;
  if (!rule.depthwise && conv->x.c != conv->filter.c * conv->groups) {
    return Mismatch(call, "filter",
                    ToString(ShapeOf(conv->filter, conv->filter_letters)),
                    "C of it " + std::to_string(conv->x.c) + " / groups");
  }
  for (size_t d = 0; d < 3; ++d) {
    y.size[d] = Places(*conv, d);
    if (y.size[d] < 1) {
      return Mismatch(call, "filter",
                      ToString(ShapeOf(conv->filter, conv->filter_letters)),
                      "a window within x and its padding");
    }
  }
  const Shape expected = ShapeOf(y, conv->letters);
  if (rule.y != kNone && ShapeOf(conv->y, conv->letters) != expected) {
    return Mismatch(call, NameOfInput(call, rule.y),
                    ToString(ShapeOf(conv->y, conv->letters)),
                    ToString(expected));
  }
  if (RoomOf(expected) < 0) {
    return Mismatch(call, "output", ToString(expected),
                    "a product of extents that fits in int64");
  }
  SetStrides(conv->letters, &y);
  conv->y = y;
  return {};
}

}  // namespace

OpStatus MakeConv(const ConvRule& rule, const OpCall& call, Conv* conv) {
  *conv = {};
  OpStatus s = SetLetters(rule, call, conv);
  if (s.ok()) s = SetImages(rule, call, conv);
  if (s.ok()) s = SetWindow(rule, call, conv);
  if (!s.ok()) return s;
  if (rule.kind != ConvKind::kFilter) {
    s = CheckChannels(rule, call, conv);
    if (s.ok() && rule.kind == ConvKind::kInput) {
      s = SetOutputImage(rule, call, conv);
    }
  } else {
    s = SetOutputImage(rule, call, conv);
    if (s.ok()) s = CheckChannels(rule, call, conv);
  }
  if (s.ok() && rule.depthwise) s = SetDepthwise(call, conv);
  if (s.ok()) s = SetOrCheckY(rule, call, conv);
  return s;
}

}  // namespace npuemu::kernels
