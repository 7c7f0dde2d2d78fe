// File: arg.h
// The arguments of a first phase in one form: the entry points are generated
// (gen_aclnn.py), each passes its own with their names and says which operator
// it is. Values; handles are looked up when an operator reads them.

#ifndef ACL_SHIM_ACLNN_ARG_H_
#define ACL_SHIM_ACLNN_ARG_H_

#include <cstdint>

#include "aclnn/acl_meta.h"

namespace npuemu::shim::nn {

enum class ArgKind : uint8_t {
  kTensor,
  kTensorList,
  kScalar,
  kScalarList,
  kIntArray,
  kFloatArray,
  kBoolArray,
  kInt,     // every integer, bool and aclDataType
  kDouble,  // float too
  kString,
};

// What an operator does with an argument: values and attributes have no role.
enum class ArgRole : uint8_t { kValue, kInput, kOutput, kBoth };

struct Arg {
  const char* name;
  ArgKind kind;
  ArgRole role = ArgRole::kValue;
  union {
    const void* handle;
    int64_t integer;
    double real;
    const char* text;
  };

#define NPUEMU_NN_ARG(type, k, member)                                        \
  Arg(const char* n, type value) : name(n), kind(ArgKind::k), member(value) { \
    if (is_tensor()) role = ArgRole::kInput;                                  \
  }
  NPUEMU_NN_ARG(const aclTensor*, kTensor, handle)
  NPUEMU_NN_ARG(const aclTensorList*, kTensorList, handle)
  NPUEMU_NN_ARG(const aclScalar*, kScalar, handle)
  NPUEMU_NN_ARG(const aclScalarList*, kScalarList, handle)
  NPUEMU_NN_ARG(const aclIntArray*, kIntArray, handle)
  NPUEMU_NN_ARG(const aclFloatArray*, kFloatArray, handle)
  NPUEMU_NN_ARG(const aclBoolArray*, kBoolArray, handle)
  NPUEMU_NN_ARG(bool, kInt, integer)
  NPUEMU_NN_ARG(int8_t, kInt, integer)
  NPUEMU_NN_ARG(int32_t, kInt, integer)
  NPUEMU_NN_ARG(int64_t, kInt, integer)
  NPUEMU_NN_ARG(aclDataType, kInt, integer)
  NPUEMU_NN_ARG(double, kDouble, real)
  NPUEMU_NN_ARG(float, kDouble, real)
  NPUEMU_NN_ARG(const char*, kString, text)
#undef NPUEMU_NN_ARG
  Arg(const char* n, uint64_t value)
      : name(n), kind(ArgKind::kInt), integer(static_cast<int64_t>(value)) {}

  // An argument that the operator writes, or reads and writes.
  template <typename T>
  static Arg Out(const char* n, T value) {
    Arg arg(n, value);
    arg.role = ArgRole::kOutput;
    return arg;
  }
  template <typename T>
  static Arg Both(const char* n, T value) {
    Arg arg(n, value);
    arg.role = ArgRole::kBoth;
    return arg;
  }

  bool is_tensor() const {
    return kind == ArgKind::kTensor || kind == ArgKind::kTensorList;
  }
  bool is_written() const {
    return role == ArgRole::kOutput || role == ArgRole::kBoth;
  }
};

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_ARG_H_
