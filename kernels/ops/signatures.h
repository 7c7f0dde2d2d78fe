// File: signatures.h
// What the published tables say of each operator of op_list.inc.

#ifndef KERNELS_OPS_SIGNATURES_H_
#define KERNELS_OPS_SIGNATURES_H_

#include <string_view>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// Operands, dtype columns and attributes of `type`; no functions. An operator
// that op_list.inc does not name stops the process. Thread-safe.
OpDef Signature(std::string_view type);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_SIGNATURES_H_
