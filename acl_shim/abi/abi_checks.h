#ifndef ACL_SHIM_ABI_ABI_CHECKS_H_
#define ACL_SHIM_ABI_ABI_CHECKS_H_

#include <cstddef>
#include <type_traits>

// The tables that gen_checks.py makes from testdata/reference, for abi_test.

namespace npuemu::abi {

// An enumerator, constant or macro: its value and whether its type is right.
// Strings are compared beforehand: actual and expected are then 0.
struct ConstantCheck {
  const char* name;
  unsigned long long actual;
  unsigned long long expected;
  bool type_matches;
};

// A record, a field, an opaque type or an alias. `actual` is the size of a
// record or alias, the offset of a field, 1 for an opaque type that is
// complete.
struct LayoutCheck {
  const char* name;
  std::size_t actual;
  std::size_t expected;
  bool rest_matches;  // alignment, size of a field, exact type
};

template <typename T, typename = void>
struct IsComplete : std::false_type {};
template <typename T>
struct IsComplete<T, decltype(void(sizeof(T)))> : std::true_type {};

extern const ConstantCheck kConstantChecks[];
extern const std::size_t kConstantCheckCount;
extern const std::size_t kConstantRows;
extern const LayoutCheck kLayoutChecks[];
extern const std::size_t kLayoutCheckCount;
extern const std::size_t kPrototypeCount;

}  // namespace npuemu::abi

#endif  // ACL_SHIM_ABI_ABI_CHECKS_H_
