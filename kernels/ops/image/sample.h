// File: sample.h
// Where the operators that sample images by a grid look (docs/windows.md,
// Sampling). Thread-safe (pure).

#ifndef KERNELS_OPS_IMAGE_SAMPLE_H_
#define KERNELS_OPS_IMAGE_SAMPLE_H_

#include <cstdint>

#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"

namespace npuemu::kernels {

enum class SampleMode { kLinear, kNearest, kCubic };
enum class SampleFill { kZeros, kBorder, kReflection };

struct Sampler {
  Image x;
  Image y;
  SampleMode mode = SampleMode::kLinear;
  SampleFill fill = SampleFill::kZeros;
  bool align = false;
};

// From input `x` and the grid behind it. `cubic_too`: images (rank 2) may be
// sampled by bicubic.
OpStatus MakeSampler(const OpCall& call, size_t x, int rank, bool cubic_too,
                     Sampler* s);

// The whole places around a coordinate with their weights; those outside weigh
// nothing.
struct Around {
  int64_t index[2] = {-1, -1};  // -1 is outside
  float weight[2] = {0, 0};
  float slope = 0;  // of the place by the coordinate of the grid
};
Around AroundOf(const Sampler& s, float g, int64_t size);

// The four of bicubic.
struct CubicAround {
  int64_t index[4];
  float weight[4];
};
CubicAround CubicAroundOf(const Sampler& s, float g, int64_t size);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_IMAGE_SAMPLE_H_
