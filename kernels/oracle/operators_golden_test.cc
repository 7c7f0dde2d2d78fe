// The bits of operators as hashes, by 1, 2 and 8 threads. With
// --isa=plain|avx2| avx512 by these instructions (isa_test.sh): a process of
// its own for each, because tables of results are made once.

#include <cstddef>
#include <fstream>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kernels/op/parallel.h"
#include "kernels/ops/registry.h"
#include "kernels/oracle/golden.h"
#include "kernels/testing/op_cases.h"
#include "kernels/testing/prng.h"
#include "kernels/testing/reference.h"

namespace npuemu::kernels {
namespace {

// Special bits say little of sums: the second kind has none.
enum class Data { kSpecial, kSaturated, kTame };

// Exponents within two of that of one; integers stay what they are.
uint64_t TameBits(DataType type, Prng* prng) {
  const int fraction = type == DataType::kFloat16 ? 10
                       : type == DataType::kBf16  ? 7
                                                  : 23;
  const uint64_t bias = type == DataType::kFloat16 ? 15 : 127;
  const uint64_t bits = prng->Next();
  const uint64_t sign = (bits >> 63) << (BitsOf(type) - 1);
  const uint64_t low = bits & ((uint64_t{1} << fraction) - 1);
  return sign | (bias - 2 + (bits >> 40) % 5) << fraction | low;
}

void MakeTame(OpCase* one, Prng* prng) {
  for (TestTensor& x : one->inputs) {
    if (x.spec.absent() || !reference::IsFloat(ReferenceType(x.spec.dtype))) {
      continue;
    }
    for (int64_t i = 0; i < x.spec.count(); ++i) {
      x.Set(i, TameBits(x.spec.dtype, prng));
    }
  }
}

// False if the call is refused: an attribute chooses among the columns.
bool AddOutputs(OpCase* one, bool saturate, Hash* hash) {
  OpCall call;
  if (!CallOf(*one, &call).ok()) return false;
  Operands operands;
  operands.saturate = saturate;
  for (TestTensor& x : one->inputs) {
    operands.inputs.push_back({x.data.data(), x.data.size()});
  }
  std::vector<TestTensor> outputs;
  for (const TensorSpec& y : call.outputs) {
    outputs.push_back(MakeTensor(y.dtype, y.shape));
  }
  for (TestTensor& y : outputs) {
    operands.outputs.push_back({y.data.data(), y.data.size()});
  }
  std::vector<std::byte> workspace(
      call.op->workspace == nullptr ? 0 : call.op->workspace(call));
  operands.workspace = workspace;
  EXPECT_EQ(RunParallel(call, operands).message, "");
  for (const TestTensor& y : outputs) hash->Add(y.data.data(), y.data.size());
  return true;
}

// All dtype columns, all kinds of data; a hash for each number of threads. What
// is drawn depends on the line alone.
std::vector<uint64_t> HashesOf(const std::string& line,
                               const std::vector<int>& threads) {
  Hash seed;
  for (char c : line) seed.Add(static_cast<unsigned char>(c), 1);
  Prng prng(seed.value());
  std::vector<Hash> hashes(threads.size());
  int calls = 0;
  const size_t columns =
      FindOp(line.substr(0, line.find(' ')))->inputs[0].dtypes.size();
  for (size_t column = 0; column < columns; ++column) {
    for (Data data : {Data::kSpecial, Data::kSaturated, Data::kTame}) {
      OpCase one = OpCaseOf(line, column, &prng);
      if (data == Data::kTame) MakeTame(&one, &prng);
      for (size_t k = 0; k < hashes.size(); ++k) {
        SetKernelThreads(threads[k]);
        calls += AddOutputs(&one, data == Data::kSaturated, &hashes[k]) ? 1 : 0;
      }
    }
  }
  EXPECT_GT(calls, 0) << line;
  std::vector<uint64_t> values;
  for (const Hash& hash : hashes) values.push_back(hash.value());
  return values;
}

TEST(OperatorsGoldenTest, EveryNumberOfThreads) {
  std::string isa = "avx512";
  std::vector<int> threads = {1, 2, 8};
  for (const std::string& argument : testing::internal::GetArgvs()) {
    if (argument.rfind("--isa=", 0) == 0) isa = argument.substr(6);
    if (argument == "--threads=2") threads = {2};
  }
  // Without an option the widest one there is.
  const bool any = UseIsa(isa) || UseIsa("avx2") || UseIsa("plain");
  ASSERT_TRUE(any);
  Golden golden("kernels/oracle/operators_golden.tsv");
  std::ifstream file("kernels/oracle/golden_cases.txt");
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line[0] == '#') continue;
    const std::vector<uint64_t> hashes = HashesOf(line, threads);
    for (size_t k = 0; k < hashes.size(); ++k) {
      golden.Expect(line, isa + ", threads " + std::to_string(threads[k]),
                    hashes[k]);
    }
  }
  golden.ExpectNoOthers();
}

}  // namespace
}  // namespace npuemu::kernels
