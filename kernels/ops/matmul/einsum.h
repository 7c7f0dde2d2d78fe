// File: einsum.h
// The equation of an Einsum call: labels, extents, strides. Thread-safe (pure).

#ifndef KERNELS_OPS_MATMUL_EINSUM_H_
#define KERNELS_OPS_MATMUL_EINSUM_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// A label, its extent, and how far one step of it moves in each operand.
struct Label {
  char name;
  int64_t extent;
  int64_t stride[2] = {0, 0};
  bool in[2] = {false, false};
  int64_t y = 0;
  bool in_y = false;
};

struct Equation {
  std::vector<Label> labels;  // in the order in which they come
  std::string result;         // its labels
  Shape y;                    // its extents

  Label* Find(char name);
};

// Reads and checks the attributes equation and N beside the operands' shapes.
// Strides of operands and results without elements are 0.
OpStatus ReadEquation(const OpCall& call, Equation* equation);

}  // namespace npuemu::kernels

#endif  // KERNELS_OPS_MATMUL_EINSUM_H_
