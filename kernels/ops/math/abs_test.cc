// Abs against the reference: the payload of a NaN stays, so that it is not
// what docs/sequences.md could say.

#include <gtest/gtest.h>

#include "kernels/testing/op_harness.h"

namespace npuemu::kernels {
namespace {

TEST(AbsTest, MatchesReference) {
  Prng prng(TestSeed());
  for (DataType dtype : {DataType::kFloat16, DataType::kFloat, DataType::kBf16,
                         DataType::kInt32, DataType::kInt64}) {
    for (bool saturate : {false, true}) {
      const TestTensor x = RandomTensor(dtype, {5000}, &prng);
      const auto y = RunOp("Abs", {x}, {}, {.saturate = saturate});
      ASSERT_EQ(y.size(), 1u);
      for (int64_t i = 0; i < x.spec.count(); ++i) {
        ASSERT_EQ(y[0].Get(i), reference::Unary("Abs", ReferenceType(dtype),
                                                x.Get(i), saturate))
            << NameOf(dtype) << std::hex << " " << x.Get(i);
      }
    }
  }
}

}  // namespace
}  // namespace npuemu::kernels
