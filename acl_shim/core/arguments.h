// File: arguments.h
// The arguments of a call, for whoever records it (design 5). Nothing is done
// with them elsewhere.

#ifndef ACL_SHIM_CORE_ARGUMENTS_H_
#define ACL_SHIM_CORE_ARGUMENTS_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "emulator/device/node.h"

namespace npuemu::shim {

class Args {
 public:
  template <typename... T>
  explicit Args(const T&... values) : count_(sizeof...(T)) {
    static_assert(sizeof...(T) <= kMost, "raise kMost");
    [[maybe_unused]] size_t i = 0;
    ((values_[i++] = ValueOf(values)), ...);
  }

  // For a log that records.
  void Log(Call& call) const;

 private:
  struct Value {
    uint64_t bits;
    bool pointer;
  };
  static constexpr size_t kMost = 20;

  template <typename T>
  static Value ValueOf(const T& value) {
    if constexpr (std::is_pointer_v<T>) {
      return {reinterpret_cast<uint64_t>(value), true};
    } else if constexpr (std::is_floating_point_v<T>) {
      return {static_cast<uint64_t>(static_cast<int64_t>(value)), false};
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      return {static_cast<uint64_t>(value), false};
    } else {
      return {0, false};  // a struct: what it does is seen in the tasks
    }
  }

  size_t count_;
  Value values_[kMost];
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_ARGUMENTS_H_
