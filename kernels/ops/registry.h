// File: registry.h
// The operators, from a list (op_list.inc), not from static constructors; and
// those that a user's libraries add (acl_shim/op_library).

#ifndef KERNELS_OPS_REGISTRY_H_
#define KERNELS_OPS_REGISTRY_H_

#include <span>
#include <string_view>
#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// The operators of this tree, ordered by type name.
std::span<const OpDef* const> AllOps();

// One of AllOps() or AddedOps(); null if the type is unknown.
const OpDef* FindOp(std::string_view type);

// Those of AddOps so far, ordered by type name.
std::span<const OpDef* const> AddedOps();

// Adds operators, which are never freed. REQUIRES: FindOp knows none of their
// types, they differ from each other, and no other thread adds some.
void AddOps(const std::vector<const OpDef*>& ops);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_REGISTRY_H_
