#include "kernels/ops/index/combine.h"

#include "kernels/op/primitives.h"

namespace npuemu::kernels {
namespace {

template <typename C, typename Fn>
void Loop(const void* x, int64_t step, int64_t count, void* acc, Fn&& fn) {
  const C* from = static_cast<const C*>(x);
  C* to = static_cast<C*>(acc);
  for (int64_t i = 0; i < count; ++i) {
    const C value = fn(to[i], from[i * step]);
    if constexpr (std::is_same_v<C, float>) {
      to[i] = CanonicalNan(value);
    } else {
      to[i] = value;
    }
  }
}

template <typename C>
void Run(Combine way, const void* x, int64_t step, int64_t count, void* acc) {
  switch (way) {
    case Combine::kAdd:
      return Loop<C>(x, step, count, acc, Plus<C>);
    case Combine::kSub:
      return Loop<C>(x, step, count, acc, Minus<C>);
    case Combine::kMul:
      return Loop<C>(x, step, count, acc, Times<C>);
    case Combine::kDiv:
      if constexpr (!std::is_same_v<C, bool>) {
        return Loop<C>(x, step, count, acc, Quotient<C>);
      }
      return;
    case Combine::kMax:
      return Loop<C>(x, step, count, acc, Max<C>);
    case Combine::kMin:
      return Loop<C>(x, step, count, acc, Min<C>);
    case Combine::kUpdate:
      return;
  }
}

}  // namespace

void CombineLanes(Combine way, Lane lane, const void* x, int64_t step,
                  int64_t count, void* acc) {
  switch (lane) {
    case Lane::kFloat:
      return Run<float>(way, x, step, count, acc);
    case Lane::kInt32:
      return Run<int32_t>(way, x, step, count, acc);
    case Lane::kInt64:
      return Run<int64_t>(way, x, step, count, acc);
    case Lane::kUint64:
      return Run<uint64_t>(way, x, step, count, acc);
    case Lane::kBool:
      return Run<bool>(way, x, step, count, acc);
  }
}

}  // namespace npuemu::kernels
