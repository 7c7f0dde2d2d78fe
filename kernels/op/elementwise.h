// File: elementwise.h
// Element-wise operators from a small class each. Items are output elements.
//
// The class of a unary (binary) operator has
//   using Elements = Types<...>;          its element types, in table order
//   explicit Class(const OpCall&);        reads the attributes
//   template <typename T> T Apply(T x[, T y], bool saturate) const;
//   static constexpr Instruction kSteps[];  for the cost (arithmetic.md 6.3)
//   static constexpr bool kWide;          f16 is computed in f32 (7.8)
// Outputs may lie exactly over an input, not partly over it. Thread-safe.

#ifndef KERNELS_OP_ELEMENTWISE_H_
#define KERNELS_OP_ELEMENTWISE_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "kernels/numeric/element.h"
#include "kernels/numeric/half_block.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/cost.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

template <typename... Ts>
std::vector<DataType> DataTypesOf(Types<Ts...>) {
  return {Element<Ts>::kType...};
}

// An operator class from a function object on computed values: OUT_T(fn(...))
// with f16 and bf16 widened to f32, which is exact for + - * / sqrt (7.9).
template <typename Fn>
struct Rounded {
  using Function = Fn;
  Rounded() = default;
  explicit Rounded(const OpCall&) {}
  template <typename T>
  T Apply(T x, bool saturate) const {
    return Out<T>(Fn()(Widen(x)), saturate);
  }
  template <typename T>
  T Apply(T x, T y, bool saturate) const {
    return Out<T>(Fn()(Widen(x), Widen(y)), saturate);
  }
};

// The same for functions that choose an operand (7.2: Max and Min are no
// OUT_T): f16 keeps an infinity even when saturating; bf16 is cast back.
template <typename Fn>
struct Selected {
  Selected() = default;
  explicit Selected(const OpCall&) {}
  template <typename T>
  T Apply(T x, T y, bool saturate) const {
    const bool cast = !std::is_same_v<T, Float16>;
    return Out<T>(Fn()(Widen(x), Widen(y)), saturate && cast);
  }
};

template <typename Op>
OpStatus ComputeUnary(const OpCall& call, const Operands& operands, int,
                      int64_t begin, int64_t end) {
  const Op op(call);
  Dispatch(typename Op::Elements{}, call.inputs[0].dtype, [&]<typename T>() {
    const T* x = operands.inputs[0].as<const T>();
    T* y = operands.outputs[0].as<T>();
    const bool saturate = operands.saturate;
    for (int64_t i = begin; i < end; ++i) {
      y[i] = op.template Apply<T>(x[i], saturate);
    }
  });
  return {};
}

// The same bits as Rounded<Fn>::Apply one by one; converting one half at a time
// costs more than what is computed.
template <typename Fn>
void RunHalves(const Float16* a, const Float16* b, Float16* y, int64_t count,
               bool saturate) {
  constexpr int64_t kBlock = 64;
  float x1[kBlock];
  float x2[kBlock];
  for (int64_t i = 0; i < count; i += kBlock) {
    const auto size = static_cast<size_t>(std::min(kBlock, count - i));
    HalvesToFloats(a + i, x1, size);
    HalvesToFloats(b + i, x2, size);
    for (size_t k = 0; k < size; ++k) x1[k] = Fn()(x1[k], x2[k]);
    FloatsToHalves(x1, y + i, size, saturate);
  }
}

// One run of a binary operator; steps are 0 or 1, both 0 only if count is 1.
template <typename T, typename Op>
void BinaryRun(const Op& op, const T* a, const T* b, T* y, int64_t count,
               int64_t a_step, int64_t b_step, bool saturate) {
  if (a_step == 1 && b_step == 1) {
    if constexpr (std::is_same_v<T, Float16> &&
                  requires { typename Op::Function; }) {
      return RunHalves<typename Op::Function>(a, b, y, count, saturate);
    }
    for (int64_t i = 0; i < count; ++i) {
      y[i] = op.template Apply<T>(a[i], b[i], saturate);
    }
  } else if (a_step == 1) {
    const T fixed = b[0];
    for (int64_t i = 0; i < count; ++i) {
      y[i] = op.template Apply<T>(a[i], fixed, saturate);
    }
  } else {
    const T fixed = a[0];
    for (int64_t i = 0; i < count; ++i) {
      y[i] = op.template Apply<T>(fixed, b[i], saturate);
    }
  }
}

// `b_shape` stands in for the shape of the second input (BiasAdd).
template <typename Op>
void RunBinary(const OpCall& call, const Operands& operands,
               const Shape& b_shape, int64_t begin, int64_t end) {
  const Op op(call);
  // Equal shapes, the usual case, need no plan: a tiny launch is mostly this.
  const bool equal = call.inputs[0].shape == b_shape &&
                     call.outputs[0].shape == b_shape;
  const BroadcastPlan plan =
      equal ? BroadcastPlan()
            : PlanBroadcast(call.inputs[0].shape, b_shape,
                            call.outputs[0].shape);
  Dispatch(typename Op::Elements{}, call.inputs[0].dtype, [&]<typename T>() {
    const T* a = operands.inputs[0].as<const T>();
    const T* b = operands.inputs[1].as<const T>();
    T* y = operands.outputs[0].as<T>();
    if (equal) {
      BinaryRun<T>(op, a + begin, b + begin, y + begin, end - begin, 1, 1,
                   operands.saturate);
      return;
    }
    ForEachRun(plan, begin, end,
               [&](int64_t y_at, int64_t a_at, int64_t b_at, int64_t count,
                   int64_t a_step, int64_t b_step) {
                 BinaryRun<T>(op, a + a_at, b + b_at, y + y_at, count, a_step,
                              b_step, operands.saturate);
               });
  });
}

template <typename Op>
OpStatus ComputeBinary(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  RunBinary<Op>(call, operands, call.inputs[1].shape, begin, end);
  return {};
}

inline int64_t OutputElements(const OpCall& call, int) {
  return call.outputs[0].count();
}

// The output is as the first input.
inline OpStatus InferSame(const OpCall& call,
                          std::vector<TensorSpec>* outputs) {
  *outputs = {call.inputs[0]};
  return {};
}

inline OpStatus InferBroadcast(const OpCall& call,
                               std::vector<TensorSpec>* outputs) {
  const TensorSpec& a = call.inputs[0];
  const TensorSpec& b = call.inputs[1];
  const auto shape = BroadcastShape(a.shape, b.shape);
  if (!shape) {
    return OpError(
        call, "input " + std::string(call.op->inputs[1].name) + " shape",
        ToString(b.shape), "a shape that broadcasts with " + ToString(a.shape));
  }
  TensorSpec y = a.shape.size() >= b.shape.size() ? a : b;
  y.shape = *shape;
  *outputs = {y};
  return {};
}

// The steps over the output, in f32 where the rules compute in f32, with the
// casts that this needs.
template <typename Op>
Work CostElementwise(const OpCall& call) {
  Work work = MoveWork(call);
  const TensorSpec& y = call.outputs[0];
  const bool wide = y.dtype == DataType::kBf16 ||
                    (Op::kWide && y.dtype == DataType::kFloat16);
  const int64_t bytes = wide ? y.count() * 4 : static_cast<int64_t>(y.bytes());
  for (const Instruction& step : Op::kSteps) {
    work.vector_cycles += VectorCycles(step, bytes);
  }
  if (wide) {
    work.vector_cycles +=
        (call.inputs.size() + 1) * VectorCycles(kVconv, bytes);
  }
  return work;
}

template <typename Op>
OpDef UnaryOp(const char* type, DtypeBasis basis, const char* exactness) {
  const auto dtypes = DataTypesOf(typename Op::Elements{});
  return OpDef{.type = type,
               .engine = Engine::kVector,
               .basis = basis,
               .inputs = {{"x", ParamKind::kRequired, dtypes}},
               .outputs = {{"y", ParamKind::kRequired, dtypes}},
               .attrs = {},
               .infer = InferSame,
               .items = OutputElements,
               .compute = ComputeUnary<Op>,
               .cost = CostElementwise<Op>,
               .exactness = exactness};
}

template <typename Op>
OpDef BinaryOp(const char* type, DtypeBasis basis, const char* exactness) {
  const auto dtypes = DataTypesOf(typename Op::Elements{});
  return OpDef{.type = type,
               .engine = Engine::kVector,
               .basis = basis,
               .inputs = {{"x1", ParamKind::kRequired, dtypes},
                          {"x2", ParamKind::kRequired, dtypes}},
               .outputs = {{"y", ParamKind::kRequired, dtypes}},
               .attrs = {},
               .infer = InferBroadcast,
               .items = OutputElements,
               .compute = ComputeBinary<Op>,
               .cost = CostElementwise<Op>,
               .exactness = exactness};
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ELEMENTWISE_H_
