#include "acl_shim/aclnn/nn_op.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "acl_shim/aclnn/ops/families.h"
#include "emulator/base/check.h"

namespace npuemu::shim::nn {
namespace {

constexpr const char* kNames[] = {
#include "acl_shim/aclnn/names.inc"
};

size_t NumberOf(const char* name) {
  const auto* found = std::lower_bound(std::begin(kNames), std::end(kNames),
                                       std::string_view(name));
  NPUEMU_CHECK(found != std::end(kNames) && std::string_view(*found) == name);
  return static_cast<size_t>(found - std::begin(kNames));
}

// By number; made at first use.
const std::vector<const NnOp*>& Table() {
  static const auto& table = *[] {
    auto* ops = new std::vector<const NnOp*>(std::size(kNames));
    for (const auto family :
         {UnaryOps,     BinaryOps,  LogicOps,   CopyOps,      ActivationOps,
          ShapeOps,     IndexOps,   ReduceOps,  NormOps,      LossOps,
          MatmulOps,    ConvOps,    PoolOps,    AttentionOps, ForeachOps,
          BatchNormOps, WindowOps,  RoutingOps, OptimizerOps, LookupOps,
          FoundOps,     CountOps,   MaximaOps,  ResizeOps,    MathOps,
          GradientOps,  ArrangeOps, GroupedOps, RandomOps,    DirectOps,
          SyncNormOps}) {
      for (const NnOp& op : family()) (*ops)[NumberOf(op.name)] = &op;
    }
    return ops;
  }();
  return table;
}

}  // namespace

std::span<const char* const> NnOpNames() { return kNames; }

const NnOp* FindNnOp(size_t number) { return Table()[number]; }

}  // namespace npuemu::shim::nn
