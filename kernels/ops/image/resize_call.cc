// What a call of a resizing operator means: sizes, scales, mode.

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/op/axes.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/image/resize.h"

namespace npuemu::kernels {
namespace {

// Sizes and scales that a call gives; either may be empty.
struct Wanted {
  std::vector<int64_t> sizes;
  std::vector<float> scales;
};

OpStatus ReadWanted(const OpCall& call, const ResizeRule& rule,
                    const Operands* operands, Wanted* wanted) {
  if (rule.kind == ResizeKind::kTorch) {
    wanted->sizes = AttrOf<std::vector<int64_t>>(
        call, rule.gradient ? "input_size" : "output_size");
    wanted->scales = AttrOf<std::vector<float>>(call, "scales");
    if (std::count(wanted->scales.begin(), wanted->scales.end(), 0.0f) ==
        std::ssize(wanted->scales)) {
      wanted->scales.clear();  // the default of some
    }
    return {};
  }
  if (rule.kind == ResizeKind::kTensorFlow) {
    return ReadInts(call, 1, operands, &wanted->sizes);
  }
  if (call.op->inputs.size() == 1) {  // ResizeD
    wanted->sizes = AttrOf<std::vector<int64_t>>(call, "sizes");
    wanted->scales = AttrOf<std::vector<float>>(call, "scales");
    return {};
  }
  OpStatus s;
  if (!InputOr(call, 2).absent()) {
    s = ReadFloats(call, 2, operands, &wanted->scales);
  }
  if (s.ok() && !InputOr(call, 3).absent()) {
    s = ReadInts(call, 3, operands, &wanted->sizes);
  }
  return s;
}

// The part of a list that belongs to space: one for each letter, or for each
// dimension of space. False if it is neither.
template <typename T>
bool OfSpace(const std::vector<T>& list, const std::string& letters,
             T (*spread)[3]) {
  const size_t rank = letters.size() - 2;
  if (list.size() != rank && list.size() != letters.size()) return false;
  size_t k = 0;
  for (size_t i = 0; i < letters.size(); ++i) {
    const size_t d = std::string("DHW").find(letters[i]);
    if (list.size() == rank && d >= 3) continue;
    if (d < 3) (*spread)[d] = list[k];
    ++k;
  }
  return true;
}

OpStatus SizeError(const OpCall& call, const std::string& given) {
  return OpError(call, "output size", given,
                 "sizes or scales of space, each place from 1 to " +
                     std::to_string(kMostExtent));
}

OpStatus SetSizes(const OpCall& call, const Wanted& wanted, Resize* r) {
  int64_t sizes[3] = {1, 1, 1};
  float scales[3] = {1, 1, 1};
  const bool by_scale = !wanted.scales.empty();
  if (by_scale && !OfSpace(wanted.scales, r->letters, &scales)) {
    return SizeError(call, ToString(AttrValue(wanted.scales)));
  }
  if (!wanted.sizes.empty() && !OfSpace(wanted.sizes, r->letters, &sizes)) {
    return SizeError(call, ToString(AttrValue(wanted.sizes)));
  }
  if (wanted.sizes.empty() && !by_scale) return SizeError(call, "none");
  for (size_t d = 3 - (r->letters.size() - 2); d < 3; ++d) {
    if (by_scale) {
      const float size =
          std::floor(static_cast<float>(r->x.size[d]) * scales[d]);
      if (!(scales[d] > 0) || !(size >= 1) || !(size <= 1e9f)) {
        return SizeError(call, ToString(AttrValue(wanted.scales)));
      }
      if (wanted.sizes.empty()) sizes[d] = static_cast<int64_t>(size);
    }
    if (sizes[d] < 1 || sizes[d] > kMostExtent) {
      return SizeError(call, ToString(AttrValue(wanted.sizes)));
    }
    r->y.size[d] = sizes[d];
    r->scale[d] = ScaleOf(r->mode, r->x.size[d], sizes[d]);
    if (by_scale && r->mode.coordinates != Coordinates::kAlignCorners) {
      r->scale[d] = 1.0f / scales[d];
    }
  }
  return {};
}

OpStatus SetRepeat(const OpCall& call, Resize* r) {
  const int64_t strides[] = {1, AttrOf<int64_t>(call, "stride_h"),
                             AttrOf<int64_t>(call, "stride_w")};
  for (size_t d = 1; d < 3; ++d) {
    if (strides[d] < 1 ||
        strides[d] > kMostExtent / std::max<int64_t>(r->x.size[d], 1)) {
      return SizeError(call, std::to_string(strides[d]));
    }
    r->y.size[d] = r->x.size[d] * strides[d];
    r->scale[d] = 1.0f / static_cast<float>(strides[d]);
  }
  r->mode.coordinates = Coordinates::kHalfOnly;  // never near a whole number
  r->factor = AttrOf<float>(call, "scale");
  r->multiplies = true;
  return {};
}

OpStatus Finish(const OpCall& call, Resize* r) {
  r->y.n = r->x.n;
  r->y.c = r->x.c;
  if (RoomOf(ShapeOf(r->y, r->letters)) < 0) {
    return OpError(call, "output shape", ToString(ShapeOf(r->y, r->letters)),
                   "a product of extents that fits in int64");
  }
  for (size_t d = 0; d < 3; ++d) {
    if (r->x.size[d] < 1 || r->y.size[d] < 1) {
      return OpError(call, "image shape", ToString(ShapeOf(r->x, r->letters)),
                     "some place of space");
    }
  }
  SetStrides(r->letters, &r->y);
  return {};
}

// x is what the forward operator reads: of a gradient, the output.
OpStatus MakeGradient(const ResizeRule& rule, const OpCall& call,
                      const Operands* operands, Resize* r) {
  OpStatus s =
      ImageOf(call, "input grads", call.inputs[0].shape, r->letters, &r->y);
  if (!s.ok()) return s;
  if (rule.image_gives_size) {
    s = ImageOf(call, "input original_image", InputOr(call, 1).shape,
                r->letters, &r->x);
    if (s.ok() && (r->x.n != r->y.n || r->x.c != r->y.c)) {
      return OpError(call, "input original_image shape",
                     ToString(call.inputs[1].shape),
                     "images and channels of grads");
    }
  } else {
    Wanted wanted;
    s = ReadWanted(call, rule, operands, &wanted);
    int64_t sizes[3] = {1, 1, 1};
    const bool valid = OfSpace(wanted.sizes, r->letters, &sizes);
    r->x = r->y;
    for (size_t d = 0; s.ok() && d < 3; ++d) {
      if (!valid || sizes[d] < 1 || sizes[d] > kMostExtent) {
        return SizeError(call, ToString(AttrValue(wanted.sizes)));
      }
      r->x.size[d] = sizes[d];
    }
    if (s.ok() && RoomOf(ShapeOf(r->x, r->letters)) < 0) {
      return SizeError(call, ToString(AttrValue(wanted.sizes)));
    }
    SetStrides(r->letters, &r->x);
  }
  for (size_t d = 0; d < 3; ++d) {
    r->scale[d] = ScaleOf(r->mode, r->x.size[d], r->y.size[d]);
  }
  return s.ok() ? Finish(call, r) : s;
}

}  // namespace

OpStatus MakeResize(const ResizeRule& rule, const OpCall& call,
                    const Operands* operands, Resize* r) {
  *r = {};
  std::string letters = AttrOf<std::string>(call, "data_format");
  if (letters.empty()) letters = rule.letters;
  r->letters = LettersOf(InputOr(call, 0).format, letters, rule.rank);
  if (r->letters.empty() || r->letters[0] != 'N') {
    return OpError(call, "input format", NameOf(InputOr(call, 0).format),
                   std::string(rule.letters) + " or ND");
  }
  OpStatus s;
  if (rule.kind == ResizeKind::kTensorFlow) {
    s = TensorFlowMode(rule, call, &r->mode);
  } else if (rule.kind == ResizeKind::kOnnx) {
    s = OnnxMode(call, &r->mode);
  } else {
    r->mode.interpolation = rule.interpolation;
    const bool linear = rule.interpolation == Interpolation::kLinear;
    r->mode.coordinates = AttrOf<bool>(call, "align_corners")
                              ? Coordinates::kAlignCorners
                          : linear     ? Coordinates::kHalfPixel
                          : rule.exact ? Coordinates::kHalfOnly
                                       : Coordinates::kAsymmetric;
  }
  if (!s.ok()) return s;
  if (rule.gradient) return MakeGradient(rule, call, operands, r);
  s = ImageOf(call, "input x", InputOr(call, 0).shape, r->letters, &r->x);
  if (!s.ok()) return s;
  if (rule.kind == ResizeKind::kRepeat) {
    s = SetRepeat(call, r);
  } else {
    Wanted wanted;
    s = ReadWanted(call, rule, operands, &wanted);
    if (s.ok()) s = SetSizes(call, wanted, r);
  }
  return s.ok() ? Finish(call, r) : s;
}

}  // namespace npuemu::kernels
