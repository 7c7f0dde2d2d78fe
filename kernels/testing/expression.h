// File: expression.h
// The tree of one right side of docs/sequences.md (sequence.h).

#ifndef KERNELS_TESTING_EXPRESSION_H_
#define KERNELS_TESTING_EXPRESSION_H_

#include <memory>
#include <string>
#include <vector>

namespace npuemu::reference {

struct Expression {
  // "number", "name x", "call f", "if", "not", "neg", or a binary sign.
  std::string op;
  double number = 0;
  std::vector<std::shared_ptr<const Expression>> children;
};

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_EXPRESSION_H_
