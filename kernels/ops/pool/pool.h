// File: pool.h
// Windows over images: every pooling operator and its gradient
// (docs/windows.md, Pooling). What a call means follows from the attributes
// that its signature has; which operand is which, from a PoolRule. Thread-safe.

#ifndef KERNELS_OPS_POOL_POOL_H_
#define KERNELS_OPS_POOL_POOL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"

namespace npuemu::kernels {

enum class PoolKind {
  kMax,
  kAverage,
  kDilation,  // the largest x + filter
  kMaxGradient,
  kAverageGradient,
  kIndexGradient,  // of the maximum, by its argmax
};

// Indices of inputs; -1 is none.
struct PoolRule {
  PoolKind kind = PoolKind::kMax;
  int rank = 2;
  bool adaptive = false;
  int x = -1;     // the image, or one of its shape
  int grad = -1;  // of gradients
  int argmax = -1;
  int y = -1;  // what the forward operator gave; only its shape is looked at
  int filter = -1;
  int size = -1;  // the shape of the gradient is this input's value, or
  const char* size_attr = nullptr;
  const char* letters = "NCHW";    // without a data_format
  bool has_argmax = false;         // output 1 is the place of the maximum
  bool index_has_channel = false;  // place * C + c

  bool gradient() const { return kind >= PoolKind::kMaxGradient; }
};

struct Pool {
  std::string letters;
  Image x;
  Image y;
  Space window = {1, 1, 1};
  Space stride = {1, 1, 1};
  Space dilation = {1, 1, 1};
  Space before = {0, 0, 0};
  Space after = {0, 0, 0};
  bool adaptive = false;
  bool average_by_mode = false;  // Pooling: mode 1
  bool counts_padding = false;
  int64_t divisor = 0;  // 0: as many as are counted
};

// The places of x that one place of y sees.
struct Seen {
  std::vector<int64_t> offsets;  // in x, without n and c
  std::vector<int64_t> places;   // (d * H + h) * W + w
  int64_t counted = 0;           // with padding, if that counts
};

OpStatus MakePool(const PoolRule& rule, const OpCall& call, Pool* pool);

// Parts of it: the order of extents, and the windows and y's places.
OpStatus SetPoolLetters(const PoolRule& rule, const OpCall& call, Pool* pool);
OpStatus SetPoolPlaces(const PoolRule& rule, const OpCall& call, Pool* pool);
OpStatus SetAdaptivePlaces(const PoolRule& rule, const OpCall& call,
                           Pool* pool);

// What place `index` of y (row-major in d, h, w) sees, in ascending order.
void Look(const Pool& pool, int64_t index, Seen* seen);
// Element offset of that place in an image.
int64_t OffsetOf(const Image& image, int64_t index);

// Sum and count of an average: the row sum of arithmetic.md 7.8, one division.
float Average(const Pool& pool, const Seen& seen, const float* values);

// One item is one place of y in one image, with all channels.
void ComputeForward(const PoolRule& rule, const OpCall& call, const Pool& pool,
                    const Operands& operands, int64_t begin, int64_t end);

// One item is one channel of one image.
OpStatus ComputeGradient(const PoolRule& rule, const OpCall& call,
                         const Pool& pool, const Operands& operands,
                         int64_t begin, int64_t end);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_POOL_POOL_H_
