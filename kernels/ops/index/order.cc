#include "kernels/ops/index/order.h"

#include <bit>
#include <limits>

#include "kernels/numeric/element.h"

namespace npuemu::kernels {
namespace {

int64_t KeyOf(float x) {
  if (x != x) return std::numeric_limits<int64_t>::max();
  if (x == 0) return 0;
  const auto bits = std::bit_cast<int32_t>(x);
  return bits < 0 ? -int64_t{bits & 0x7fffffff} : int64_t{bits};
}

template <typename T>
int64_t KeyOfElement(T x) {
  if constexpr (kIsFloat<T>) {
    return KeyOf(Widen(x));
  } else if constexpr (std::is_same_v<T, uint64_t>) {
    // The order of the top bit turned round is that of the numbers.
    return static_cast<int64_t>(x ^ (uint64_t{1} << 63));
  } else {
    return static_cast<int64_t>(Widen(x));
  }
}

}  // namespace

void OrderKeys(DataType type, const std::byte* x, int64_t offset, int64_t step,
               int64_t count, int64_t* keys) {
  Dispatch(AllTypes{}, type, [&]<typename T>() {
    const T* from = reinterpret_cast<const T*>(x) + offset;
    for (int64_t i = 0; i < count; ++i) keys[i] = KeyOfElement(from[i * step]);
  });
}

}  // namespace npuemu::kernels
