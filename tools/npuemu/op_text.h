// File: op_text.h
// Operators as text, for `npuemu ops`. Thread-safe.

#ifndef TOOLS_NPUEMU_OP_TEXT_H_
#define TOOLS_NPUEMU_OP_TEXT_H_

#include <ostream>
#include <span>

#include "kernels/op/op_def.h"

namespace npuemu::cli {

// One line per operator: type, engine, basis, dtypes of all its tensors, and
// the name of the user's library that it comes from.
void PrintOpList(std::span<const kernels::OpDef* const> ops,
                 std::ostream& out);

// Inputs, outputs, dtype combinations, attributes, exactness.
void PrintOp(const kernels::OpDef& op, std::ostream& out);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_OP_TEXT_H_
