// File: norm_layout.h
// Which axes normalisations run over: trailing ones, all but the channel, the
// places of an instance, the members of a group. Thread-safe (pure).

#ifndef KERNELS_OPS_NORM_NORM_LAYOUT_H_
#define KERNELS_OPS_NORM_NORM_LAYOUT_H_

#include "kernels/op/rows.h"

namespace npuemu::kernels {

// Rows along the last `count` axes of the first input; outputs with a value for
// each row have extents of 1 there.
OpStatus LayLast(const OpCall& call, size_t count, RowLayout* layout);

// As many axes as input `kIndex` has (gamma); its shape is theirs.
template <size_t kIndex>
OpStatus LayAsInput(const OpCall& call, const Operands*, RowLayout* layout) {
  const size_t count =
      HasInput(call, kIndex) ? call.inputs[kIndex].shape.size() : 0;
  return LayLast(call, count, layout);
}

// The axis of the channel: by the attribute data_format, else by the format of
// the first input: the last one of N...C, else the second.
OpStatus ChannelAxis(const OpCall& call, size_t* axis);

// A row is a channel.
OpStatus LayChannels(const OpCall& call, const Operands*, RowLayout* layout);

// A row is a channel of one sample. Role g: one value a channel.
OpStatus LayInstances(const OpCall& call, const Operands*, RowLayout* layout);

// A row is a group of channels of one sample (num_groups). Role g: one value a
// channel.
OpStatus LayGroups(const OpCall& call, const Operands*, RowLayout* layout);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_NORM_NORM_LAYOUT_H_
