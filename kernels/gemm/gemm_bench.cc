// GFLOP/s of Mmad on one thread for square f16 products, packing included, by
// instruction set: bazel run -c opt //kernels/gemm:gemm_bench

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kernels/gemm/mmad.h"
#include "kernels/gemm/pack.h"

namespace npuemu::kernels {
namespace {

void BM_Float16(benchmark::State& state) {
  const auto isa = static_cast<MmadIsa>(state.range(0));
  const int64_t n = state.range(1);
  const MmadIsa before = CurrentMmadIsa();
  if (!SetMmadIsa(isa)) {
    state.SkipWithError("not available on this processor");
    return;
  }
  // Normal numbers below 2: exponent field 01111, any fraction.
  std::vector<uint16_t> a(static_cast<size_t>(n * n));
  for (size_t i = 0; i < a.size(); ++i) {
    a[i] = static_cast<uint16_t>(0x3c00 | (i * 2654435761u >> 22));
  }
  const MmadKind kind = MmadKind::kFloat16;
  std::vector<std::byte> rows(PackedBytes(kind, n, n));
  std::vector<std::byte> columns(PackedBytes(kind, n, n));
  std::vector<float> acc(kMmadTile * kMmadTile);
  for (auto _ : state) {
    PackPanels(kind, {}, {a.data(), n, n, n, 1}, 0, PanelCount(n), rows.data());
    PackPanels(kind, {}, {a.data(), n, n, 1, n}, 0, PanelCount(n),
               columns.data());
    for (int64_t i = 0; i < n; i += kMmadTile) {
      for (int64_t j = 0; j < n; j += kMmadTile) {
        std::fill(acc.begin(), acc.end(), 0.0f);
        MmadFloat(
            {kind, false, n, rows.data(), columns.data()},
            {i, std::min(i + kMmadTile, n), j, std::min(j + kMmadTile, n)},
            acc.data(), kMmadTile);
        benchmark::DoNotOptimize(acc.data());
      }
    }
  }
  SetMmadIsa(before);
  const double flops = 2.0 * static_cast<double>(n) * static_cast<double>(n) *
                       static_cast<double>(n);
  state.counters["GFLOP/s"] = benchmark::Counter(
      flops * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
}
BENCHMARK(BM_Float16)
    ->ArgNames({"isa", "n"})
    ->ArgsProduct({{0, 1, 2, 3}, {512, 1024}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace npuemu::kernels

BENCHMARK_MAIN();
