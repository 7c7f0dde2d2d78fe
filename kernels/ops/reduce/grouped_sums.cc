// Gradients of biases, which are sums over all places of a channel or group,
// and distances of pairs of vectors. In f32 with one cast back; sums by
// arithmetic.md 7.8. In order: docs/rows.md.

#include "kernels/op/axes.h"
#include "kernels/ops/norm/norm_layout.h"
#include "kernels/ops/reduce/p_norm.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

void Sum(Row& r) {
  const float* x = r.x(0);
  const float sum = r.Sum([&](int64_t j) { return x[j]; });
  if (r.last) r.y(0)[0] = sum;
}

// The layout holds where each group ends.
void SumOfGroup(Row& r) {
  const std::vector<int64_t>& ends = r.layout->ints;
  if (ends.empty()) return Sum(r);
  const auto group = static_cast<size_t>(r.row / r.layout->view[2]);
  const int64_t from = group == 0 ? 0 : ends[group - 1];
  const float* x = r.x(0) + from;
  r.n = r.length = ends[group] - from;
  r.y(0)[0] = r.Sum([&](int64_t j) { return x[j]; });
}

// Ends of groups in axis 0, of `places` places, from ends or sizes.
OpStatus ReadGroups(const OpCall& call, const Operands* operands,
                    int64_t places, RowLayout* layout) {
  const auto kind = AttrOf<int64_t>(call, "group_idx_type", 0);
  if (kind != 0 && kind != 1) {
    return OpError(call, "attribute group_idx_type", std::to_string(kind),
                   "0, 1");
  }
  if (operands == nullptr) return {};
  if (OpStatus s = ReadInts(call, 1, operands, &layout->ints); !s.ok()) {
    return s;
  }
  int64_t end = 0;
  for (int64_t& value : layout->ints) {
    const int64_t least = kind == 0 ? end : 0;
    const int64_t most = kind == 0 ? places : places - end;
    if (value < least || value > most) {
      return OpError(
          call, "input group_idx", std::to_string(value),
          "[" + std::to_string(least) + "," + std::to_string(most) + "]");
    }
    end = kind == 0 ? value : end + value;
    value = end;
  }
  return {};
}

// [G, C, H] summed over C; or [N, H] and ends of groups: a view [G, N, H].
OpStatus LayGrouped(const OpCall& call, const Operands* operands,
                    RowLayout* layout) {
  const Shape& x = call.inputs[0].shape;
  const bool indexed = HasInput(call, 1);
  if (x.size() != (indexed ? 2u : 3u)) {
    return OpError(call, "input grad_y shape", ToString(x),
                   indexed ? "two extents" : "three extents");
  }
  layout->own_shape = x;
  if (!indexed) {
    layout->view = x;
    layout->own = {true, true, true};
    return LayAxes(call, "axis", {1}, false, layout);
  }
  if (call.inputs[1].shape.size() != 1) {
    return OpError(call, "input group_idx shape",
                   ToString(call.inputs[1].shape), "one extent");
  }
  layout->view = {call.inputs[1].shape[0], x[0], x[1]};
  layout->own = {false, true, true};
  if (ElementCount(layout->view) < 0) {
    return OpError(call, "input group_idx shape",
                   ToString(call.inputs[1].shape), "fewer groups");
  }
  if (OpStatus s = LayAxes(call, "axis", {1}, false, layout); !s.ok()) return s;
  return ReadGroups(call, operands, x[0], layout);
}

void Distance(Row& r) {
  std::vector<float> d(static_cast<size_t>(r.n));
  for (int64_t j = 0; j < r.n; ++j) {
    d[static_cast<size_t>(j)] = r.x(0)[j] - r.x(1)[j];
  }
  r.y(0)[0] = PNorm(r, d.data(), r.a[0]);
}

// Pairs of the vectors of x1 [..., P, M] and x2 [..., R, M].
OpStatus LayPairs(const OpCall& call, const Operands*, RowLayout* layout) {
  const Shape& a = call.inputs[0].shape;
  const Shape& b = call.inputs[1].shape;
  const size_t rank = a.size();
  const float p = AttrOf<float>(call, "p", 2.0f);
  if (!(p >= 0)) {
    return OpError(call, "attribute p", std::to_string(p), "0 or more");
  }
  if (rank < 2) {
    return OpError(call, "input x1 shape", ToString(a), "two extents or more");
  }
  Shape expected = a;
  if (b.size() == rank) expected[rank - 2] = b[rank - 2];
  if (b != expected) {
    return OpError(call, "input x2 shape", ToString(b),
                   ToString(expected) + " but for the second last extent");
  }
  layout->view = a;
  layout->view.insert(layout->view.end() - 1, b[rank - 2]);
  if (ElementCount(layout->view) < 0) {
    return OpError(call, "input x2 shape", ToString(b), "fewer vectors");
  }
  layout->own.assign(rank + 1, true);
  layout->other = layout->own;
  layout->own[rank - 1] = false;
  layout->other[rank - 2] = false;
  layout->own_shape = a;
  layout->other_shape = b;
  return LayAxes(call, "axis", {-1}, false, layout);
}

}  // namespace

ROW_OP(BiasAddGrad, {.inputs = "x",
                     .outputs = "r",
                     .layout = LayChannels,
                     .stages = {{"0", "0", Sum, nullptr, true}},
                     .steps = {kVcadd}})
ROW_OP(GroupedBiasAddGrad, {.inputs = "g-",
                            .outputs = "r",
                            .layout = LayGrouped,
                            .stages = {{"0", "0", SumOfGroup}},
                            .steps = {kVcadd}})
ROW_OP(Cdist, {.inputs = "gh",
               .outputs = "r",
               .layout = LayPairs,
               .stages = {{"01", "0", Distance}},
               .numbers = {"p"},
               .steps = {kVadd, kVmul, kVcadd}})

}  // namespace npuemu::kernels
