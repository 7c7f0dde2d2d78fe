// File: op_cases.h
// A valid call of every operator, from op_cases*.txt: what tests that hold for
// all operators begin with. Element-wise operators without a line get one.

#ifndef KERNELS_TESTING_OP_CASES_H_
#define KERNELS_TESTING_OP_CASES_H_

#include <map>
#include <string>
#include <vector>

#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {

struct OpCase {
  std::string type;
  std::vector<TestTensor> inputs;  // an absent one has dtype kUndefined
  Attrs attrs;
  std::map<std::string, std::string> notes;  // words "@name=value"
};

// The call of a line; inputs without a dtype have that of the column. A line
// that is malformed stops the process.
OpCase OpCaseOf(const std::string& line, size_t column, Prng* prng);

// The lines of one file, in their order; an operator may have several.
std::vector<OpCase> OpCasesOf(const std::string& path, Prng* prng);

// Ordered by type; the first line of each counts. Random data comes from
// TestSeed().
std::vector<OpCase> AllOpCases();

// The call of a case; the bytes of value inputs are those of the case, which
// must outlive it. `outputs` are inferred; an error is a sentence.
OpStatus CallOf(const OpCase& op_case, OpCall* call);

}  // namespace npuemu::kernels

#endif  // KERNELS_TESTING_OP_CASES_H_
