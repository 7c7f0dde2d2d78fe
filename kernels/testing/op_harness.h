// File: op_harness.h
// Runs an operator in a test: checks the call, infers the outputs, computes
// them serially, in random pieces in random order and on threads, and expects
// equal bytes (arithmetic.md 7.7). Random inputs come from a printed seed.

#ifndef KERNELS_TESTING_OP_HARNESS_H_
#define KERNELS_TESTING_OP_HARNESS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "kernels/op/op_def.h"
#include "kernels/testing/prng.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {

// A tensor with its memory.
struct TestTensor {
  TensorSpec spec;
  std::vector<std::byte> data;

  // Element i, its bits in the low bits of the word.
  uint64_t Get(int64_t i) const;
  void Set(int64_t i, uint64_t bits);
};

// ND, zeroed.
TestTensor MakeTensor(DataType dtype, Shape shape);
// Random bits with many special values: zeros, subnormals, limits, NaN.
TestTensor RandomTensor(DataType dtype, Shape shape, Prng* prng);
TestTensor IntTensor(DataType dtype, const std::vector<int64_t>& values);

// One random element of the kind that RandomTensor holds.
uint64_t RandomBits(DataType dtype, Prng* prng);

// The seed of a test, --gtest_random_seed or 1.
uint64_t TestSeed();

reference::Type ReferenceType(DataType dtype);

struct TestOptions {
  bool saturate = false;
  bool const_values = true;  // pass the value inputs as const inputs, too
  std::vector<TensorSpec> declared = {};  // outputs, before they are inferred
  std::vector<TestTensor>* updated = nullptr;  // what became of such inputs
};

// The outputs; records a test failure and returns nothing if the call is
// refused or the three ways to run it differ.
std::vector<TestTensor> RunOp(const std::string& type,
                              const std::vector<TestTensor>& inputs,
                              const Attrs& attrs = {},
                              const TestOptions& options = {});

// The sentence with which the call is refused; empty if it is accepted.
std::string Refusal(const std::string& type,
                    const std::vector<TestTensor>& inputs,
                    const Attrs& attrs = {});

// The same of infer alone, with every input known: for outputs that are not of
// the first input's type.
std::string InferError(const std::string& type,
                       const std::vector<TestTensor>& inputs,
                       const Attrs& attrs = {});

// The sentence with which the call is refused or the run ends (a device
// exception); empty if there is none.
std::string Exception(const std::string& type, std::vector<TestTensor> inputs,
                      const Attrs& attrs = {});

}  // namespace npuemu::kernels

#endif  // KERNELS_TESTING_OP_HARNESS_H_
