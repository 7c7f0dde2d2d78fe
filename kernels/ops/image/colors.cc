// Operators RGBToHSV, HSVToRGB and AdjustContrast (TensorFlow), in f32 with one
// cast back: docs/windows.md, Colours. An item is a pixel of three; of
// AdjustContrast a channel of an image.

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/op/primitives.h"
#include "kernels/op/row_reduce.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

struct Triple {
  float v[3];
};

Triple ToHsv(const Triple& c) {
  const float r = c.v[0];
  const float g = c.v[1];
  const float b = c.v[2];
  const float value = Max(r, Max(g, b));
  const float range = value - Min(r, Min(g, b));
  const float saturation = value > 0 ? range / value : 0.0f;
  const float part = 1.0f / (6.0f * range);
  float hue = part * (r - g) + 4.0f / 6.0f;
  if (g == value) hue = part * (b - r) + 2.0f / 6.0f;
  if (r == value) hue = part * (g - b);
  if (range <= 0) hue = 0.0f;
  if (hue < 0) hue = hue + 1.0f;
  return {{hue, saturation, value}};
}

float Clamp01(float x) { return Min(Max(x, 0.0f), 1.0f); }

Triple ToRgb(const Triple& c) {
  const float hue = c.v[0] * 6.0f;
  const float rest = 1.0f - c.v[1];
  const float parts[] = {Clamp01(Abs(hue - 3.0f) - 1.0f),
                         Clamp01(2.0f - Abs(hue - 2.0f)),
                         Clamp01(2.0f - Abs(hue - 4.0f))};
  Triple rgb;
  for (int k = 0; k < 3; ++k) {
    rgb.v[k] = (rest + c.v[1] * parts[k]) * c.v[2];
  }
  return rgb;
}

OpStatus InferColors(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const Shape& shape = InputOr(call, 0).shape;
  if (shape.empty() || shape.back() != 3) {
    return OpError(call, "input images shape", ToString(shape), "[...,3]");
  }
  *outputs = {call.inputs[0]};
  return {};
}

template <Triple (*kFn)(const Triple&)>
OpStatus ComputeColors(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  const Reader x(call, operands, 0);
  const Writer y(call, operands, 0);
  for (int64_t i = begin; i < end; ++i) {
    const Triple to = kFn({{x(i * 3), x(i * 3 + 1), x(i * 3 + 2)}});
    for (int64_t k = 0; k < 3; ++k) y(i * 3 + k, to.v[k]);
  }
  return {};
}

int64_t Pixels(const OpCall& call, int) { return call.inputs[0].count() / 3; }

// The last three extents are an image.
struct Contrast {
  int64_t images = 1;
  int64_t channels = 1;
  int64_t area = 1;
  int64_t channel_step = 1;
  int64_t place_step = 1;
  bool grey = false;
};

OpStatus MakeContrast(const OpCall& call, Contrast* c) {
  const Shape& shape = InputOr(call, 0).shape;
  const auto format = AttrOf<std::string>(call, "data_format");
  if (format != "HWC" && format != "CHW") {
    return OpError(call, "attribute data_format", format, "HWC or CHW");
  }
  const auto mode = AttrOf<std::string>(call, "mean_mode");
  if (mode != "chn_wise" && mode != "chn_y") {
    return OpError(call, "attribute mean_mode", mode, "chn_wise or chn_y");
  }
  if (shape.size() < 3 || RoomOf(shape) < 0) {
    return OpError(call, "input images shape", ToString(shape),
                   "[..." + format + "]");
  }
  if (InputOr(call, 1).count() != 1) {
    return OpError(call, "input contrast_factor shape",
                   ToString(InputOr(call, 1).shape), "one number");
  }
  const size_t n = shape.size();
  for (size_t d = 0; d + 3 < n; ++d) c->images *= shape[d];
  const bool last = format == "HWC";
  c->channels = shape[last ? n - 1 : n - 3];
  c->area = last ? shape[n - 3] * shape[n - 2] : shape[n - 2] * shape[n - 1];
  c->channel_step = last ? 1 : c->area;
  c->place_step = last ? c->channels : 1;
  c->grey = mode == "chn_y";
  if (c->grey && c->channels != 3) {
    return OpError(call, "input images shape", ToString(shape),
                   "three channels for chn_y");
  }
  return {};
}

OpStatus InferContrast(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Contrast c;
  if (OpStatus s = MakeContrast(call, &c); !s.ok()) return s;
  *outputs = {call.inputs[0]};
  return {};
}

OpStatus ComputeContrast(const OpCall& call, const Operands& operands, int,
                         int64_t begin, int64_t end) {
  Contrast c;
  if (OpStatus s = MakeContrast(call, &c); !s.ok()) return s;
  const Reader x(call, operands, 0);
  const float factor = Reader(call, operands, 1)(0);
  const Writer y(call, operands, 0);
  for (int64_t item = begin; item < end; ++item) {
    const int64_t image = item / c.channels * c.channels * c.area;
    const int64_t start = image + item % c.channels * c.channel_step;
    const auto value = [&](int64_t i) {
      if (!c.grey) return x(start + i * c.place_step);
      const int64_t at = image + i * c.place_step;
      const float red = x(at) * 0.2989f;
      const float green = x(at + c.channel_step) * 0.587f;
      return red + green + x(at + 2 * c.channel_step) * 0.114f;
    };
    float lanes[kLanes];
    SumLanes<float>(c.area, 0, LanesOf(c.area), value, lanes);
    const float mean =
        SumTree(lanes, LanesOf(c.area)) / static_cast<float>(c.area);
    for (int64_t i = 0; i < c.area; ++i) {
      const int64_t at = start + i * c.place_step;
      y(at, (x(at) - mean) * factor + mean);
    }
  }
  return {};
}

int64_t Channels(const OpCall& call, int) {
  Contrast c;
  if (call.inputs[0].count() == 0) return 0;
  return MakeContrast(call, &c).ok() ? c.images * c.channels : 1;
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes = call.outputs[0].count() * 4;
  work.vector_cycles =
      5 * VectorCycles(kVadd, bytes) + 2 * VectorCycles(kVdiv, bytes);
  return work;
}

OpDef Make(const char* type, decltype(OpDef::infer) infer,
           decltype(OpDef::items) items, decltype(OpDef::compute) compute) {
  OpDef op = Signature(type);
  op.engine = Engine::kAiCpu;
  op.infer = infer;
  op.items = items;
  op.compute = compute;
  op.cost = Cost;
  op.exactness = "the steps of docs/windows.md in f32, one cast back";
  return op;
}

}  // namespace

#define COLORS(type, ...)                                          \
  const OpDef& type##Op() {                                        \
    static const OpDef& op = *new OpDef(Make(#type, __VA_ARGS__)); \
    return op;                                                     \
  }

COLORS(RGBToHSV, InferColors, Pixels, ComputeColors<ToHsv>)
COLORS(HSVToRGB, InferColors, Pixels, ComputeColors<ToRgb>)
COLORS(AdjustContrast, InferContrast, Channels, ComputeContrast)

}  // namespace npuemu::kernels
