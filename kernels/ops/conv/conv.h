// File: conv.h
// One mechanism for every convolution and its gradients (docs/windows.md,
// Convolutions): a call becomes a Product. Which operand plays which part is a
// ConvRule; an operator is a row of convolutions.cc. Thread-safe.

#ifndef KERNELS_OPS_CONV_CONV_H_
#define KERNELS_OPS_CONV_CONV_H_

#include <cstdint>
#include <string>

#include "kernels/op/op_def.h"
#include "kernels/ops/conv/layout.h"
#include "kernels/ops/conv/product.h"

namespace npuemu::kernels {

// What is computed of the three: y = x * filter, x's gradient (which is also
// the transposed convolution), the filter's gradient.
enum class ConvKind { kForward, kInput, kFilter };

inline constexpr int kNone = -1;

// Indices of inputs; kNone is the output, or absent.
struct ConvRule {
  ConvKind kind = ConvKind::kForward;
  int rank = 2;  // dimensions of space
  bool depthwise = false;
  int x = kNone;  // what the windows move over
  int filter = kNone;
  int y = kNone;                    // what the forward convolution gives
  int size = kNone;                 // holds the shape of the output
  const char* size_attr = nullptr;  // or this does
  bool computes_size = false;       // the size may be left to the attributes
  int bias = kNone;
  int offset_w = kNone;
};

struct Conv {
  std::string letters;         // of x and y
  std::string filter_letters;  // of the filter
  Image x;
  Image filter;
  Image y;
  Space stride = {1, 1, 1};
  Space dilation = {1, 1, 1};
  Space before = {0, 0, 0};  // padding
  Space after = {0, 0, 0};
  int64_t groups = 1;
};

// The convolution of a call: of the output it uses the declared shape, or the
// size that the call gives as attribute or const input.
OpStatus MakeConv(const ConvRule& rule, const OpCall& call, Conv* conv);

// Parts of it: where x or the filter is the output, its extents.
OpStatus SetOutputImage(const ConvRule& rule, const OpCall& call, Conv* conv);
std::string NameOfInput(const OpCall& call, int index);

Product ProductOf(const ConvRule& rule, const OpCall& call, const Conv& conv);

OpStatus InferConv(const ConvRule& rule, const OpCall& call,
                   std::vector<TensorSpec>* outputs);
int64_t ConvItems(const ConvRule& rule, const OpCall& call);
OpStatus ComputeConv(const ConvRule& rule, const OpCall& call,
                     const Operands& operands, int64_t begin, int64_t end);
Work ConvCost(const ConvRule& rule, const OpCall& call);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_CONV_CONV_H_
