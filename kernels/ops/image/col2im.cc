// Operator Col2im: x [N, C * kh * kw, L] or [N, C, kh * kw, L] is added up to
// an image [N, C, H, W] of output_size, in f32, with one cast back:
// docs/windows.md, Patches. An item is one channel of one image.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/ops/image/patches.h"
#include "kernels/ops/image/pixels.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus MakeFold(const OpCall& call, const Operands* operands, Patches* p) {
  OpStatus s = PatchPair(call, "kernel_size", 1, &p->window);
  if (s.ok()) s = PatchPair(call, "dilation", 1, &p->dilation);
  if (s.ok()) s = PatchPair(call, "padding", 0, &p->before);
  if (s.ok()) s = PatchPair(call, "stride", 1, &p->stride);
  std::vector<int64_t> size;
  if (s.ok()) s = ReadInts(call, 1, operands, &size);
  if (!s.ok()) return s;
  if (size.size() != 2) {
    return OpError(call, "input output_size", ToString(size),
                   "height and width");
  }
  std::copy(p->before, p->before + 2, p->after);
  if (p->window[0] > kMostExtent / p->window[1]) {
    return OpError(call, "attribute kernel_size", std::to_string(p->window[0]),
                   "a smaller window");
  }
  const Shape& x = call.inputs[0].shape;
  const bool four = x.size() == 4;
  const bool valid =
      (x.size() == 3 && x[1] % p->taps() == 0) || (four && x[2] == p->taps());
  Shape image = {0, 0, size[0], size[1]};
  if (valid) image = {x[0], four ? x[1] : x[1] / p->taps(), size[0], size[1]};
  s = ImageOf(call, "input output_size", image, "NCHW", &p->x);
  if (s.ok()) s = SetPatchPlaces(call, false, p);
  if (!s.ok()) return s;
  if (valid && x.back() == p->places[0] * p->places[1]) return {};
  return OpError(call, "input x shape", ToString(x),
                 "[N,C*" + std::to_string(p->taps()) + "," +
                     std::to_string(p->places[0] * p->places[1]) + "]");
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Patches p;
  if (OpStatus s = MakeFold(call, nullptr, &p); !s.ok()) return s;
  TensorSpec y = call.inputs[0];
  y.shape = ShapeOf(p.x, "NCHW");
  *outputs = {y};
  return {};
}

int64_t Items(const OpCall& call, int) {
  const Shape& y = call.outputs[0].shape;
  return y.size() == 4 ? y[0] * y[1] : 1;
}

OpStatus Compute(const OpCall& call, const Operands& operands, int,
                 int64_t begin, int64_t end) {
  Patches p;
  if (OpStatus s = MakeFold(call, &operands, &p); !s.ok()) return s;
  const Shape shape = ShapeOf(p.x, "NCHW");
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(shape));
  }
  const Reader read(call, operands, 0);
  const Writer write(call, operands, 0);
  const int64_t places = p.places[0] * p.places[1];
  std::vector<float> sums(static_cast<size_t>(p.x.places()));
  for (int64_t item = begin; item < end; ++item) {
    std::fill(sums.begin(), sums.end(), 0.0f);
    for (int64_t tap = 0; tap < p.taps(); ++tap) {
      for (int64_t place = 0; place < places; ++place) {
        const int64_t at = Under(p, place, tap);
        if (at < 0) continue;
        sums[static_cast<size_t>(at)] +=
            read((item * p.taps() + tap) * places + place);
      }
    }
    for (int64_t i = 0; i < p.x.places(); ++i) {
      write(item * p.x.places() + i, sums[static_cast<size_t>(i)]);
    }
  }
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = VectorCycles(kVadd, call.inputs[0].count() * 4);
  return work;
}

}  // namespace

const OpDef& Col2imOp() {
  static const OpDef& op = *new OpDef([] {
    OpDef made = Signature("Col2im");
    made.engine = Engine::kVector;
    made.infer = Infer;
    made.items = Items;
    made.compute = Compute;
    made.cost = Cost;
    made.exactness = "f32 sums from +0 in the order of taps, one cast back";
    made.value_inputs = {1};
    return made;
  }());
  return op;
}

}  // namespace npuemu::kernels
