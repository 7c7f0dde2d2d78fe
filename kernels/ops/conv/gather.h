// File: gather.h
// Packs panels of the cube from places that digits name: product.h's inner
// part. Thread-safe (pure).

#ifndef KERNELS_OPS_CONV_GATHER_H_
#define KERNELS_OPS_CONV_GATHER_H_

#include <cstdint>
#include <vector>

#include "kernels/ops/conv/product.h"

namespace npuemu::kernels {

// A row or column: its operand's element and place, and the result's element.
struct Place {
  int64_t offset = 0;
  int64_t y = 0;
  Space at = {0, 0, 0};
};

// The places of numbers [first, last).
std::vector<Place> PlacesOf(const std::vector<Digit>& digits, int64_t first,
                            int64_t last, bool is_b);

// Consecutive steps of K along channels, one `channel` digit apart.
struct StepRun {
  int64_t a = 0;
  int64_t b = 0;
  Space at = {0, 0, 0};
  int64_t length = 0;
};

// The runs of steps [k0, k0 + count).
std::vector<StepRun> RunsOf(const Product& product, int64_t k0, int64_t count);

// Packs the lines (rows, or columns if is_b) at all steps of the runs, `k` in
// all, into panels of mmad.h.
void PackGathered(const Product& product, bool is_b, bool saturate,
                  const std::byte* data, const std::vector<Place>& lines,
                  const std::vector<StepRun>& runs, int64_t k,
                  std::byte* packed);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_CONV_GATHER_H_
