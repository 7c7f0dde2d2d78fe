// From the attributes of a call to its windows.

#include <algorithm>

#include "kernels/ops/pool/pool.h"

namespace npuemu::kernels {
namespace {

// A flag, whether it is declared as bool or as int.
bool Flag(const OpCall& call, std::string_view name) {
  return AttrOf<bool>(call, name) || AttrOf<int64_t>(call, name) != 0;
}

// The first of the names that the operator has.
const char* OneOf(const OpCall& call, const char* a, const char* b) {
  return HasAttr(call, a) ? a : b;
}

// How windows reach beyond x.
enum class Padding { kSame, kValid, kGiven };

OpStatus PaddingOf(const OpCall& call, Padding* padding) {
  const char* name = OneOf(call, "padding", "padding_mode");
  *padding = Padding::kGiven;
  if (!HasAttr(call, name)) return {};
  const auto word = AttrOf<std::string>(call, name);
  if (word == "SAME") {
    *padding = Padding::kSame;
  } else if (word == "VALID") {
    *padding = Padding::kValid;
  } else if (word != "CALCULATED" || !HasAttr(call, "pads")) {
    return OpError(
        call, std::string("attribute ") + name, word,
        HasAttr(call, "pads") ? "SAME, VALID or CALCULATED" : "SAME or VALID");
  }
  return {};
}

OpStatus SetPads(const PoolRule& rule, const OpCall& call, Pool* pool) {
  const char* name = OneOf(call, "pads", "pad");
  auto pads = AttrOf<std::vector<int64_t>>(call, name);
  const auto rank = static_cast<size_t>(rule.rank);
  // [1, before h, before w, 1] of the forms with an argmax.
  if (HasAttr(call, "dtype") && pads.size() == 4) {
    pads = {pads[1], pads[1], pads[2], pads[2]};
  }
  bool valid = pads.size() == 2 * rank;
  for (size_t d = 0; valid && d < rank; ++d) {
    const size_t s = 3 - rank + d;
    pool->before[s] = pads[2 * d];
    pool->after[s] = pads[2 * d + 1];
    const int64_t reach = (pool->window[s] - 1) * pool->dilation[s];
    valid = pads[2 * d] >= 0 && pads[2 * d] <= reach && pads[2 * d + 1] >= 0 &&
            pads[2 * d + 1] <= reach;
  }
  if (valid) return {};
  return OpError(call, std::string("attribute ") + name,
                 ToString(AttrValue(pads)),
                 std::to_string(2 * rank) +
                     " numbers from 0, less than the window's extent");
}

int64_t Reach(const Pool& pool, size_t d) {
  return (pool.window[d] - 1) * pool.dilation[d] + 1;
}

// Places of y along d; 0 if no window fits.
int64_t Places(const Pool& pool, size_t d, bool ceil) {
  const int64_t all = pool.x.size[d] + pool.before[d] + pool.after[d];
  const int64_t room = all - Reach(pool, d);
  if (room < 0) return 0;
  const int64_t stride = pool.stride[d];
  int64_t places = (ceil ? (room + stride - 1) / stride : room / stride) + 1;
  // A window that begins beyond x and the padding before it is left out.
  if (ceil && (places - 1) * stride >= pool.x.size[d] + pool.before[d]) {
    --places;
  }
  return places;
}

OpStatus SetWindows(const PoolRule& rule, const OpCall& call, Pool* pool) {
  // The forms with an argmax have [1, h, w, 1] beside any format.
  const std::string letters = HasAttr(call, "dtype") ? "NHWC" : pool->letters;
  OpStatus s;
  if (rule.filter < 0) {
    s = SpaceAttr(call, OneOf(call, "ksize", "window"), letters, 1,
                  &pool->window);
  }
  if (s.ok()) {
    s = SpaceAttr(call, OneOf(call, "strides", "stride"), letters, 1,
                  &pool->stride);
  }
  const char* dilation = OneOf(call, "dilation", "rates");
  if (s.ok() && HasAttr(call, dilation)) {
    s = SpaceAttr(call, dilation, letters, 1, &pool->dilation);
  }
  return s;
}

}  // namespace

OpStatus SetPoolLetters(const PoolRule& rule, const OpCall& call, Pool* pool) {
  const int lead = rule.gradient() ? rule.grad : rule.x;
  const TensorSpec& spec = InputOr(call, lead);
  std::string letters = rule.letters;
  if (HasAttr(call, "data_format")) {
    letters = AttrOf<std::string>(call, "data_format");
  }
  const std::string own = LettersOf(spec.format, letters, rule.rank);
  if (own.empty() || own[0] != 'N') {
    return OpError(call, "attribute data_format", letters,
                   rule.rank == 2 ? "NCHW or NHWC" : "NCDHW or NDHWC");
  }
  pool->letters = own;
  if (!rule.adaptive) return {};
  const size_t extents = spec.shape.size();
  if (extents == own.size() - 1) pool->letters = own.substr(1);  // one image
  if (HasAttr(call, "output_size") || rule.gradient()) return {};
  // GlobalAveragePool: any number of dimensions of space.
  pool->letters = extents == 3 ? "NCW" : extents == 5 ? "NCDHW" : own;
  return {};
}

OpStatus SetPoolPlaces(const PoolRule& rule, const OpCall& call, Pool* pool) {
  Padding padding;
  if (OpStatus s = PaddingOf(call, &padding); !s.ok()) return s;
  if (Flag(call, "global_pooling")) {
    pool->window = pool->x.size;
    pool->stride = pool->dilation = {1, 1, 1};
    padding = Padding::kValid;
  } else if (OpStatus s = SetWindows(rule, call, pool); !s.ok()) {
    return s;
  }
  if (padding == Padding::kGiven) {
    if (OpStatus s = SetPads(rule, call, pool); !s.ok()) return s;
  }
  // Caffe's: 0 rounds up.
  const bool caffe = HasAttr(call, "window");
  const bool ceil = Flag(call, "ceil_mode") != caffe;
  for (size_t d = 0; d < 3; ++d) {
    const int64_t size = pool->x.size[d];
    if (padding == Padding::kSame) {
      pool->y.size[d] = (size + pool->stride[d] - 1) / pool->stride[d];
      const int64_t more = std::max<int64_t>(
          (pool->y.size[d] - 1) * pool->stride[d] + Reach(*pool, d) - size, 0);
      pool->before[d] = more / 2;
      pool->after[d] = more - more / 2;
    } else {
      pool->y.size[d] = Places(*pool, d, ceil && padding == Padding::kGiven);
    }
    if (pool->y.size[d] < 1) {
      return OpError(call, "input shape",
                     ToString(ShapeOf(pool->x, pool->letters)),
                     "at least one window of space");
    }
  }
  return {};
}

OpStatus SetAdaptivePlaces(const PoolRule& rule, const OpCall& call,
                           Pool* pool) {
  pool->adaptive = true;
  Space size = {1, 1, 1};
  if (HasAttr(call, "output_size")) {
    auto list = AttrOf<std::vector<int64_t>>(call, "output_size");
    const auto rank = static_cast<size_t>(rule.rank);
    if (list.size() == 1) list.assign(rank, list[0]);
    bool valid = list.size() == rank;
    for (size_t d = 0; valid && d < rank; ++d) {
      size[3 - rank + d] = list[d];
      valid = list[d] > 0 && list[d] <= kMostExtent;
    }
    if (!valid) {
      return OpError(call, "attribute output_size", ToString(AttrValue(list)),
                     std::to_string(rank) + " numbers from 1");
    }
  } else if (rule.gradient()) {
    size = pool->y.size;
  }
  for (size_t d = 0; d < 3; ++d) {
    if (pool->x.size[d] < 1 || size[d] < 1) {
      return OpError(call, "input shape",
                     ToString(ShapeOf(pool->x, pool->letters)),
                     "some place of space");
    }
  }
  pool->y.size = size;
  return {};
}

}  // namespace npuemu::kernels
