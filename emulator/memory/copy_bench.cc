// CopyBytes beside glibc's memcpy in one run: compare rows of equal size.
//   bazel run -c opt //emulator/memory:copy_bench

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>

#include "emulator/memory/copy.h"
#include "emulator/memory/host_memory.h"

namespace npuemu {
namespace {

// Huge pages, as device memory and pinned memory have them, touched once.
class Buffers {
 public:
  explicit Buffers(size_t n)
      : src(host_.Allocate(n).value()), dst(host_.Allocate(n).value()) {
    std::memset(src, 1, n);
    std::memset(dst, 2, n);
  }

 private:
  HostMemory host_;

 public:
  void* const src;
  void* const dst;
};

template <typename Move>
void Run(benchmark::State& state, Move move) {
  const size_t n = static_cast<size_t>(state.range(0));
  Buffers buffers(n);
  for (auto _ : state) {
    move(buffers, n);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(n) * state.iterations());
}

void BM_GlibcMemcpy(benchmark::State& state) {
  Run(state, [](Buffers& b, size_t n) { std::memcpy(b.dst, b.src, n); });
}
void BM_CopyBytes(benchmark::State& state) {
  Run(state, [](Buffers& b, size_t n) { CopyBytes(b.dst, b.src, n); });
}
void BM_StreamAvx2(benchmark::State& state) {
  if (!IsSupported(CopyIsa::kAvx2)) return state.SkipWithError("no AVX2");
  Run(state, [](Buffers& b, size_t n) {
    StreamCopyForTest(CopyIsa::kAvx2, b.dst, b.src, n);
  });
}
void BM_StreamAvx512(benchmark::State& state) {
  if (!IsSupported(CopyIsa::kAvx512)) return state.SkipWithError("no AVX-512");
  Run(state, [](Buffers& b, size_t n) {
    StreamCopyForTest(CopyIsa::kAvx512, b.dst, b.src, n);
  });
}
void BM_GlibcMemset(benchmark::State& state) {
  Run(state, [](Buffers& b, size_t n) { std::memset(b.dst, 7, n); });
}
void BM_FillBytes(benchmark::State& state) {
  Run(state, [](Buffers& b, size_t n) { FillBytes(b.dst, 7, n); });
}

#define SIZES         \
  Arg(64 << 10)       \
      ->Arg(1 << 20)  \
      ->Arg(2 << 20)  \
      ->Arg(4 << 20)  \
      ->Arg(8 << 20)  \
      ->Arg(16 << 20) \
      ->Arg(32 << 20) \
      ->Arg(64 << 20) \
      ->Arg(256 << 20)
BENCHMARK(BM_GlibcMemcpy)->SIZES;
BENCHMARK(BM_CopyBytes)->SIZES;
BENCHMARK(BM_StreamAvx2)->SIZES;
BENCHMARK(BM_StreamAvx512)->SIZES;
BENCHMARK(BM_GlibcMemset)->SIZES;
BENCHMARK(BM_FillBytes)->SIZES;

}  // namespace
}  // namespace npuemu

BENCHMARK_MAIN();
