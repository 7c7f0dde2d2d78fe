// Numbers as digits: where rows, columns and steps of K begin.

#include <algorithm>

#include "kernels/ops/conv/gather.h"

namespace npuemu::kernels {
namespace {

void Add(const Digit& digit, int64_t times, StepRun* run) {
  run->a += times * digit.a;
  run->b += times * digit.b;
  for (size_t d = 0; d < 3; ++d) run->at[d] += times * digit.at[d];
}

// Adds the digits of `index`.
void AddDigits(const std::vector<Digit>& digits, int64_t index, StepRun* run) {
  for (size_t d = digits.size(); d-- > 0;) {
    Add(digits[d], index % digits[d].extent, run);
    index /= digits[d].extent;
  }
}

}  // namespace

std::vector<Place> PlacesOf(const std::vector<Digit>& digits, int64_t first,
                            int64_t last, bool is_b) {
  std::vector<int64_t> values(digits.size());
  Place place;
  const auto add = [&](size_t d, int64_t times) {
    values[d] += times;
    place.offset += times * (is_b ? digits[d].b : digits[d].a);
    place.y += times * digits[d].y;
    for (size_t s = 0; s < 3; ++s) place.at[s] += times * digits[d].at[s];
  };
  int64_t rest = first;
  for (size_t d = digits.size(); d-- > 0;) {
    add(d, rest % digits[d].extent);
    rest /= digits[d].extent;
  }
  std::vector<Place> places;
  places.reserve(static_cast<size_t>(last - first));
  for (int64_t i = first; i < last; ++i) {
    places.push_back(place);
    for (size_t d = digits.size(); d-- > 0;) {  // counts on
      add(d, 1);
      if (values[d] < digits[d].extent) break;
      add(d, -values[d]);
    }
  }
  return places;
}

std::vector<StepRun> RunsOf(const Product& p, int64_t k0, int64_t count) {
  int64_t inner = 1;
  for (const Digit& digit : p.inner) inner *= digit.extent;
  const int64_t channels = p.channel.extent;
  std::vector<StepRun> runs;
  for (int64_t k = k0; k < k0 + count; k += runs.back().length) {
    const int64_t rest = k % (inner * channels);
    const int64_t first = rest / (inner * p.block) * p.block;
    const int64_t width = std::min(p.block, channels - first);
    const int64_t within = rest - first * inner;
    StepRun run;
    AddDigits(p.outer, k / (inner * channels), &run);
    AddDigits(p.inner, within / width, &run);
    Add(p.channel, first + within % width, &run);
    run.length = std::min(width - within % width, k0 + count - k);
    runs.push_back(run);
  }
  return runs;
}

}  // namespace npuemu::kernels
