#include "kernels/ops/registry.h"

#include <algorithm>
#include <vector>

namespace npuemu::kernels {
namespace {

struct Row {
  std::string_view type;
  const OpDef& (*make)();
};

}  // namespace

#define OP(type) const OpDef& type##Op();
#include "kernels/ops/op_list.inc"
#undef OP

namespace {

constexpr Row kRows[] = {
#define OP(type) {#type, type##Op},
#include "kernels/ops/op_list.inc"
#undef OP
};

}  // namespace

std::span<const OpDef* const> AllOps() {
  // Never destroyed: a call may come while the process exits.
  static const auto& ops = *[] {
    auto* made = new std::vector<const OpDef*>;
    for (const Row& row : kRows) made->push_back(&row.make());
    return made;
  }();
  return ops;
}

// Makes the OpDefs that a program uses, not all of them.
const OpDef* FindOp(std::string_view type) {
  const auto* it = std::lower_bound(
      std::begin(kRows), std::end(kRows), type,
      [](const Row& row, std::string_view name) { return row.type < name; });
  return it != std::end(kRows) && type == it->type ? &it->make() : nullptr;
}

}  // namespace npuemu::kernels
