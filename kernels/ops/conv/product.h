// File: product.h
// A product of the cube whose operands are gathered from windows on the way:
// what every convolution and every gradient of one is. Rows, columns and the
// steps of K are mixed-radix numbers; each digit moves the addresses in both
// operands and in the result, and the place in the *window tensor*, the one of
// which places outside count as 0 (docs/windows.md, Convolutions).
//
// An item is a tile of rows and columns of one group. K is cut at multiples of
// every group of Mmad, where the accumulator is an f32 anyway: the bits are
// those of one chain.

#ifndef KERNELS_OPS_CONV_PRODUCT_H_
#define KERNELS_OPS_CONV_PRODUCT_H_

#include <cstdint>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"

namespace npuemu::kernels {

struct Digit {
  int64_t extent = 1;
  int64_t a = 0;  // elements that one step moves on in the operands
  int64_t b = 0;
  int64_t y = 0;
  Space at = {0, 0, 0};  // and places in the window tensor
};

struct Product {
  MmadKind kind = MmadKind::kFloat16;
  int32_t offset_a = 0;  // subtracted from a; int8 only

  // The window tensor: place p of dimension d exists if it is a multiple of
  // expand and p / expand lies in [0, size); it is stride elements along.
  bool window_is_b = false;
  size_t first_dimension = 0;  // 1 for images: all places of d are 0
  Space size = {1, 1, 1};
  Space expand = {1, 1, 1};
  Space stride = {0, 0, 0};
  Space at = {0, 0, 0};  // where row 0, column 0, step 0 begins

  Digit group;           // extent groups; `at` is 0
  std::vector<Digit> m;  // outermost first
  std::vector<Digit> n;
  // K: outer, then blocks of channels, then inner, then the channels of the
  // block; the last block may be narrower. `channel` is one channel.
  std::vector<Digit> outer;
  std::vector<Digit> inner;
  Digit channel;
  int64_t block = 1;
  int64_t b_start = 0;  // element of b where everything is 0

  int64_t rows() const;
  int64_t columns() const;
  int64_t depth() const;
};

int64_t ProductItems(const Product& product);

struct ProductOperands {
  const std::byte* a;
  const std::byte* b;
  const std::byte* bias;  // one for each column of each group, or null
  DataType bias_type;
  std::byte* y;
  DataType y_type;
  bool saturate;
};

void ComputeProduct(const Product& product, const ProductOperands& operands,
                    int64_t begin, int64_t end);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_CONV_PRODUCT_H_
