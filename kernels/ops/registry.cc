#include "kernels/ops/registry.h"

#include <algorithm>
#include <atomic>
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

// Ordered by type; replaced as a whole, so that readers need no lock. They may
// still hold the one before.
struct Added {
  std::vector<const OpDef*> ops;
  const Added* before;
};

std::atomic<const Added*> g_added{nullptr};

bool ComesBefore(const OpDef* op, std::string_view type) {
  return op->type < type;
}

const OpDef* FindAdded(std::string_view type) {
  const auto ops = AddedOps();
  const auto it = std::lower_bound(ops.begin(), ops.end(), type, ComesBefore);
  return it != ops.end() && type == (*it)->type ? *it : nullptr;
}

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
  if (it != std::end(kRows) && type == it->type) return &it->make();
  return FindAdded(type);
}

std::span<const OpDef* const> AddedOps() {
  const Added* added = g_added.load(std::memory_order_acquire);
  if (added == nullptr) return {};
  return added->ops;
}

void AddOps(const std::vector<const OpDef*>& ops) {
  const auto before = AddedOps();
  auto* all = new Added{{before.begin(), before.end()}, g_added.load()};
  all->ops.insert(all->ops.end(), ops.begin(), ops.end());
  std::sort(all->ops.begin(), all->ops.end(),
            [](const OpDef* a, const OpDef* b) {
              return ComesBefore(a, b->type);
            });
  g_added.store(all, std::memory_order_release);
}

}  // namespace npuemu::kernels
