// File: registry.h
// The operators, from a list (op_list.inc), not from static constructors.

#ifndef KERNELS_OPS_REGISTRY_H_
#define KERNELS_OPS_REGISTRY_H_

#include <span>
#include <string_view>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// All operators, ordered by type name.
std::span<const OpDef* const> AllOps();

// Null if the type is unknown.
const OpDef* FindOp(std::string_view type);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_REGISTRY_H_
