#include "kernels/op/lanes.h"

#include <algorithm>
#include <cstring>

#include "kernels/numeric/half_block.h"

namespace npuemu::kernels {
namespace {

template <typename T, typename C>
void WidenRun(const T* x, int64_t count, int64_t step, C* lanes) {
  if (step == 0) {
    std::fill_n(lanes, count, static_cast<C>(Widen(x[0])));
    return;
  }
  if constexpr (std::is_same_v<T, Float16> && std::is_same_v<C, float>) {
    HalvesToFloats(x, lanes, static_cast<size_t>(count));
  } else if constexpr (std::is_same_v<T, BFloat16> &&
                       std::is_same_v<C, float>) {
    BfloatsToFloats(x, lanes, static_cast<size_t>(count));
  } else {
    for (int64_t i = 0; i < count; ++i) lanes[i] = static_cast<C>(Widen(x[i]));
  }
}

template <typename T, typename C>
void NarrowRun(const C* lanes, int64_t count, bool saturate, T* y) {
  if constexpr (std::is_same_v<T, Float16>) {
    FloatsToHalves(lanes, y, static_cast<size_t>(count), saturate);
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    FloatsToBfloats(lanes, y, static_cast<size_t>(count), saturate);
  } else if constexpr (kIsFloat<T> || std::is_same_v<T, Bool>) {
    for (int64_t i = 0; i < count; ++i) y[i] = Out<T>(lanes[i], saturate);
  } else {
    for (int64_t i = 0; i < count; ++i) y[i] = static_cast<T>(lanes[i]);
  }
}

// Calls fn.operator()<T, C>() for an element type and the type of its lanes;
// raw ones are those of unsigned integers of that size.
template <typename Fn>
void WithTypes(DataType type, Lane lane, Fn&& fn) {
  const auto typed = [&]<typename T>() {
    using Wide = typename Element<T>::Compute;
    using C = std::conditional_t<
        std::is_same_v<Wide, float> || std::is_same_v<Wide, bool> ||
            sizeof(T) == 8,
        Wide,
        std::conditional_t<std::is_same_v<T, uint32_t>, int64_t, int32_t>>;
    fn.template operator()<T, C>();
  };
  if (lane == LaneOf(type)) {
    Dispatch(AllTypes{}, type, typed);
    return;
  }
  switch (BitsOf(type)) {
    case 8:
      return fn.template operator()<uint8_t, int32_t>();
    case 16:
      return fn.template operator()<uint16_t, int32_t>();
    case 32:
      return fn.template operator()<int32_t, int32_t>();
    default:
      return fn.template operator()<int64_t, int64_t>();
  }
}

}  // namespace

Lane LaneOf(DataType type) {
  switch (type) {
    case DataType::kFloat:
    case DataType::kFloat16:
    case DataType::kBf16:
      return Lane::kFloat;
    case DataType::kBool:
      return Lane::kBool;
    case DataType::kUint32:
    case DataType::kInt64:
      return Lane::kInt64;
    case DataType::kUint64:
      return Lane::kUint64;
    default:
      return Lane::kInt32;
  }
}

Lane RawLaneOf(DataType type) {
  return BitsOf(type) == 64 ? Lane::kInt64 : Lane::kInt32;
}

size_t LaneBytes(Lane lane) {
  if (lane == Lane::kBool) return 1;
  return lane == Lane::kInt64 || lane == Lane::kUint64 ? 8 : 4;
}

bool IsDirect(DataType type, Lane lane) {
  switch (lane) {
    case Lane::kFloat:
      return type == DataType::kFloat;
    case Lane::kInt32:
      return type == DataType::kInt32 ||
             (LaneOf(type) != lane && BitsOf(type) == 32);
    case Lane::kInt64:
      return type != DataType::kUint32 && BitsOf(type) == 64;
    case Lane::kUint64:
      return type == DataType::kUint64;
    case Lane::kBool:
      break;
  }
  return false;  // a bool may hold any byte
}

void LoadLanes(DataType type, Lane lane, const std::byte* elements,
               int64_t offset, int64_t count, int64_t step, void* lanes) {
  WithTypes(type, lane, [&]<typename T, typename C>() {
    WidenRun(reinterpret_cast<const T*>(elements) + offset, count, step,
             static_cast<C*>(lanes));
  });
}

void StoreLanes(Lane lane, DataType type, const void* lanes, int64_t count,
                bool saturate, std::byte* elements, int64_t offset) {
  WithTypes(type, lane, [&]<typename T, typename C>() {
    NarrowRun(static_cast<const C*>(lanes), count, saturate,
              reinterpret_cast<T*>(elements) + offset);
  });
}

}  // namespace npuemu::kernels
