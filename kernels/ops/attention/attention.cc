#include "kernels/ops/attention/attention.h"

#include <algorithm>
#include <limits>

#include "kernels/op/axes.h"
#include "kernels/op/broadcast.h"
#include "kernels/op/rows.h"

namespace npuemu::kernels {
namespace {

std::string InputName(const OpCall& call, size_t index) {
  return std::string("input ") + call.op->inputs[index].name;
}

// Extents by the letters of the layout; H is heads times D.
OpStatus ReadHeads(const OpCall& call, size_t index, const std::string& layout,
                   int64_t heads, Heads* result) {
  const Shape& x = call.inputs[index].shape;
  const OpStatus wrong =
      OpError(call, InputName(call, index) + " shape", ToString(x),
              "extents " + layout + " with " +
                  (heads > 0 ? std::to_string(heads) : std::string("whole")) +
                  " heads");
  if (x.size() != layout.size() || call.inputs[index].count() < 0) return wrong;
  const bool empty = call.inputs[index].count() == 0;
  const std::vector<int64_t> strides =
      empty ? std::vector<int64_t>(x.size()) : StridesOf(x);
  result->heads = heads;
  for (size_t d = 0; d < x.size(); ++d) {
    if (layout[d] == 'B') result->batch = x[d];
    if (layout[d] == 'B') result->b_stride = strides[d];
    if (layout[d] == 'S') result->length = x[d];
    if (layout[d] == 'S') result->s_stride = strides[d];
    if (layout[d] == 'N') result->n_stride = strides[d];
    if (layout[d] == 'N' && heads > 0 && x[d] != heads) return wrong;
    if (layout[d] == 'N') result->heads = x[d];
    if (layout[d] == 'D') result->depth = x[d];
  }
  if (layout.back() == 'H') {
    if (x.back() == 0) return wrong;
    // Of key and value depth comes first: that of query.
    if (heads <= 0 && (result->depth <= 0 || x.back() % result->depth != 0)) {
      return wrong;
    }
    if (heads <= 0) result->heads = x.back() / result->depth;
    if (x.back() % result->heads != 0) return wrong;
    result->depth = x.back() / result->heads;
    result->n_stride = empty ? 0 : result->depth;
  }
  return {};
}

OpStatus ReadPlane(const OpCall& call, const Attention& a, size_t index,
                   Plane* plane) {
  if (!HasInput(call, index)) return {};
  const Shape& x = call.inputs[index].shape;
  const int64_t full[4] = {a.q.batch, a.q.heads, a.q.length, a.k.length};
  bool fits = x.size() >= 2 && x.size() <= 4;
  plane->given = true;
  const std::vector<int64_t> strides = call.inputs[index].count() > 0
                                           ? StridesOf(x)
                                           : std::vector<int64_t>(x.size());
  for (size_t d = 0; d < x.size() && fits; ++d) {
    const size_t at = 4 - x.size() + d;
    fits = x[d] == full[at] || x[d] == 1;
    plane->stride[at] = x[d] == 1 ? 0 : strides[d];
  }
  if (fits) return {};
  return OpError(
      call, InputName(call, index) + " shape", ToString(x),
      "a shape that broadcasts to " + ToString(Shape(full, full + 4)));
}

// sparse_mode 0: the band beside a mask that is given; 1: the mask as it is; 2
// and 3: what lies behind the diagonal that begins top left or ends bottom
// right.
OpStatus ReadMask(const OpCall& call, const AttentionNames& names,
                  Attention* a) {
  const auto mode = AttrOf<int64_t>(call, "sparse_mode", 0);
  if (mode < 0 || mode > 3) {
    return OpError(call, "attribute sparse_mode", std::to_string(mode),
                   "0, 1, 2, 3");
  }
  a->mask_input = names.mask;
  const bool given = HasInput(call, names.mask);
  const auto limited = [](int64_t x) {
    constexpr int64_t kMost = int64_t{1} << 60;
    return std::clamp(x, -kMost, kMost);
  };
  a->band = given && mode != 1;
  a->before = limited(AttrOf<int64_t>(call, names.before, INT64_MAX));
  a->after = limited(AttrOf<int64_t>(call, names.after, INT64_MAX));
  if (mode >= 2) {
    a->band = true;
    a->before = limited(INT64_MAX);
    a->after = mode == 2 ? 0 : a->k.length - a->q.length;
    return {};  // the mask is a triangle that the mode says already
  }
  return ReadPlane(call, *a, names.mask, &a->mask);
}

OpStatus CheckExtents(const OpCall& call, const Attention& a) {
  const bool fits = a.q.depth > 0 && a.k.batch == a.q.batch &&
                    a.v.batch == a.q.batch && a.k.depth == a.q.depth &&
                    a.v.length == a.k.length && a.v.heads == a.k.heads &&
                    a.k.heads > 0 && a.q.heads % a.k.heads == 0;
  if (fits) return {};
  return OpError(
      call, InputName(call, 1) + " shape", ToString(call.inputs[1].shape),
      "the batch and depth of query " + ToString(call.inputs[0].shape) +
          ", the length and heads of value " + ToString(call.inputs[2].shape) +
          ", heads that divide those of query");
}

}  // namespace

OpStatus ReadLengths(const OpCall& call, const Operands& operands,
                     Attention* a) {
  const size_t index = a->lengths_input;
  if (index == 0 || !HasInput(call, index)) return {};
  if (OpStatus s = ReadInts(call, index, &operands, &a->lengths); !s.ok()) {
    return s;
  }
  for (int64_t length : a->lengths) {
    if (length >= 0 && length <= a->k.length) continue;
    return OpError(call, InputName(call, index), std::to_string(length),
                   "[0," + std::to_string(a->k.length) + "]");
  }
  return {};
}

Shape ResultShape(const OpCall& call, const Attention& a) {
  Shape y = call.inputs[0].shape;
  y.back() = y.size() == 3 ? a.q.heads * a.v.depth : a.v.depth;
  return y;
}

OpStatus ReadScoreAttrs(const OpCall& call, Attention* a) {
  const float keep = AttrOf<float>(call, "keep_prob", 1.0f);
  if (keep != 1.0f) {
    return OpError(call, "attribute keep_prob", std::to_string(keep),
                   "1, as there is no drop_mask");
  }
  const auto type = AttrOf<int64_t>(call, "pse_type", 1);
  if (type != 0 && type != 1) {
    return OpError(call, "attribute pse_type", std::to_string(type),
                   "0 (scaled, then shifted), 1 (shifted, then scaled)");
  }
  a->shift_first = type == 1;
  return {};
}

OpStatus RefuseInput(const OpCall& call, size_t index) {
  if (!HasInput(call, index)) return {};
  return OpError(call, InputName(call, index), "a tensor", "none");
}

OpStatus MakeAttention(const OpCall& call, const AttentionNames& names,
                       Attention* a) {
  const auto layout = AttrOf<std::string>(call, "input_layout", "");
  const char* const layouts[] = {"BSH", "SBH", "BNSD", "BSND"};
  if (std::find(std::begin(layouts), std::end(layouts), layout) ==
      std::end(layouts)) {
    return OpError(call, "attribute input_layout", layout,
                   "BSH, SBH, BNSD, BSND");
  }
  const auto heads = AttrOf<int64_t>(call, names.heads, 0);
  if (heads < 1) {
    return OpError(call, std::string("attribute ") + names.heads,
                   std::to_string(heads), "1 or more");
  }
  auto kv_heads = AttrOf<int64_t>(call, names.kv_heads, 0);
  if (kv_heads < 0) {
    return OpError(call, std::string("attribute ") + names.kv_heads,
                   std::to_string(kv_heads), "0 or more");
  }
  if (kv_heads == 0 && *names.kv_heads != 0) kv_heads = heads;
  a->type = call.inputs[0].dtype;
  a->kind = MmadKindOf(a->type);
  if (OpStatus s = ReadHeads(call, 0, layout, heads, &a->q); !s.ok()) return s;
  a->k.depth = a->q.depth;
  if (OpStatus s = ReadHeads(call, 1, layout, kv_heads, &a->k); !s.ok()) {
    return s;
  }
  if (OpStatus s = ReadHeads(call, 2, layout, a->k.heads, &a->v); !s.ok()) {
    return s;
  }
  if (OpStatus s = CheckExtents(call, *a); !s.ok()) return s;
  a->y = a->q;
  a->y.depth = a->v.depth;
  for (int64_t* stride : {&a->y.b_stride, &a->y.n_stride, &a->y.s_stride}) {
    *stride = *stride / a->q.depth * a->v.depth;
  }
  a->scale = AttrOf<float>(call, "scale_value", 1.0f);
  a->shift_input = names.shift;
  if (OpStatus s = ReadPlane(call, *a, names.shift, &a->shift); !s.ok()) {
    return s;
  }
  return ReadMask(call, names, a);
}

}  // namespace npuemu::kernels
