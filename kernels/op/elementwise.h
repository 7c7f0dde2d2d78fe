// File: elementwise.h
// Element-wise operators, one line each: a function of one element of every
// input, broadcast to the output, in lanes (lanes.h). Items are output
// elements; outputs may lie exactly over inputs of their size.
//
//   UNARY(Softsign, Floats, Steps(kVabs, kVadds, kVdiv).Sequence(),
//         x / (Abs(x) + 1.0f))
//
// defines SoftsignOp(). The signature (kernels/ops/signatures.h) says operands,
// dtypes and attributes; the numbers among the attributes, in their order, are
// `a[0]`, `a[1]`, … Thread-safe.

#ifndef KERNELS_OP_ELEMENTWISE_H_
#define KERNELS_OP_ELEMENTWISE_H_

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <tuple>
#include <type_traits>
#include <vector>

#include "kernels/numeric/cast.h"
#include "kernels/op/cost.h"
#include "kernels/op/lanes.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// The attributes of a call in the order of the signature, as numbers: bool is 0
// or 1, a list has one place for each element; words: reduction none 0, mean 1,
// sum 2, round_mode Round 0, Floor 1, Ceil 2, Trunc 3; others take no place.
struct Scalars {
  static constexpr size_t kMost = 12;
  std::array<float, kMost> values = {};
  float elements = 0;     // of the output
  int width = 32;         // bits of the key input's type
  bool is_signed = true;  // whether it has negative values
  bool half = false;      // that type is f16
  bool saturate = false;  // SAT

  float operator[](size_t i) const { return values[i]; }
  // OUT_T of a step in the middle: f16 operators of several steps round each.
  float Step(float x) const {
    return half ? ToFloat(Saturated(ToFloat16(x), saturate)) : x;
  }
};

// A block: `count` lanes of every operand.
struct Block {
  int64_t count;
  size_t inputs;
  const void* const* x;
  void* const* y;
  const Scalars* attrs;
};
using BlockFn = void (*)(const Block&);

// How an operator computes, beside its function.
struct ElementwiseRule {
  std::vector<Instruction> steps;  // vector instructions per 256 bytes, 6.3
  const char* exactness =
      "f16, f32: one IEEE rounding; bf16: f32, then rounded; integers wrap";
  bool wide = false;      // f16 is computed in f32 (7.8), at the cost of casts
  bool selects = false;   // f16 results are operands: no S_T (7.2)
  bool raw = false;       // operands of type T are bits
  bool by_table = false;  // 16-bit floats of unary operators: a table pays
  size_t key = 0;         // the input whose type chooses the function
  float absent = 1.0f;    // what an optional input that is left out holds
  // The shape that stands in for that of an input, to broadcast by; null: its
  // own. For inputs that lie along channels.
  Shape (*align)(const OpCall& call, size_t input) = nullptr;
  // f16 with one rounding from the exact value, by table (7.9); only where the
  // attributes have their defaults.
  Float16 (*half)(Float16) = nullptr;
  OpStatus (*infer)(const OpCall& call, std::vector<TensorSpec>* outputs) =
      nullptr;                               // where broadcasting is not all
  std::array<BlockFn, kLaneKinds> run = {};  // by lane of the key input

  // For the check of every dtype column: the lanes of inputs, -1 where they are
  // those of the key, and of the first output, by the key's.
  std::vector<int> takes = {};
  std::array<Lane, kLaneKinds> gives = {};

  // Tables of f16 and bf16 results, made on first use, never destroyed.
  mutable std::array<std::atomic<const uint16_t*>, 2> tables = {};

  ElementwiseRule() = default;
  ElementwiseRule(const ElementwiseRule& o) { *this = o; }
  ElementwiseRule& operator=(const ElementwiseRule& o);

  ElementwiseRule Says(const char* text) && {
    exactness = text;
    return *this;
  }
  // A composite of primitives in f32 with one cast back (7.8).
  ElementwiseRule Sequence() && {
    exactness = "the sequence of docs/sequences.md in f32, one cast back";
    wide = true;
    by_table = true;
    return *this;
  }
  ElementwiseRule Half(Float16 (*fn)(Float16)) && {
    half = fn;
    return *this;
  }
  ElementwiseRule Selects() && {
    selects = true;
    exactness = "exact";
    return *this;
  }
  ElementwiseRule Raw(size_t key_input) && {
    raw = true;
    key = key_input;
    exactness = "exact: bits are moved";
    return *this;
  }
  ElementwiseRule Infer(OpStatus (*fn)(const OpCall&,
                                       std::vector<TensorSpec>*)) && {
    infer = fn;
    return *this;
  }
  ElementwiseRule Align(Shape (*fn)(const OpCall&, size_t)) && {
    align = fn;
    return *this;
  }
  ElementwiseRule Absent(float value) && {
    absent = value;
    return *this;
  }
  ElementwiseRule Wide() && {
    wide = true;
    return *this;
  }
};

// Scalars::Step for floats, nothing for integers.
template <typename C>
C StepOf(C x, [[maybe_unused]] const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    return a.Step(x);
  } else {
    return x;
  }
}

// What an integer operator computes through f32, back by TRUNC and clamped to
// the key input's type; NaN is 0 (7.1). Floats stay.
template <typename C>
C FromFloat(float y, [[maybe_unused]] const Scalars& a) {
  if constexpr (std::is_same_v<C, float>) {
    return y;
  } else {
    const auto value = Cast<int64_t>(y, {.mode = Rounding::kTrunc});
    if (a.width == 64) return static_cast<C>(value);
    const int64_t span = int64_t{1} << (a.is_signed ? a.width - 1 : a.width);
    const int64_t low = a.is_signed ? -span : 0;
    return static_cast<C>(std::min(std::max(value, low), span - 1));
  }
}

template <typename... I>
ElementwiseRule Steps(I... steps) {
  ElementwiseRule rule;
  rule.steps = {steps...};
  return rule;
}

// What a function computes on.
template <typename... C>
struct Over {};
using Floats = Over<float>;
using Ints = Over<int32_t, int64_t, uint64_t>;
using Numbers = Over<float, int32_t, int64_t, uint64_t>;
using NumbersAndBool = Over<float, int32_t, int64_t, uint64_t, bool>;
using Bools = Over<bool>;
using BitsAsInts = Over<int32_t, int64_t>;

// The inputs: T stands for the type that the function computes on.
struct T {};
template <typename... Args>
struct Takes {};

OpStatus InferElementwise(const OpCall& call, std::vector<TensorSpec>* outputs);
OpStatus ComputeElementwise(const OpCall& call, const Operands& operands,
                            int phase, int64_t begin, int64_t end);
Work CostElementwise(const OpCall& call);

inline int64_t OutputElements(const OpCall& call, int) {
  return call.outputs[0].count();
}

// Completes a signature.
OpDef ElementwiseOp(OpDef signature, ElementwiseRule rule);

namespace elementwise_internal {

template <typename R>
R Result(R value) {
  if constexpr (std::is_same_v<R, float>) return CanonicalNan(value);
  return value;
}

template <typename Fn, typename... A>
auto Call(const Fn& fn, const Scalars& attrs, A... x) {
  if constexpr (std::is_invocable_v<Fn, A..., const Scalars&>) {
    return fn(x..., attrs);
  } else {
    return fn(x...);
  }
}

template <typename... R, size_t... I>
void Store(const std::tuple<R...>& values, void* const* y, int64_t i,
           std::index_sequence<I...>) {
  ((static_cast<R*>(y[I])[i] = Result(std::get<I>(values))), ...);
}

template <typename Fn, typename... A>
void Loop(const Block& block, const A*... x) {
  using R = decltype(Call(Fn(), Scalars(), A()...));
  const Scalars attrs = *block.attrs;
  if constexpr (requires { std::tuple_size<R>::value; }) {
    for (int64_t i = 0; i < block.count; ++i) {
      Store(Call(Fn(), attrs, x[i]...), block.y, i,
            std::make_index_sequence<std::tuple_size_v<R>>());
    }
  } else {
    R* y = static_cast<R*>(block.y[0]);
    for (int64_t i = 0; i < block.count; ++i) {
      y[i] = Result<R>(Call(Fn(), attrs, x[i]...));
    }
  }
}

template <typename Fn, typename... A, size_t... I>
void RunIndexed(const Block& block, std::index_sequence<I...>) {
  Loop<Fn, A...>(block, static_cast<const A*>(block.x[I])...);
}

template <typename Fn, typename... A>
void Run(const Block& block) {
  RunIndexed<Fn, A...>(block, std::index_sequence_for<A...>());
}

// y = fn(... fn(fn(x0, x1), x2) ..., xn), each step rounded.
template <typename Fn, typename C>
void Fold(const Block& block) {
  C* y = static_cast<C*>(block.y[0]);
  const Scalars attrs = *block.attrs;
  for (size_t k = 0; k < block.inputs; ++k) {
    const C* x = static_cast<const C*>(block.x[k]);
    for (int64_t i = 0; i < block.count; ++i) {
      y[i] =
          k == 0 ? Result<C>(x[i]) : Result<C>(Call(Fn(), attrs, y[i], x[i]));
    }
  }
}

template <typename Arg, typename C>
using Resolved = std::conditional_t<std::is_same_v<Arg, T>, C, Arg>;

template <typename R>
constexpr Lane ResultLane() {
  if constexpr (requires { std::tuple_size<R>::value; }) {
    return LaneOfType<std::tuple_element_t<0, R>>();
  } else {
    return LaneOfType<R>();
  }
}

template <typename Arg>
constexpr int FixedLane() {
  return std::is_same_v<Arg, T> ? -1 : static_cast<int>(LaneOfType<Arg>());
}

template <typename Fn, typename... C, typename... Args>
OpDef Make(OpDef signature, ElementwiseRule rule, Over<C...>, Takes<Args...>) {
  const auto add = [&]<typename One>() {
    constexpr auto lane = static_cast<size_t>(LaneOfType<One>());
    rule.run[lane] = Run<Fn, Resolved<Args, One>...>;
    rule.gives[lane] =
        ResultLane<decltype(Call(Fn(), Scalars(), Resolved<Args, One>()...))>();
  };
  (add.template operator()<C>(), ...);
  rule.takes = {FixedLane<Args>()...};
  return ElementwiseOp(std::move(signature), std::move(rule));
}

template <typename Fn, typename... C>
OpDef MakeFold(OpDef signature, ElementwiseRule rule, Over<C...>) {
  ((rule.run[static_cast<size_t>(LaneOfType<C>())] = Fold<Fn, C>), ...);
  ((rule.gives[static_cast<size_t>(LaneOfType<C>())] = LaneOfType<C>()), ...);
  rule.takes = {-1};
  return ElementwiseOp(std::move(signature), std::move(rule));
}

}  // namespace elementwise_internal

// The general form: the inputs' types, then a lambda that takes them, and
// `const Scalars&` if it wants the attributes; a std::tuple for several
// outputs.
#define ELEMENTWISE(type, domain, takes, rule, ...)          \
  const OpDef& type##Op() {                                  \
    constexpr auto fn = __VA_ARGS__;                         \
    static const OpDef& op =                                 \
        *new OpDef(elementwise_internal::Make<decltype(fn)>( \
            Signature(#type), rule, domain(), takes()));     \
    return op;                                               \
  }
#define UNARY(type, domain, rule, ...) \
  ELEMENTWISE(                         \
      type, domain, Takes<T>, rule,    \
      [](auto x, [[maybe_unused]] const Scalars& a) { return __VA_ARGS__; })
#define BINARY(type, domain, rule, ...)                               \
  ELEMENTWISE(type, domain, TakesTwo, rule,                           \
              [](auto x, auto y, [[maybe_unused]] const Scalars& a) { \
                return __VA_ARGS__;                                   \
              })
#define TERNARY(type, domain, rule, ...)                                      \
  ELEMENTWISE(type, domain, TakesThree, rule,                                 \
              [](auto x, auto y, auto z, [[maybe_unused]] const Scalars& a) { \
                return __VA_ARGS__;                                           \
              })
// Over a list of inputs, from the first to the last: x is what came out so
// far, y the next one.
#define FOLD(type, domain, rule, ...)                            \
  const OpDef& type##Op() {                                      \
    constexpr auto fn = [](auto x, auto y,                       \
                           [[maybe_unused]] const Scalars& a) {  \
      return __VA_ARGS__;                                        \
    };                                                           \
    static const OpDef& op =                                     \
        *new OpDef(elementwise_internal::MakeFold<decltype(fn)>( \
            Signature(#type), rule, domain()));                  \
    return op;                                                   \
  }
using TakesTwo = Takes<T, T>;
using TakesThree = Takes<T, T, T>;

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ELEMENTWISE_H_
