// File: flash.h
// Attention whose items are tiles of rows of one head: what FlashAttentionScore
// and its forms for inference share. Thread-safe (pure).

#ifndef KERNELS_OPS_ATTENTION_FLASH_H_
#define KERNELS_OPS_ATTENTION_FLASH_H_

#include <utility>

#include "kernels/ops/attention/attention.h"

namespace npuemu::kernels {

// One tile; with four outputs the first two are maxima and sums, the last one
// is the result, else it is the only one.
void ComputeFlashTile(const OpCall& call, const Operands& operands,
                      const Attention& attention, int64_t item);
int64_t FlashItems(const Attention& attention);
Work FlashCost(const OpCall& call, const Attention& attention);

// Completes a signature, but for infer. kMake reads a call.
template <OpStatus (*kMake)(const OpCall&, Attention*)>
OpDef FlashOp(OpDef op) {
  op.engine = Engine::kCube;
  op.items = [](const OpCall& call, int) {
    Attention a;
    (void)kMake(call, &a);
    return FlashItems(a);
  };
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) -> OpStatus {
    Attention a;
    if (OpStatus s = kMake(call, &a); !s.ok()) return s;
    if (OpStatus s = ReadLengths(call, operands, &a); !s.ok()) return s;
    for (int64_t item = begin; item < end; ++item) {
      ComputeFlashTile(call, operands, a, item);
    }
    return {};
  };
  op.cost = [](const OpCall& call) {
    Attention a;
    (void)kMake(call, &a);
    return FlashCost(call, a);
  };
  op.exactness =
      "Mmad chains (arithmetic 7.4) for the scores and the weighted values, "
      "f32 and row sums of 7.8 between, in the order of docs/attention.md";
  return op;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_ATTENTION_FLASH_H_
