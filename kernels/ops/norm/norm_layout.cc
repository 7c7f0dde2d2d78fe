#include "kernels/ops/norm/norm_layout.h"

namespace npuemu::kernels {
namespace {

OpStatus FirstShapeError(const OpCall& call, const std::string& expected) {
  return OpError(call,
                 std::string("input ") + call.op->inputs[0].name + " shape",
                 ToString(call.inputs[0].shape), expected);
}

}  // namespace

OpStatus LayLast(const OpCall& call, size_t count, RowLayout* layout) {
  layout->view = call.inputs[0].shape;
  const size_t rank = layout->view.size();
  if (count > rank) {
    return FirstShapeError(call, std::to_string(count) + " extents or more");
  }
  layout->along.assign(rank, false);
  layout->row_shape = layout->column_shape = {};
  for (size_t d = 0; d < rank; ++d) {
    const bool last = d >= rank - count;
    layout->along[d] = last;
    layout->row_shape.push_back(last ? 1 : layout->view[d]);
    if (last) layout->column_shape.push_back(layout->view[d]);
  }
  return {};
}

OpStatus ChannelAxis(const OpCall& call, size_t* axis) {
  const TensorSpec& x = call.inputs[0];
  const std::string given = AttrOf<std::string>(
      call, "data_format",
      x.format == Format::kNhwc || x.format == Format::kNdhwc ? "NHWC"
                                                              : "NCHW");
  bool last = false;
  if (given == "NHWC" || given == "NDHWC") {
    last = true;
  } else if (given != "NCHW" && given != "NCDHW" && given != "ND") {
    return OpError(call, "attribute data_format", given,
                   "NCHW, NHWC, NCDHW, NDHWC, ND");
  }
  if (x.shape.size() < 2) return FirstShapeError(call, "two extents or more");
  *axis = last ? x.shape.size() - 1 : 1;
  return {};
}

OpStatus LayChannels(const OpCall& call, const Operands*, RowLayout* layout) {
  size_t channel;
  if (OpStatus s = ChannelAxis(call, &channel); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  layout->along.assign(layout->view.size(), true);
  layout->along[channel] = false;
  layout->row_shape = {layout->view[channel]};
  return {};
}

OpStatus LayInstances(const OpCall& call, const Operands*, RowLayout* layout) {
  size_t channel;
  if (OpStatus s = ChannelAxis(call, &channel); !s.ok()) return s;
  layout->view = call.inputs[0].shape;
  const size_t rank = layout->view.size();
  layout->along.assign(rank, true);
  layout->along[0] = layout->along[channel] = false;
  layout->own.assign(rank, false);
  layout->own[channel] = true;
  layout->own_shape = {layout->view[channel]};
  layout->row_shape = layout->view;
  for (size_t d = 0; d < rank; ++d) {
    if (layout->along[d]) layout->row_shape[d] = 1;
  }
  return {};
}

OpStatus LayGroups(const OpCall& call, const Operands*, RowLayout* layout) {
  size_t channel;
  if (OpStatus s = ChannelAxis(call, &channel); !s.ok()) return s;
  const Shape& x = call.inputs[0].shape;
  const auto groups = AttrOr<int64_t>(call.attrs, "num_groups", 1);
  const int64_t channels = x[channel];
  if (groups < 1 || groups > std::max<int64_t>(channels, 1) ||
      channels % groups != 0) {
    return OpError(call, "attribute num_groups", std::to_string(groups),
                   "a divisor of " + std::to_string(channels));
  }
  std::vector<bool> is_place(x.size(), true);
  is_place[0] = is_place[channel] = false;
  const int64_t places = CountOf(x, is_place);
  if (places < 0) return FirstShapeError(call, "fewer places");
  const bool last = channel + 1 == x.size() && channel != 1;
  layout->own_shape = {channels};
  layout->row_shape = {x[0], groups};
  if (last) {
    layout->view = {x[0], places, groups, channels / groups};
    layout->along = {false, true, false, true};
    layout->own = {false, false, true, true};
  } else {
    layout->view = {x[0], groups, channels / groups, places};
    layout->along = {false, false, true, true};
    layout->own = {false, true, true, false};
  }
  return {};
}

}  // namespace npuemu::kernels
