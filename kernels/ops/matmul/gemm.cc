// GEMM: y(m,n) = alpha * op(a) * op(b) + beta * c, the operator behind the
// aclblas calls; it runs on the AI CPU.
//
// Arithmetic, per element (our decision; arithmetic 7.8 fixes the chain and
// AI CPU f64):
//   s = one Mmad chain of a and b over the full K from 0 (7.4), f32, or s32
//       clamped after each group of 32;
//   float y, f32 or f16 scalars: y = RN_T(RN_f64(alpha*s + beta*c)); both
//       products are exact in f64.
//   s32 y, s32 scalars: y = clamp_s32(alpha*s + beta*c), exact before.
//   s32 y, f32 scalars: p = RN_f64(alpha*s); q = RN_f64(beta*c);
//       y = clamp_s32(RINT(RN_f64(p + q))); NaN gives 0 (7.1).
// c is read even if beta is 0, so a NaN in it reaches y. Saturation mode does
// not apply: it is a register of the AI core (7.0), not of the AI CPU.

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <string>
#include <type_traits>

#include "kernels/numeric/element.h"
#include "kernels/numeric/rounding.h"
#include "kernels/op/cost.h"
#include "kernels/ops/matmul/matmul.h"

namespace npuemu::kernels {
namespace {

constexpr size_t kC = 2;
constexpr size_t kAlpha = 3;
constexpr size_t kBeta = 4;

constexpr MakeFn kMake = MakeRanked<2, 2>;

OpStatus InferGemm(const OpCall& call, std::vector<TensorSpec>* outputs) {
  Matmul matmul;
  if (OpStatus s = kMake(call, &matmul); !s.ok()) return s;
  const Shape expected = OutputShape(matmul);
  if (call.inputs[kC].shape != expected) {
    return OpError(call, "input c shape", ToString(call.inputs[kC].shape),
                   ToString(expected));
  }
  for (size_t i : {kAlpha, kBeta}) {
    if (call.inputs[i].count() == 1) continue;
    return OpError(call,
                   std::string("input ") + call.op->inputs[i].name + " shape",
                   ToString(call.inputs[i].shape), "one element");
  }
  *outputs = {{OutputType(call), call.inputs[0].format, expected}};
  return {};
}

// A value of any scalar type is exact in f64.
double ScalarOf(const OpCall& call, const Operands& operands, size_t index) {
  double value = 0;
  Dispatch(
      Types<Float16, float, int32_t>(), call.inputs[index].dtype,
      [&]<typename T>() { value = Widen(*operands.inputs[index].as<T>()); });
  return value;
}

// RN_T of an f64; one rounding.
template <typename T>
T RoundTo(double r) {
  if constexpr (std::is_same_v<T, int32_t>) {
    if (std::isnan(r)) return 0;
    constexpr double kLow = std::numeric_limits<int32_t>::min();
    constexpr double kHigh = std::numeric_limits<int32_t>::max();
    return static_cast<int32_t>(std::clamp(std::nearbyint(r), kLow, kHigh));
  } else if constexpr (std::is_same_v<T, float>) {
    return CanonicalNan(static_cast<float>(r));
  } else {
    static_assert(std::is_same_v<T, Float16>);
    if (!std::isfinite(r)) return ToFloat16(static_cast<float>(r));
    const Exact exact = ExactOfBits(std::bit_cast<uint64_t>(r), kFloat64Format);
    return Float16{static_cast<uint16_t>(
        RoundToFormat(exact, kFloat16Format, Rounding::kRint))};
  }
}

// y of one element. `exact` is set if everything is s32.
template <typename T, typename Acc>
T Combine(double alpha, Acc s, double beta, T c, bool exact) {
  if constexpr (std::is_same_v<T, int32_t>) {
    if (exact) {
      // Each product is at most 2^62; their sum needs one bit more.
      __extension__ using Wide = __int128;
      const Wide sum = Wide{static_cast<int64_t>(alpha)} * s +
                       Wide{static_cast<int64_t>(beta)} * c;
      return static_cast<int32_t>(
          std::clamp<Wide>(sum, std::numeric_limits<int32_t>::min(),
                           std::numeric_limits<int32_t>::max()));
    }
  }
  const double p = alpha * static_cast<double>(s);
  const double q = beta * static_cast<double>(Widen(c));
  return RoundTo<T>(p + q);
}

template <typename Acc, typename T>
void Multiply(const OpCall& call, const Matmul& matmul,
              const Operands& operands, int64_t begin, int64_t end) {
  const double alpha = ScalarOf(call, operands, kAlpha);
  const double beta = ScalarOf(call, operands, kBeta);
  const bool exact = call.inputs[kAlpha].dtype == DataType::kInt32;
  const T* c = operands.inputs[kC].as<T>();
  T* y = operands.outputs[0].as<T>();
  ForEachTile<Acc>(
      matmul, operands, false, begin, end, [](const MatmulTile&, Acc*) {},
      [&](const MatmulTile& tile, const Acc* acc) {
        for (int64_t i = 0; i < tile.rows(); ++i) {
          const int64_t at = (tile.area.m0 + i) * matmul.n + tile.area.n0;
          for (int64_t j = 0; j < tile.columns(); ++j) {
            y[at + j] = Combine<T, Acc>(alpha, acc[i * kMmadTile + j], beta,
                                        c[at + j], exact);
          }
        }
      });
}

OpStatus ComputeGemm(const OpCall& call, const Operands& operands, int phase,
                     int64_t begin, int64_t end) {
  const Matmul matmul = CheckedMatmul(call, kMake);
  const size_t needed = MatmulWorkspace(matmul);
  if (OpStatus s = CheckWorkspace(call, operands, needed); !s.ok()) return s;
  if (phase == 0) {
    PackItems(matmul, operands, false, begin, end);
    return {};
  }
  switch (OutputType(call)) {
    case DataType::kFloat16:
      Multiply<float, Float16>(call, matmul, operands, begin, end);
      break;
    case DataType::kInt32:
      Multiply<int32_t, int32_t>(call, matmul, operands, begin, end);
      break;
    default:
      Multiply<float, float>(call, matmul, operands, begin, end);
  }
  return {};
}

// An AI CPU has no cube; its products count as lanes of a vector cycle.
Work GemmCost(const OpCall& call) {
  constexpr int64_t kLanes = 64;
  const Matmul matmul = CheckedMatmul(call, kMake);
  Work work = MoveWork(call);
  work.vector_cycles =
      static_cast<uint64_t>(matmul.m) * static_cast<uint64_t>(matmul.n) *
      static_cast<uint64_t>((matmul.k + kLanes - 1) / kLanes + 1);
  return work;
}

std::vector<ParamSpec> GemmInputs() {
  constexpr DataType f16 = DataType::kFloat16;
  constexpr DataType f32 = DataType::kFloat;
  constexpr DataType s8 = DataType::kInt8;
  constexpr DataType s32 = DataType::kInt32;
  const std::vector<DataType> factor = {f16, f16, f16, f32, s8, s8};
  const std::vector<DataType> scalar = {f16, f32, f32, f32, s32, f32};
  const auto kRequired = ParamKind::kRequired;
  return {{"a", kRequired, factor},
          {"b", kRequired, factor},
          {"c", kRequired, {f16, f16, f32, f32, s32, s32}},
          {"alpha", kRequired, scalar},
          {"beta", kRequired, scalar}};
}

}  // namespace

const OpDef& GEMMOp() {
  static const OpDef& op = *new OpDef{
      .type = "GEMM",
      .engine = Engine::kAiCpu,
      .basis = DtypeBasis::kPrototype,
      .inputs = GemmInputs(),
      .outputs = {{"y", ParamKind::kRequired, GemmInputs()[kC].dtypes}},
      .attrs = {{"transpose_a", AttrKind::kBool, false, false},
                {"transpose_b", AttrKind::kBool, false, false}},
      .infer = InferGemm,
      .workspace =
          [](const OpCall& call) {
            return MatmulWorkspace(CheckedMatmul(call, kMake));
          },
      .phases = [](const OpCall&) { return 2; },
      .items =
          [](const OpCall& call, int phase) {
            return MatmulItems(CheckedMatmul(call, kMake), phase);
          },
      .compute = ComputeGemm,
      .cost = GemmCost,
      .exactness =
          "One Mmad chain over K (arithmetic 7.4), then alpha*s + beta*c in "
          "f64 with one rounding to y, or exact and clamped if all is s32.",
  };
  return op;
}

}  // namespace npuemu::kernels
