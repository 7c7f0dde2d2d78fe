// File: axis_map.h
// Moves whose places separate by axis: output element (i0, i1, ...) is input
// element base + m0[i0] + m1[i1] + ..., or a fill value where some m says so.
// An axis is a list of runs, so that its size does not depend on its extent.
// Thread-safe (pure).

#ifndef KERNELS_OP_AXIS_MAP_H_
#define KERNELS_OP_AXIS_MAP_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace npuemu::kernels {

// `count` places, the first at `start`, each `step` after the one before, in
// elements of the input; or as many that are filled.
struct Run {
  int64_t count;
  int64_t start = 0;
  int64_t step = 0;
  bool fill = false;
};

inline Run FillRun(int64_t count) { return {count, 0, 0, true}; }

using AxisRuns = std::vector<Run>;

struct AxisMap {
  int64_t base = 0;
  std::vector<AxisRuns> axes;  // outermost first

  void Step(int64_t extent, int64_t step) {
    axes.push_back({Run{extent, 0, step}});
  }
  void Add(AxisRuns runs) { axes.push_back(std::move(runs)); }
};

// Copies elements [begin, begin + count) of the map's output, of `width` (1, 2,
// 4 or 8) bytes each: from x, or from the one element at `fill`; without one,
// what is filled stays as it is. `y` is the place of element `begin`.
void CopyMapped(const AxisMap& map, size_t width, const std::byte* x,
                const std::byte* fill, int64_t begin, int64_t count,
                std::byte* y);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_AXIS_MAP_H_
