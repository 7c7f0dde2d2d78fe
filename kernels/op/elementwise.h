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

#include <cstdint>
#include <tuple>
#include <type_traits>
#include <utility>

#include "kernels/op/cost.h"
#include "kernels/op/element_rule.h"
#include "kernels/op/lanes.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// What a function computes on.
template <typename... C>
struct Over {};
// With a version for AVX2, too, on floats: for the operators that programs
// spend their time in.
template <typename Domain>
struct Fast {};
using Floats = Over<float>;
using Ints = Over<int32_t, int64_t, uint64_t>;
using Numbers = Over<float, int32_t, int64_t, uint64_t>;
using NumbersAndBool = Over<float, int32_t, int64_t, uint64_t, bool>;
using Bools = Over<bool>;

// The inputs: T stands for the type that the function computes on.
struct T {};
template <typename... Args>
struct Takes {};

OpStatus InferElementwise(const OpCall& call, std::vector<TensorSpec>* outputs);
OpStatus ComputeElementwise(const OpCall& call, const Operands& operands,
                            int phase, int64_t begin, int64_t end);
Work CostElementwise(const OpCall& call);

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

// Inlined, so that a caller compiled for more instructions has its own.
template <typename Fn, typename... A>
[[gnu::always_inline]] inline void Loop(const Block& block, const A*... x) {
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
[[gnu::always_inline]] inline void RunIndexed(const Block& block,
                                              std::index_sequence<I...>) {
  Loop<Fn, A...>(block, static_cast<const A*>(block.x[I])...);
}

template <typename Fn, typename... A>
void Run(const Block& block) {
  RunIndexed<Fn, A...>(block, std::index_sequence_for<A...>());
}

// The same bits by AVX2: lanes do not depend on each other.
template <typename Fn, typename... A>
__attribute__((target("avx2"))) void RunAvx2(const Block& block) {
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

template <typename Fn, typename Domain, typename... Args>
OpDef Make(OpDef signature, ElementwiseRule rule, Fast<Domain>,
           Takes<Args...>) {
  rule.run_avx2 = RunAvx2<Fn, Resolved<Args, float>...>;
  return Make<Fn>(std::move(signature), std::move(rule), Domain(),
                  Takes<Args...>());
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
