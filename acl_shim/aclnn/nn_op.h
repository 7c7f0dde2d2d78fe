// File: nn_op.h
// An operator of aclnn: how its first phase makes a plan of its arguments. The
// families' files (ops/) hold tables of these; the entry points of both phases
// are generated from the reference table (gen_aclnn.py) and find them by
// number. Thread-safe: constants.

#ifndef ACL_SHIM_ACLNN_NN_OP_H_
#define ACL_SHIM_ACLNN_NN_OP_H_

#include <cstddef>
#include <cstdint>
#include <span>

namespace npuemu::shim::nn {

class Builder;

struct NnOp {
  const char* name;              // "Add", of aclnnAdd
  void (*build)(Builder& b);
  const char* kernel = nullptr;  // Builder::kernel()
  const char* note = nullptr;    // what is missing; null: nothing
};

// All operators that the reference table names, sorted; the number of a name
// is its place.
std::span<const char* const> NnOpNames();

// Null where the operator is not modelled.
const NnOp* FindNnOp(size_t number);

}  // namespace npuemu::shim::nn

#endif  // ACL_SHIM_ACLNN_NN_OP_H_
