#include "acl_shim/aclnn/objects.h"

#include "absl/strings/str_cat.h"

namespace npuemu::shim::nn {

absl::Status NullArgument(const char* argument) {
  return FaultError(Fault::kNnParamNullptr,
                    absl::StrCat(argument,
                                 ": given nullptr, expected an "
                                 "address"));
}

// Never destroyed: static destructors of the host may still call.
#define NPUEMU_NN_TABLE(function, type, kind)                              \
  HandleTable<type>& function() {                                          \
    static auto* table = new HandleTable<type>(                            \
        HandleKind::kind, Fault::kNnParamInvalid, Fault::kNnParamNullptr); \
    return *table;                                                         \
  }
NPUEMU_NN_TABLE(Tensors, Tensor, kTensor)
NPUEMU_NN_TABLE(Scalars, Scalar, kScalar)
NPUEMU_NN_TABLE(IntArrays, IntArray, kIntArray)
NPUEMU_NN_TABLE(FloatArrays, FloatArray, kFloatArray)
NPUEMU_NN_TABLE(BoolArrays, BoolArray, kBoolArray)
NPUEMU_NN_TABLE(TensorLists, TensorList, kTensorList)
NPUEMU_NN_TABLE(ScalarLists, ScalarList, kScalarList)
#undef NPUEMU_NN_TABLE

}  // namespace npuemu::shim::nn
