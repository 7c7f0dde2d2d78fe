// File: canary.h
// The place of the seeded bug of tools/canary: a program that links
// //acl_shim/core:canary can make one function return success without doing its
// work; some test must fail then (design 3.4). Elsewhere the hook is null.

#ifndef ACL_SHIM_CORE_CANARY_H_
#define ACL_SHIM_CORE_CANARY_H_

// Weak and hidden: the libraries resolve it to null when they are linked.
extern "C" bool npuemu_canary_skips(const char* function)
    __attribute__((weak));

namespace npuemu::shim {

inline bool SkipsWork(const char* function) {
  return npuemu_canary_skips != nullptr && npuemu_canary_skips(function);
}

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_CANARY_H_
