// Operators CropAndResize and CropAndResizeV2 (TensorFlow): parts of images,
// resized, in f32 with one cast back: docs/windows.md, Sampling. An item is one
// place of one box.

#include <algorithm>
#include <cmath>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/op/primitives.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Crop {
  std::string letters;
  Image x;
  Image y;
  bool nearest = false;
};

OpStatus MakeCrop(const OpCall& call, const Operands* operands, Crop* crop) {
  crop->letters = LettersOf(InputOr(call, 0).format, "NHWC", 2);
  if (crop->letters.empty() || crop->letters[0] != 'N') {
    return OpError(call, "input x format", NameOf(InputOr(call, 0).format),
                   "NHWC, NCHW or ND");
  }
  OpStatus s =
      ImageOf(call, "input x", InputOr(call, 0).shape, crop->letters, &crop->x);
  std::vector<int64_t> size;
  if (s.ok()) s = ReadInts(call, 3, operands, &size);
  if (!s.ok()) return s;
  const bool valid = size.size() == 2 && std::min(size[0], size[1]) >= 1 &&
                     std::max(size[0], size[1]) <= kMostExtent;
  if (!valid || crop->x.places() == 0) {
    return OpError(call, "input crop_size", ToString(size),
                   "height and width from 1, of an image that has some");
  }
  const Shape& boxes = InputOr(call, 1).shape;
  if (boxes.size() != 2 || boxes[1] != 4) {
    return OpError(call, "input boxes shape", ToString(boxes), "[boxes,4]");
  }
  if (InputOr(call, 2).shape != Shape{boxes[0]}) {
    return OpError(call, "input box_index shape",
                   ToString(InputOr(call, 2).shape), ToString(Shape{boxes[0]}));
  }
  crop->y.n = boxes[0];
  crop->y.c = crop->x.c;
  crop->y.size = {1, size[0], size[1]};
  if (RoomOf(ShapeOf(crop->y, crop->letters)) < 0) {
    return OpError(call, "output shape",
                   ToString(ShapeOf(crop->y, crop->letters)),
                   "a product of extents that fits in int64");
  }
  SetStrides(crop->letters, &crop->y);
  const auto method = AttrOf<std::string>(call, "method");
  if (method != "bilinear" && method != "nearest") {
    return OpError(call, "attribute method", method, "bilinear or nearest");
  }
  crop->nearest = method == "nearest";
  return {};
}

// Where place o of `out` lies in `in` places, between two ends of a box.
float Along(float from, float to, int64_t in, int64_t out, int64_t o) {
  const auto last = static_cast<float>(in - 1);
  if (out == 1) return 0.5f * (from + to) * last;
  const float scale = (to - from) * last / static_cast<float>(out - 1);
  return from * last + static_cast<float>(o) * scale;
}

OpStatus CropPlace(const OpCall& call, const Crop& crop,
                   const Operands& operands, int64_t item, float outside) {
  const Reader x(call, operands, 0);
  const Reader boxes(call, operands, 1);
  const Writer y(call, operands, 0);
  const int64_t box = item / crop.y.places();
  const int64_t oh = item % crop.y.places() / crop.y.size[2];
  const int64_t ow = item % crop.y.size[2];
  const int32_t n = operands.inputs[2].as<const int32_t>()[box];
  if (n < 0 || n >= crop.x.n) {
    return OpError(call, "input box_index", std::to_string(n),
                   "an image of " + std::to_string(crop.x.n));
  }
  const float h = Along(boxes(box * 4), boxes(box * 4 + 2), crop.x.size[1],
                        crop.y.size[1], oh);
  const float w = Along(boxes(box * 4 + 1), boxes(box * 4 + 3), crop.x.size[2],
                        crop.y.size[2], ow);
  const bool inside = h >= 0 && h <= static_cast<float>(crop.x.size[1] - 1) &&
                      w >= 0 && w <= static_cast<float>(crop.x.size[2] - 1);
  const int64_t to =
      box * crop.y.n_stride + oh * crop.y.stride[1] + ow * crop.y.stride[2];
  for (int64_t c = 0; c < crop.x.c; ++c) {
    const auto at = [&](float i, float j) {
      return x(n * crop.x.n_stride + c * crop.x.c_stride +
               static_cast<int64_t>(i) * crop.x.stride[1] +
               static_cast<int64_t>(j) * crop.x.stride[2]);
    };
    float value = outside;
    if (inside && crop.nearest) {
      value = at(Round(h), Round(w));
    } else if (inside) {
      const float part = w - Floor(w);
      const float left = at(Floor(h), Floor(w));
      const float top = left + (at(Floor(h), Ceil(w)) - left) * part;
      const float low = at(Ceil(h), Floor(w));
      const float bottom = low + (at(Ceil(h), Ceil(w)) - low) * part;
      value = top + (bottom - top) * (h - Floor(h));
    }
    y(to + c * crop.y.c_stride, value);
  }
  return {};
}

OpStatus InferCrop(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Crop crop;
  if (OpStatus s = MakeCrop(call, nullptr, &crop); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = ShapeOf(crop.y, crop.letters);
  OpCall typed = call;
  const bool declared = !call.outputs.empty() && !call.outputs[0].absent();
  if (!declared && HasAttr(call, "dtype")) {
    typed.outputs = {{AttrOf<DataType>(call, "dtype"), y.format, y.shape}};
  }
  y.dtype = InferredType(typed, 0);
  if (y.dtype == DataType::kUndefined && HasAttr(call, "dtype")) {
    return OpError(call, "attribute dtype", NameOf(typed.outputs[0].dtype),
                   "a type that goes with the image's");
  }
  *outputs = {y};
  return {};
}

OpStatus ComputeCrop(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  Crop crop;
  if (OpStatus s = MakeCrop(call, &operands, &crop); !s.ok()) return s;
  const Shape shape = ShapeOf(crop.y, crop.letters);
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(shape));
  }
  const float outside = AttrOf<float>(call, "extrapolation_value");
  OpStatus s;
  for (int64_t i = begin; i < end && s.ok(); ++i) {
    s = CropPlace(call, crop, operands, i, outside);
  }
  return s;
}

int64_t CropItems(const OpCall& call, int) {
  Image y;
  const std::string letters = LettersOf(InputOr(call, 0).format, "NHWC", 2);
  if (!ImageOf(call, "output", call.outputs[0].shape, letters, &y).ok()) {
    return 1;
  }
  return call.outputs[0].count() == 0 ? 0 : y.n * y.places();
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles =
      4 * (VectorCycles(kVmul, bytes) + VectorCycles(kVadd, bytes));
  return work;
}

OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kAiCpu;
  op.infer = InferCrop;
  op.items = CropItems;
  op.compute = ComputeCrop;
  op.cost = Cost;
  op.exactness = "docs/windows.md, in f32, one cast back";
  op.value_inputs = {3};
  return op;
}

}  // namespace

const OpDef& CropAndResizeOp() {
  static const OpDef& op = *new OpDef(Make("CropAndResize"));
  return op;
}

const OpDef& CropAndResizeV2Op() {
  static const OpDef& op = *new OpDef(Make("CropAndResizeV2"));
  return op;
}

}  // namespace npuemu::kernels
