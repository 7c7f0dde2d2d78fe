// File: row_function.h
// The functions of docs/rows.md that take a whole row (sequence.h).

#ifndef KERNELS_TESTING_ROW_FUNCTION_H_
#define KERNELS_TESTING_ROW_FUNCTION_H_

#include <string>
#include <vector>

#include "kernels/testing/sequence.h"

namespace npuemu::reference {

// False if there is no function of this name.
bool RowFunction(const std::string& name, const std::vector<Values>& x,
                 Values* result);

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_ROW_FUNCTION_H_
