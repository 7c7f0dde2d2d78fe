// Makes testdata/iris/probabilities.f16: what the demo must compute, by the
// slow reference, which shares no code with the kernels.
//   golden IRIS_DIR > probabilities.f16

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/gemm/reference_mmad.h"
#include "kernels/testing/reference.h"

namespace {

constexpr size_t kRows = 150;
constexpr size_t kFeatures = 4;
constexpr size_t kClasses = 3;

std::vector<uint16_t> ReadTable(const std::string& path, size_t rows,
                                size_t columns) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);  // header
  std::vector<uint16_t> values;
  for (size_t row = 0; row < rows && std::getline(file, line); ++row) {
    std::stringstream fields(line);
    for (size_t column = 0; column < columns; ++column) {
      std::string field;
      std::getline(fields, field, ',');
      values.push_back(npuemu::kernels::ReferenceEncodeF16(
          static_cast<double>(std::stof(field)), /*saturate=*/false));
    }
  }
  return values;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: golden IRIS_DIR > probabilities.f16\n";
    return 64;
  }
  const std::string folder = argv[1];
  const auto x = ReadTable(folder + "/iris.csv", kRows, kFeatures);
  const auto table = ReadTable(folder + "/weights.csv", kFeatures + 1,
                               kClasses);
  const size_t weights = kFeatures * kClasses;
  if (x.size() != kRows * kFeatures || table.size() != weights + kClasses) {
    std::cerr << "golden: " << folder << " has no complete tables\n";
    return 66;
  }
  const std::vector<uint16_t> w(table.begin(), table.begin() + weights);
  std::vector<uint16_t> bias;
  for (size_t row = 0; row < kRows; ++row) {
    bias.insert(bias.end(), table.begin() + weights, table.end());
  }
  using namespace npuemu;  // NOLINT: a program of one page
  const auto product =
      kernels::ReferenceMatMulF16(kRows, kClasses, kFeatures, x.data(),
                                  w.data());
  const auto logits = reference::ReluF16(reference::AddF16(product, bias));
  const auto result = reference::SoftmaxF16(logits, kClasses);
  std::fwrite(result.data(), sizeof(uint16_t), result.size(), stdout);
  return 0;
}
