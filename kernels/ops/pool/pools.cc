// The pooling operators, a rule each. Shapes, formats and order of operations:
// docs/windows.md, Pooling (arithmetic.md 7.3, 7.8). Matrices that only the
// hardware's way to compute averages needs are not read.

#include <algorithm>

#include "kernels/op/axes.h"
#include "kernels/op/cost.h"
#include "kernels/ops/pool/pool.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

OpStatus InferPool(const PoolRule& rule, const OpCall& call,
                   std::vector<TensorSpec>* outputs) {
  Pool pool;
  if (OpStatus s = MakePool(rule, call, &pool); !s.ok()) return s;
  TensorSpec y = InputOr(call, rule.gradient() ? rule.grad : rule.x);
  y.shape = ShapeOf(rule.gradient() ? pool.x : pool.y, pool.letters);
  *outputs = {y};
  if (!rule.has_argmax) return {};
  y.dtype = InferredType(call, 1);
  outputs->push_back(y);
  // An index must fit: planes are up to 2^31 places, those of uint16 2^16.
  const int64_t most = y.dtype == DataType::kUint16  ? 1 << 16
                       : y.dtype == DataType::kInt32 ? kMostExtent
                                                     : INT64_MAX;
  const int64_t per_place = rule.index_has_channel ? pool.x.c : 1;
  if (pool.x.places() > most / std::max<int64_t>(per_place, 1)) {
    return OpError(call, "input x shape", ToString(call.inputs[0].shape),
                   std::string("indices that fit in ") + NameOf(y.dtype));
  }
  return {};
}

int64_t PoolItems(const PoolRule& rule, const OpCall& call) {
  Pool pool;
  // One item: compute says what is wrong with a size that was believed.
  if (!MakePool(rule, call, &pool).ok()) return 1;
  if (call.outputs[0].count() == 0) return 0;
  return rule.gradient() ? pool.x.n * pool.x.c : pool.y.n * pool.y.places();
}

OpStatus ComputePool(const PoolRule& rule, const OpCall& call,
                     const Operands& operands, int64_t begin, int64_t end) {
  if (rule.size >= 0) {
    Shape size;
    OpStatus s = ReadInts(call, size_t(rule.size), &operands, &size);
    if (!s.ok()) return s;
    if (size != call.outputs[0].shape) {
      return OpError(call, "output shape", ToString(call.outputs[0].shape),
                     ToString(size));
    }
  }
  Pool pool;
  if (OpStatus s = MakePool(rule, call, &pool); !s.ok()) return s;
  if (rule.gradient()) {
    return ComputeGradient(rule, call, pool, operands, begin, end);
  }
  ComputeForward(rule, call, pool, operands, begin, end);
  return {};
}

Work PoolCost(const PoolRule& rule, const OpCall& call) {
  Work work = MoveWork(call);
  Pool pool;
  if (!MakePool(rule, call, &pool).ok()) return work;
  const int64_t bytes =
      std::max<int64_t>(
          InputOr(call, rule.gradient() ? rule.grad : rule.x).count(), 1) *
      4;
  work.vector_cycles = VectorCycles(kVadd, bytes) *
                       static_cast<uint64_t>(std::min<int64_t>(
                           pool.window[1] * pool.window[2], 1 << 12));
  work.vector_cycles += VectorCycles(kVmuls, bytes);
  return work;
}

template <const PoolRule& kRule>
OpDef Make(const char* type) {
  OpDef op = Signature(type);
  op.engine = Engine::kVector;
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferPool(kRule, call, outputs);
  };
  op.items = [](const OpCall& call, int) { return PoolItems(kRule, call); };
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    return ComputePool(kRule, call, operands, begin, end);
  };
  op.cost = [](const OpCall& call) { return PoolCost(kRule, call); };
  op.exactness =
      "docs/windows.md: maxima are copied (7.3); sums in f32, one cast back";
  if (kRule.size >= 0) op.value_inputs = {kRule.size};
  op.formats = {Format::kNd, Format::kNchw, Format::kNhwc, Format::kNcdhw,
                Format::kNdhwc};
  return op;
}

constexpr PoolKind kMax = PoolKind::kMax;
constexpr PoolKind kAverage = PoolKind::kAverage;
constexpr PoolKind kMaxGradient = PoolKind::kMaxGradient;
constexpr PoolKind kAverageGradient = PoolKind::kAverageGradient;
constexpr PoolKind kIndexGradient = PoolKind::kIndexGradient;

}  // namespace

#define POOL(type, ...)                                        \
  namespace {                                                  \
  constexpr PoolRule k##type = {__VA_ARGS__};                  \
  }                                                            \
  const OpDef& type##Op() {                                    \
    static const OpDef& op = *new OpDef(Make<k##type>(#type)); \
    return op;                                                 \
  }

POOL(MaxPool, .kind = kMax, .x = 0)
POOL(MaxPoolV3, .kind = kMax, .x = 0)
POOL(MaxPool3D, .kind = kMax, .rank = 3, .x = 0)
POOL(MaxPoolWithArgmax, .kind = kMax, .x = 0, .letters = "NHWC",
     .has_argmax = true, .index_has_channel = true)
POOL(MaxPoolWithArgmaxV1, .kind = kMax, .x = 0, .has_argmax = true)
POOL(MaxPoolWithArgmaxV2, .kind = kMax, .x = 0, .has_argmax = true)
POOL(AdaptiveMaxPool2d, .kind = kMax, .adaptive = true, .x = 0,
     .has_argmax = true)
POOL(Pooling, .kind = kMax, .x = 0)
POOL(Dilation2D, .kind = PoolKind::kDilation, .x = 0, .filter = 1)

POOL(AvgPool, .kind = kAverage, .x = 0)
POOL(AvgPoolV2, .kind = kAverage, .x = 0)
POOL(AvgPool3D, .kind = kAverage, .rank = 3, .x = 0)
POOL(AvgPool3DD, .kind = kAverage, .rank = 3, .x = 0)
POOL(AdaptiveAvgPool2d, .kind = kAverage, .adaptive = true, .x = 0)
POOL(AdaptiveAvgPool3d, .kind = kAverage, .rank = 3, .adaptive = true, .x = 0)
POOL(GlobalAveragePool, .kind = kAverage, .adaptive = true, .x = 0)

POOL(MaxPoolGrad, .kind = kMaxGradient, .x = 0, .grad = 2, .y = 1)
POOL(MaxPoolV3Grad, .kind = kMaxGradient, .x = 0, .grad = 2, .y = 1)
POOL(MaxPool3DGrad, .kind = kMaxGradient, .rank = 3, .x = 0, .grad = 2, .y = 1)
POOL(MaxPoolGradWithArgmax, .kind = kIndexGradient, .x = 0, .grad = 1,
     .argmax = 2, .letters = "NHWC", .index_has_channel = true)
POOL(MaxPoolGradWithArgmaxV1, .kind = kIndexGradient, .x = 0, .grad = 1,
     .argmax = 2)
POOL(MaxPoolGradWithArgmaxV2, .kind = kIndexGradient, .x = 0, .grad = 1,
     .argmax = 2)
POOL(AvgPoolGrad, .kind = kAverageGradient, .grad = 1, .size = 0)
POOL(AvgPoolGradD, .kind = kAverageGradient, .grad = 0,
     .size_attr = "orig_input_shape")
POOL(AvgPoolV2Grad, .kind = kAverageGradient, .grad = 1, .size = 0)
POOL(AvgPoolV2GradD, .kind = kAverageGradient, .grad = 0,
     .size_attr = "orig_input_shape")
POOL(AvgPool3DGrad, .kind = kAverageGradient, .rank = 3, .grad = 1, .size = 0)
POOL(AvgPool3DGradD, .kind = kAverageGradient, .rank = 3, .grad = 0,
     .size_attr = "orig_input_shape")
POOL(AdaptiveAvgPool2dGrad, .kind = kAverageGradient, .adaptive = true,
     .grad = 0, .size_attr = "orig_input_shape")

}  // namespace npuemu::kernels
