#include "kernels/ops/loss/loss.h"

namespace npuemu::kernels {

OpStatus SetReduction(const OpCall& call, bool batch_mean, RowLayout* layout) {
  const auto word = AttrOr<std::string>(call.attrs, "reduction", "mean");
  constexpr const char* kWords[] = {"none", "mean", "sum", "batchmean"};
  for (int mode = 0; mode < (batch_mean ? 4 : 3); ++mode) {
    if (word != kWords[mode]) continue;
    layout->mode = mode;
    return {};
  }
  return OpError(call, "attribute reduction", word,
                 batch_mean ? "none, mean, sum, batchmean" : "none, mean, sum");
}

namespace {

OpStatus Lay(const OpCall& call, bool batch_mean, RowLayout* layout) {
  if (OpStatus s = SetReduction(call, batch_mean, layout); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  const size_t rank = layout->view.size();
  layout->along.assign(rank, layout->mode != kReduceNone);
  if (rank > 0) layout->along[rank - 1] = true;
  return {};
}

}  // namespace

OpStatus LayElements(const OpCall& call, const Operands*, RowLayout* layout) {
  return Lay(call, false, layout);
}

OpStatus LayElementsOrBatch(const OpCall& call, const Operands*,
                            RowLayout* layout) {
  return Lay(call, true, layout);
}

OpStatus LayRows(const OpCall& call, size_t axis, RowLayout* layout) {
  layout->view = call.inputs[0].shape;
  if (layout->view.size() <= axis) {
    return OpError(call,
                   std::string("input ") + call.op->inputs[0].name + " shape",
                   ToString(layout->view),
                   "more than " + std::to_string(axis) + " extents");
  }
  return LayAxes(call, "axis", {static_cast<int64_t>(axis)}, false, layout);
}

}  // namespace npuemu::kernels
