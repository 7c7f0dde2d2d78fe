// Which places of x a window sees.

#include <algorithm>

#include "kernels/op/row_reduce.h"
#include "kernels/ops/pool/pool.h"

namespace npuemu::kernels {
namespace {

// Places first, first + step, ... of one dimension.
struct Line {
  int64_t first = 0;
  int64_t count = 0;
  int64_t step = 1;
  int64_t counted = 0;
};

int64_t DivideUp(int64_t a, int64_t b) {  // a >= 0
  return (a + b - 1) / b;
}

Line LineOf(const Pool& pool, size_t d, int64_t o) {
  const int64_t size = pool.x.size[d];
  Line line;
  if (pool.adaptive) {
    line.first = o * size / pool.y.size[d];
    line.count = DivideUp((o + 1) * size, pool.y.size[d]) - line.first;
    line.counted = line.count;
    return line;
  }
  const int64_t start = o * pool.stride[d] - pool.before[d];
  line.step = pool.dilation[d];
  const auto below = [&](int64_t bound) {  // taps before `bound`
    const int64_t room = std::max<int64_t>(bound - start, 0);
    return std::min(DivideUp(room, line.step), pool.window[d]);
  };
  const int64_t low = below(0);
  line.first = start + low * line.step;
  line.count = below(size) - low;
  line.counted = pool.counts_padding ? below(size + pool.after[d]) : line.count;
  return line;
}

// SumTree without its empty lanes: windows are small. What has no neighbour
// would meet -0, which changes nothing.
float ShortTree(float* v, int64_t n) {
  if (n == 0) return 0.0f;
  for (; n > 1; n = (n + 1) / 2) {
    for (int64_t i = 0; i < n / 2; ++i) v[i] = v[2 * i] + v[2 * i + 1];
    if (n % 2 != 0) v[n / 2] = v[n - 1];
  }
  return v[0];
}

}  // namespace

void Look(const Pool& pool, int64_t index, Seen* seen) {
  const Space& size = pool.y.size;
  const Line lines[3] = {LineOf(pool, 0, index / (size[1] * size[2])),
                         LineOf(pool, 1, index / size[2] % size[1]),
                         LineOf(pool, 2, index % size[2])};
  seen->offsets.clear();
  seen->places.clear();
  seen->counted = lines[0].counted * lines[1].counted * lines[2].counted;
  for (int64_t i = 0; i < lines[0].count; ++i) {
    const int64_t d = lines[0].first + i * lines[0].step;
    for (int64_t j = 0; j < lines[1].count; ++j) {
      const int64_t h = lines[1].first + j * lines[1].step;
      for (int64_t k = 0; k < lines[2].count; ++k) {
        const int64_t w = lines[2].first + k * lines[2].step;
        seen->offsets.push_back(d * pool.x.stride[0] + h * pool.x.stride[1] +
                                w * pool.x.stride[2]);
        seen->places.push_back((d * pool.x.size[1] + h) * pool.x.size[2] + w);
      }
    }
  }
}

int64_t OffsetOf(const Image& image, int64_t index) {
  const int64_t w = index % image.size[2];
  const int64_t h = index / image.size[2] % image.size[1];
  const int64_t d = index / image.size[2] / image.size[1];
  return d * image.stride[0] + h * image.stride[1] + w * image.stride[2];
}

float Average(const Pool& pool, const Seen& seen, const float* values) {
  const auto count = static_cast<int64_t>(seen.offsets.size());
  const int64_t divisor = pool.divisor != 0 ? pool.divisor : seen.counted;
  if (divisor == 0) return 0.0f;
  float lanes[kLanes];
  const int64_t used = LanesOf(count);
  SumLanes<float>(
      count, 0, used, [&](int64_t j) { return values[j]; }, lanes);
  return ShortTree(lanes, used) / static_cast<float>(divisor);
}

}  // namespace npuemu::kernels
