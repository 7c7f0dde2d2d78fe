// Operators Im2col, ExtractImagePatches (bits are copied, 0 outside of the
// image) and Col2im, which adds up what Im2col would copy: docs/windows.md,
// Patches.

#include "kernels/ops/image/patches.h"

#include <algorithm>
#include <cstring>

#include "kernels/op/cost.h"
#include "kernels/ops/signatures.h"
#include "kernels/tensor/strided.h"

namespace npuemu::kernels {
namespace {

OpStatus PaddingWord(const OpCall& call, const char* name, bool* same,
                     bool* given) {
  const auto word = AttrOf<std::string>(call, name);
  *same = word == "SAME";
  *given = word == "CALCULATED" && HasAttr(call, "pads");
  if (*same || *given || word == "VALID") return {};
  return OpError(call, std::string("attribute ") + name, word,
                 "SAME, VALID or, with pads, CALCULATED");
}

OpStatus MakeIm2col(const OpCall& call, Patches* p) {
  const std::string letters = LettersOf(InputOr(call, 0).format, "NCHW", 2);
  if (letters != "NCHW") {
    return OpError(call, "input x format", NameOf(InputOr(call, 0).format),
                   "NCHW or ND");
  }
  OpStatus s = ImageOf(call, "input x", InputOr(call, 0).shape, letters, &p->x);
  if (s.ok()) s = PatchPair(call, "ksizes", 1, &p->window);
  if (s.ok()) s = PatchPair(call, "strides", 1, &p->stride);
  if (s.ok()) s = PatchPair(call, "dilations", 1, &p->dilation);
  bool same = false;
  bool given = false;
  if (s.ok()) s = PaddingWord(call, "padding_mode", &same, &given);
  if (!s.ok()) return s;
  const auto pads = AttrOf<std::vector<int64_t>>(call, "pads");
  if (given && pads.size() == 4) {
    for (int64_t pad : pads) {
      if (pad < 0 || pad > kMostExtent) {
        return OpError(call, "attribute pads", ToString(AttrValue(pads)),
                       "numbers from 0");
      }
    }
    p->before[0] = pads[0];
    p->after[0] = pads[1];
    p->before[1] = pads[2];
    p->after[1] = pads[3];
  } else if (given) {
    s = PatchPair(call, "pads", 0, &p->before);
    std::copy(p->before, p->before + 2, p->after);
  }
  return s.ok() ? SetPatchPlaces(call, same, p) : s;
}

OpStatus MakeExtract(const OpCall& call, Patches* p) {
  const std::string letters = LettersOf(InputOr(call, 0).format, "NHWC", 2);
  if (letters != "NHWC") {
    return OpError(call, "input x format", NameOf(InputOr(call, 0).format),
                   "NHWC or ND");
  }
  OpStatus s = ImageOf(call, "input x", InputOr(call, 0).shape, letters, &p->x);
  if (s.ok()) s = PatchPair(call, "ksizes", 1, &p->window);
  if (s.ok()) s = PatchPair(call, "strides", 1, &p->stride);
  if (s.ok()) s = PatchPair(call, "rates", 1, &p->dilation);
  bool same = false;
  bool given = false;
  if (s.ok()) s = PaddingWord(call, "padding", &same, &given);
  return s.ok() ? SetPatchPlaces(call, same, p) : s;
}

void CopyOrClear(size_t bytes, const std::byte* x, int64_t from, std::byte* y,
                 int64_t to) {
  std::byte* at = y + static_cast<size_t>(to) * bytes;
  if (from < 0) {
    std::memset(at, 0, bytes);
  } else {
    std::memcpy(at, x + static_cast<size_t>(from) * bytes, bytes);
  }
}

OpStatus InferIm2col(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Patches p;
  if (OpStatus s = MakeIm2col(call, &p); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.format = Format::kNd;
  y.shape = {p.x.n, p.x.c * p.taps(), p.places[0] * p.places[1]};
  *outputs = {y};
  return {};
}

// An item is a row of y: one tap of one channel at all places.
int64_t Im2colItems(const OpCall& call, int) {
  return call.outputs[0].shape[0] * call.outputs[0].shape[1];
}

// The places of windows along an axis of x at which a tap lies in x: [first,
// end). Place 0 has it at `start`.
struct Inside {
  int64_t first;
  int64_t end;

  Inside(int64_t start, int64_t stride, int64_t size, int64_t places) {
    const auto before = [&](int64_t x) {  // places whose tap is before x
      return std::clamp<int64_t>((x - start + stride - 1) / stride, 0, places);
    };
    first = start >= 0 ? 0 : before(0);
    end = start >= size ? first : std::max(before(size), first);
  }
  int64_t count() const { return end - first; }
};

OpStatus ComputeIm2col(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  Patches p;
  if (OpStatus s = MakeIm2col(call, &p); !s.ok()) return s;
  const size_t bytes = static_cast<size_t>(BitsOf(call.inputs[0].dtype)) / 8;
  const int64_t places = p.places[0] * p.places[1];
  for (int64_t row = begin; row < end; ++row) {
    const int64_t tap = row % p.taps();
    const int64_t top = tap / p.window[1] * p.dilation[0] - p.before[0];
    const int64_t left = tap % p.window[1] * p.dilation[1] - p.before[1];
    const Inside h(top, p.stride[0], p.x.size[1], p.places[0]);
    const Inside w(left, p.stride[1], p.x.size[2], p.places[1]);
    std::byte* y =
        operands.outputs[0].data + static_cast<size_t>(row * places) * bytes;
    if (h.count() * w.count() < places) {
      std::memset(y, 0, static_cast<size_t>(places) * bytes);
    }
    if (h.count() * w.count() == 0) continue;
    const int64_t from = row / p.taps() * p.x.c_stride +  // n, c
                         (top + h.first * p.stride[0]) * p.x.stride[1] + left +
                         w.first * p.stride[1];
    const int64_t to = h.first * p.places[1] + w.first;
    CopyStrided({h.count(), w.count()}, bytes,
                operands.inputs[0].data + static_cast<size_t>(from) * bytes,
                {p.stride[0] * p.x.stride[1], p.stride[1]},
                y + static_cast<size_t>(to) * bytes, {p.places[1], 1});
  }
  return {};
}

OpStatus InferExtract(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Patches p;
  if (OpStatus s = MakeExtract(call, &p); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = {p.x.n, p.places[0], p.places[1], p.taps() * p.x.c};
  *outputs = {y};
  return {};
}

// An item is one place of one image.
int64_t ExtractItems(const OpCall& call, int) {
  const Shape& y = call.outputs[0].shape;
  return y[0] * y[1] * y[2];
}

OpStatus ComputeExtract(const OpCall& call, const Operands& operands, int,
                        int64_t begin, int64_t end) {
  Patches p;
  if (OpStatus s = MakeExtract(call, &p); !s.ok()) return s;
  const size_t bytes = static_cast<size_t>(BitsOf(call.inputs[0].dtype)) / 8;
  const size_t pixel = bytes * static_cast<size_t>(p.x.c);
  const int64_t places = p.places[0] * p.places[1];
  if (pixel == 0) return {};
  for (int64_t item = begin; item < end; ++item) {
    for (int64_t tap = 0; tap < p.taps(); ++tap) {
      const int64_t at = Under(p, item % places, tap);
      const int64_t first = item / places * p.x.n_stride;
      CopyOrClear(pixel, operands.inputs[0].data,
                  at < 0 ? at : (first + at) / p.x.c, operands.outputs[0].data,
                  item * p.taps() + tap);
    }
  }
  return {};
}

OpDef Make(const char* type, decltype(OpDef::infer) infer,
           decltype(OpDef::items) items, decltype(OpDef::compute) compute) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = infer;
  op.items = items;
  op.compute = compute;
  op.cost = MoveWork;
  op.exactness = "bits are copied; 0 outside of the image";
  return op;
}

}  // namespace

const OpDef& Im2colOp() {
  static const OpDef& op =
      *new OpDef(Make("Im2col", InferIm2col, Im2colItems, ComputeIm2col));
  return op;
}

const OpDef& ExtractImagePatchesOp() {
  static const OpDef& op = *new OpDef(
      Make("ExtractImagePatches", InferExtract, ExtractItems, ComputeExtract));
  return op;
}

}  // namespace npuemu::kernels
