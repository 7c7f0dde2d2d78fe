// File: loss.h
// What losses share: the attribute `reduction` and the rows that it means.
// Thread-safe (pure).

#ifndef KERNELS_OPS_LOSS_LOSS_H_
#define KERNELS_OPS_LOSS_LOSS_H_

#include "kernels/op/functions.h"
#include "kernels/op/rows.h"

namespace npuemu::kernels {

// RowLayout::mode of a loss.
enum Reduction { kReduceNone, kReduceMean, kReduceSum, kReduceBatchMean };

// The mode of the attribute `reduction`; batchmean only where it is allowed.
OpStatus SetReduction(const OpCall& call, bool batch_mean, RowLayout* layout);

// Each element has a loss: all of them are one row, or with reduction none the
// last axis is.
OpStatus LayElements(const OpCall& call, const Operands* operands,
                     RowLayout* layout);

// The same with batchmean.
OpStatus LayElementsOrBatch(const OpCall& call, const Operands* operands,
                            RowLayout* layout);

// Each row along `axis` has a loss.
OpStatus LayRows(const OpCall& call, size_t axis, RowLayout* layout);

// The losses value(j) of a block, stored or summed up as the mode says.
template <typename Value>
void Lose(Row& r, Value&& value) {
  float* y = r.y(0);
  if (r.mode == kReduceNone) {
    for (int64_t j = 0; j < r.n; ++j) y[j] = value(j);
    return;
  }
  const float sum = r.Sum(value);
  if (!r.last) return;
  const Shape& shape = r.call->inputs[0].shape;
  const int64_t batch = shape.empty() ? 1 : shape[0];
  y[0] = sum;
  if (r.mode == kReduceMean) y[0] = sum / static_cast<float>(r.length);
  if (r.mode == kReduceBatchMean) y[0] = sum / static_cast<float>(batch);
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_LOSS_LOSS_H_
