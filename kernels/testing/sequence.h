// File: sequence.h
// Executes the text of docs/sequences.md and docs/rows.md: operators written as
// sequences of primitives. What it computes, by MPFR and integers, is what the
// document says; kernels/ops must give the same bits. The language is described
// in the document. Not thread-safe (MPFR's exponent range is global).

#ifndef KERNELS_TESTING_SEQUENCE_H_
#define KERNELS_TESTING_SEQUENCE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "kernels/testing/reference.h"

namespace npuemu::reference {

// Elements of one type; a single one stands beside any number.
struct Values {
  Type type = Type::kF32;
  std::vector<Bits> bits;
};

struct Expression;
struct Statement {
  std::string name;  // what is assigned
  std::shared_ptr<const Expression> value;
};

// One operator or function of the document.
struct Sequence {
  std::string name;
  std::vector<std::string> inputs;
  // "f32": operands are cast to f32 first; "T": floats of f16 stay in f16 where
  // no other float is beside; "bits": operands are moved, not computed with.
  std::string domain;
  bool selects = false;  // results are operands: no S_T for f16
  bool away = false;     // bf16 results: ties away from zero
  std::vector<Statement> statements;
};

using Sequences = std::map<std::string, Sequence>;

// Reads the indented blocks of the documents, of which later ones may use the
// functions of earlier ones. Stops the process with the line of an error: the
// documents are ours.
Sequences ReadSequences(const std::vector<std::string>& paths);

// All that is assigned, by name. `inputs` are in the order of the sequence;
// `numbers` are attributes by name. Names given in `types` are outputs: they
// are cast to the type and saturated as 7.1 says.
std::map<std::string, Values> Evaluate(
    const Sequences& sequences, const std::string& name,
    const std::vector<Values>& inputs,
    const std::map<std::string, double>& numbers,
    const std::map<std::string, Type>& types, bool saturate);

}  // namespace npuemu::reference

#endif  // KERNELS_TESTING_SEQUENCE_H_
