// File: peers.h
// What the kernels are measured beside. A peer that this machine does not have
// is an empty function. Compiled for AVX2 where a peer would be.

#ifndef TOOLS_BENCH_PEERS_H_
#define TOOLS_BENCH_PEERS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/numeric/data_type.h"

namespace npuemu::peers {

using Bytes = std::vector<std::byte>;

// Elements between 1 and 2 in size, some negative.
Bytes Values(kernels::DataType type, int64_t count);
Bytes Zeros(size_t bytes);

// "Intel(R) Xeon(R) Processor".
std::string Machine();

// n x n x n; OpenBLAS, and the core that it chose.
std::function<void()> Sgemm(int64_t n, int threads);
std::string BlasCore();

// y = a + b over so many floats.
std::function<void()> AddFloats(int64_t count);
std::function<void()> Copy(int64_t bytes);
// libmvec's expf, 16 (AVX-512) or 8 (AVX2) at a time.
std::function<void()> VectorExp(int64_t count, bool avx512);
// exp(x - max) / sum over each row, by Eigen.
std::function<void()> Softmax(int64_t rows, int64_t columns);

}  // namespace npuemu::peers

#endif  // TOOLS_BENCH_PEERS_H_
