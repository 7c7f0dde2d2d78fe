// The resizing operators, a rule each. Shapes, formats and order of operations:
// docs/windows.md, Resizing; f32 inside (areas f64), cast back once.

#include <algorithm>

#include "kernels/op/cost.h"
#include "kernels/ops/image/resize.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferResize(const ResizeRule& rule, const OpCall& call,
                     std::vector<TensorSpec>* outputs) {
  Resize r;
  if (OpStatus s = MakeResize(rule, call, nullptr, &r); !s.ok()) return s;
  TensorSpec y = InputOr(call, 0);
  y.shape = ShapeOf(rule.gradient ? r.x : r.y, r.letters);
  OpCall typed = call;
  const bool declared = !call.outputs.empty() && !call.outputs[0].absent();
  if (!declared && HasAttr(call, "dtype")) {  // which of the columns
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

// Believed shapes give the number of items.
int64_t ResizeItems(const ResizeRule& rule, const OpCall& call) {
  const int64_t c_letter = static_cast<int64_t>(call.outputs[0].shape.size());
  Image y;
  const std::string fallback = AttrOf<std::string>(call, "data_format").empty()
                                   ? rule.letters
                                   : AttrOf<std::string>(call, "data_format");
  const std::string letters =
      LettersOf(InputOr(call, 0).format, fallback, rule.rank);
  if (c_letter != rule.rank + 2 ||
      !ImageOf(call, "output", call.outputs[0].shape, letters, &y).ok()) {
    return 1;
  }
  if (call.outputs[0].count() == 0) return 0;
  return rule.gradient ? y.n * y.c : y.n * y.places();
}

OpStatus ComputeResize(const ResizeRule& rule, const OpCall& call,
                       const Operands& operands, int64_t begin, int64_t end) {
  Resize r;
  if (OpStatus s = MakeResize(rule, call, &operands, &r); !s.ok()) return s;
  const Shape shape = ShapeOf(rule.gradient ? r.x : r.y, r.letters);
  if (shape != call.outputs[0].shape) {
    return OpError(call, "output shape", ToString(call.outputs[0].shape),
                   ToString(shape));
  }
  if (rule.gradient) {
    ResizeGradient(call, r, operands, begin, end);
  } else {
    ResizeForward(call, r, operands, begin, end);
  }
  return {};
}

Work ResizeCost(const OpCall& call) {
  Work work = MoveWork(call);
  const int64_t bytes =
      std::max(call.outputs[0].count(), call.inputs[0].count()) * 4;
  for (int i = 0; i < 4; ++i) {
    work.vector_cycles += VectorCycles(kVmul, bytes);
    work.vector_cycles += VectorCycles(kVadd, bytes);
  }
  return work;
}

template <const ResizeRule& kRule>
OpDef Make(const char* type, Engine engine) {
  OpDef op = Signature(type);
  op.engine = engine;
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferResize(kRule, call, outputs);
  };
  op.items = [](const OpCall& call, int) { return ResizeItems(kRule, call); };
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    return ComputeResize(kRule, call, operands, begin, end);
  };
  op.cost = ResizeCost;
  op.exactness =
      "docs/windows.md: taps along width, height, depth in f32, one cast back";
  if (kRule.kind == ResizeKind::kTensorFlow && !kRule.image_gives_size) {
    op.value_inputs = {1};
  }
  if (kRule.kind == ResizeKind::kOnnx && op.inputs.size() > 1) {
    op.value_inputs = {2, 3};
  }
  op.formats = {Format::kNd, Format::kNchw, Format::kNhwc, Format::kNcdhw,
                Format::kNdhwc};
  if (kRule.interpolation == Interpolation::kArea) {
    op.exactness = "docs/windows.md: the mean in f64, rounded once";
    // Programs set it for every way of resizing; intervals have no centres.
    op.ignored_attrs = {{"half_pixel_centers", AttrKind::kBool, false, false}};
  }
  return op;
}

constexpr Interpolation kLinear = Interpolation::kLinear;
constexpr ResizeKind kOnnx = ResizeKind::kOnnx;
constexpr ResizeKind kTorch = ResizeKind::kTorch;

}  // namespace

#define RESIZE(type, engine, ...)                                      \
  namespace {                                                          \
  constexpr ResizeRule k##type = {__VA_ARGS__};                        \
  }                                                                    \
  const OpDef& type##Op() {                                            \
    static const OpDef& op = *new OpDef(Make<k##type>(#type, engine)); \
    return op;                                                         \
  }

RESIZE(ResizeNearestNeighborV2, Engine::kVector, )
RESIZE(ResizeNearestNeighborV2Grad, Engine::kVector, .gradient = true)
RESIZE(ResizeBilinearV2, Engine::kVector, .interpolation = kLinear)
RESIZE(SyncResizeBilinearV2, Engine::kVector, .interpolation = kLinear)
RESIZE(ResizeBilinearV2Grad, Engine::kVector, .interpolation = kLinear,
       .gradient = true, .image_gives_size = true)
RESIZE(ResizeArea, Engine::kAiCpu, .interpolation = Interpolation::kArea)
RESIZE(ResizeBicubic, Engine::kAiCpu, .interpolation = Interpolation::kCubic)
RESIZE(Resize, Engine::kVector, .kind = kOnnx, .letters = "NCHW")
RESIZE(ResizeD, Engine::kVector, .kind = kOnnx, .letters = "NCHW")
RESIZE(UpsampleNearest3d, Engine::kVector, .kind = kTorch, .rank = 3,
       .letters = "NCDHW")
RESIZE(UpsampleTrilinear3d, Engine::kAiCpu, .kind = kTorch,
       .interpolation = kLinear, .rank = 3, .letters = "NCDHW")
RESIZE(UpsampleNearest3dGrad, Engine::kVector, .kind = kTorch, .rank = 3,
       .letters = "NCDHW", .gradient = true)
RESIZE(UpsampleTrilinear3dGrad, Engine::kAiCpu, .kind = kTorch,
       .interpolation = kLinear, .rank = 3, .letters = "NCDHW",
       .gradient = true)
RESIZE(UpsampleNearestExact3d, Engine::kVector, .kind = kTorch, .rank = 3,
       .letters = "NCDHW", .exact = true)
RESIZE(UpsampleNearestExact3dGrad, Engine::kVector, .kind = kTorch, .rank = 3,
       .letters = "NCDHW", .gradient = true, .exact = true)
RESIZE(ResizeGrad, Engine::kAiCpu, .kind = kOnnx, .letters = "NCHW",
       .gradient = true)
RESIZE(Upsample, Engine::kVector, .kind = ResizeKind::kRepeat,
       .letters = "NCHW")

}  // namespace npuemu::kernels
