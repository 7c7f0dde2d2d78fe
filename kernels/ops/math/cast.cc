// Operator Cast: converts to attribute dst_type (arithmetic.md 7.1). Floats
// become integers by TRUNC, as TensorFlow's and aclnn's Cast do, then clamp,
// NaN gives 0; integers clamp; all else rounds by RINT. To bool: x != 0.

#include "kernels/numeric/cast.h"

#include "kernels/op/elementwise.h"

namespace npuemu::kernels {
namespace {

struct Pair {
  DataType from;
  DataType to;
};

constexpr Pair kPairs[] = {
#define PAIR(from, to) {DataType::from, DataType::to},
#include "kernels/ops/math/cast_pairs.def"
#undef PAIR
};

OpStatus InferCast(const OpCall& call, std::vector<TensorSpec>* outputs) {
  const auto number = AttrOr<int64_t>(call.attrs, "dst_type", -1);
  std::string expected;
  for (const Pair& pair : kPairs) {
    if (pair.from != call.inputs[0].dtype) continue;
    if (static_cast<int64_t>(pair.to) == number) {
      TensorSpec y = call.inputs[0];
      y.dtype = pair.to;
      *outputs = {y};
      return {};
    }
    expected += (expected.empty() ? "" : ", ") +
                std::to_string(static_cast<int>(pair.to)) + " (" +
                NameOf(pair.to) + ")";
  }
  return OpError(call, "attribute dst_type", std::to_string(number),
                 expected + " from " + NameOf(call.inputs[0].dtype));
}

template <typename S, typename D>
void CastRun(const S* x, D* y, int64_t begin, int64_t end, bool saturate) {
  constexpr bool kTruncates =
      kIsFloat<S> && !kIsFloat<D> && !std::is_same_v<D, Bool>;
  CastRule rule;
  rule.mode = kTruncates ? Rounding::kTrunc : Rounding::kRint;
  rule.saturate = saturate;
  for (int64_t i = begin; i < end; ++i) y[i] = Cast<D>(x[i], rule);
}

// Between floats: as lanes, block by block.
void CastFloats(const OpCall& call, const Operands& operands, int64_t begin,
                int64_t end) {
  constexpr int64_t kBlock = 1024;
  const DataType from = call.inputs[0].dtype;
  const DataType to = call.outputs[0].dtype;
  const std::byte* x = operands.inputs[0].data;
  std::byte* y = operands.outputs[0].data;
  alignas(64) float lanes[kBlock];
  for (int64_t at = begin; at < end; at += kBlock) {
    const int64_t count = std::min(kBlock, end - at);
    const float* widened = lanes;
    if (from == DataType::kFloat) {
      widened = operands.inputs[0].as<const float>() + at;
    } else if (to == DataType::kFloat) {  // exact, and NaN is canonical
      LoadLanes(from, Lane::kFloat, x, at, count, 1,
                operands.outputs[0].as<float>() + at);
      continue;
    } else {
      LoadLanes(from, Lane::kFloat, x, at, count, 1, lanes);
    }
    StoreLanes(Lane::kFloat, to, widened, count, operands.saturate, y, at);
  }
}

OpStatus ComputeCast(const OpCall& call, const Operands& operands, int,
                     int64_t begin, int64_t end) {
  if (LaneOf(call.inputs[0].dtype) == Lane::kFloat &&
      LaneOf(call.outputs[0].dtype) == Lane::kFloat) {
    CastFloats(call, operands, begin, end);
    return {};
  }
  Dispatch(AllTypes{}, call.inputs[0].dtype, [&]<typename S>() {
    Dispatch(AllTypes{}, call.outputs[0].dtype, [&]<typename D>() {
      CastRun(operands.inputs[0].as<const S>(), operands.outputs[0].as<D>(),
              begin, end, operands.saturate);
    });
  });
  return {};
}

Work CostCast(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = VectorCycles(
      kVconv, static_cast<int64_t>(
                  std::max(call.inputs[0].bytes(), call.outputs[0].bytes())));
  return work;
}

OpDef MakeCast() {
  std::vector<DataType> from;
  std::vector<DataType> to;
  for (const Pair& pair : kPairs) {
    from.push_back(pair.from);
    to.push_back(pair.to);
  }
  return OpDef{.type = "Cast",
               .engine = Engine::kVector,
               .basis = DtypeBasis::kTable,
               .inputs = {{"x", ParamKind::kRequired, from}},
               .outputs = {{"y", ParamKind::kRequired, to}},
               .attrs = {{"dst_type", AttrKind::kInt, true, int64_t{0}}},
               .infer = InferCast,
               .items = ItemsOfOutput,
               .compute = ComputeCast,
               .cost = CostCast,
               .exactness =
                   "float to int: TRUNC, clamp, NaN to 0; int to int: clamp; "
                   "else RINT; to bool: x != 0"};
}

}  // namespace

const OpDef& CastOp() {
  static const OpDef& op = *new OpDef(MakeCast());
  return op;
}

}  // namespace npuemu::kernels
