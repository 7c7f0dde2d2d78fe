#include <algorithm>

#include "kernels/ops/image/patches.h"

namespace npuemu::kernels {

OpStatus PatchPair(const OpCall& call, const char* name, int64_t least,
                   int64_t (*pair)[2]) {
  auto list = AttrOf<std::vector<int64_t>>(call, name);
  const std::vector<int64_t> given = list;
  if (list.size() == 4 && list[0] == 1 && list[3] == 1) {
    list = {list[1], list[2]};
  }
  if (list.size() == 1) list.push_back(list[0]);
  const bool valid =
      list.size() == 2 && std::all_of(list.begin(), list.end(), [&](int64_t v) {
        return v >= least && v <= kMostExtent;
      });
  if (!valid) {
    return OpError(
        call, std::string("attribute ") + name, ToString(AttrValue(given)),
        "numbers from " + std::to_string(least) + " for height and width");
  }
  (*pair)[0] = list[0];
  (*pair)[1] = list[1];
  return {};
}

OpStatus SetPatchPlaces(const OpCall& call, bool same, Patches* p) {
  for (size_t d = 0; d < 2; ++d) {
    const int64_t size = p->x.size[d + 1];
    const int64_t reach = p->dilation[d] * (p->window[d] - 1) + 1;
    if (same) {
      p->places[d] = (size + p->stride[d] - 1) / p->stride[d];
      const int64_t more = std::max<int64_t>(
          (p->places[d] - 1) * p->stride[d] + reach - size, 0);
      p->before[d] = more / 2;
    } else {
      const int64_t room = size + p->before[d] + p->after[d] - reach;
      p->places[d] = room < 0 ? 0 : room / p->stride[d] + 1;
    }
    if (p->places[d] < 1) {
      return OpError(call, "image height or width", std::to_string(size),
                     "room for a window");
    }
  }
  if (p->window[0] > kMostExtent / p->window[1] ||
      p->x.c > (int64_t{1} << 59) / p->taps() ||
      RoomOf({p->x.n, p->x.c * p->taps(), p->places[0], p->places[1]}) < 0) {
    return OpError(call, "output shape",
                   "windows of " + std::to_string(p->window[0]) + " by " +
                       std::to_string(p->window[1]),
                   "a product of extents that fits in int64");
  }
  return {};
}

int64_t Under(const Patches& p, int64_t place, int64_t tap) {
  const int64_t h = place / p.places[1] * p.stride[0] - p.before[0] +
                    tap / p.window[1] * p.dilation[0];
  const int64_t w = place % p.places[1] * p.stride[1] - p.before[1] +
                    tap % p.window[1] * p.dilation[1];
  if (h < 0 || h >= p.x.size[1] || w < 0 || w >= p.x.size[2]) return -1;
  return h * p.x.stride[1] + w * p.x.stride[2];
}

}  // namespace npuemu::kernels
