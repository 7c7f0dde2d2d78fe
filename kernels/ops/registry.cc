#include "kernels/ops/registry.h"

#include <algorithm>
#include <vector>

namespace npuemu::kernels {

#define OP(type) const OpDef& type##Op();
#include "kernels/ops/op_list.inc"
#undef OP

std::span<const OpDef* const> AllOps() {
  // Never destroyed: a call may come while the process exits.
  static const auto& ops = *new std::vector<const OpDef*>{
#define OP(type) &type##Op(),
#include "kernels/ops/op_list.inc"
#undef OP
  };
  return ops;
}

const OpDef* FindOp(std::string_view type) {
  const auto ops = AllOps();
  const auto it = std::lower_bound(
      ops.begin(), ops.end(), type,
      [](const OpDef* op, std::string_view name) { return op->type < name; });
  return it != ops.end() && type == (*it)->type ? *it : nullptr;
}

}  // namespace npuemu::kernels
