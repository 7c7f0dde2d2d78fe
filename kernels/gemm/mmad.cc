#include "kernels/gemm/mmad.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <new>

#include "kernels/gemm/micro_kernel.h"
#include "kernels/numeric/element.h"

namespace npuemu::kernels {
namespace {

using internal::kMaxPanels;
using internal::MicroKernels;

// Steps of K whose f64 panels stay in the first-level cache; a multiple of
// every group, so that a cut falls where the accumulator is an f32 anyway.
constexpr int64_t kDepth = 128;

constexpr std::align_val_t kLine{64};

struct LineDelete {
  void operator()(double* p) const { ::operator delete[](p, kLine); }
};
using Buffer = std::unique_ptr<double[], LineDelete>;

Buffer NewBuffer(int64_t count) {
  return Buffer(new (kLine) double[static_cast<size_t>(count)]);
}

MmadIsa BestIsa() {
  for (MmadIsa isa : {MmadIsa::kAvx512, MmadIsa::kAvx2}) {
    if (IsAvailable(isa)) return isa;
  }
  return MmadIsa::kPlain;
}

std::atomic<MmadIsa>& IsaInUse() {
  static std::atomic<MmadIsa> isa{BestIsa()};
  return isa;
}

const MicroKernels& Kernels() {
  switch (CurrentMmadIsa()) {
    case MmadIsa::kAvx512:
      return internal::kAvx512Kernels;
    case MmadIsa::kAvx2:
      return internal::kAvx2Kernels;
    case MmadIsa::kPlain:
      break;
  }
  return internal::kPlainKernels;
}

// Copies `depth` steps from step k0 of `panels` packed panels to f64.
void WidenPanels(const MicroKernels& kernels, const float* packed, int64_t k,
                 int64_t k0, int64_t depth, int64_t panels, double* to) {
  for (int64_t p = 0; p < panels; ++p) {
    kernels.widen(packed + (p * k + k0) * kPanelRows,
                  to + p * depth * kPanelRows, depth * kPanelRows);
  }
}

void CanonicalizeNans(int64_t rows, int64_t columns, float* acc, int64_t ld) {
  constexpr int64_t kBlock = 8;  // a constant count, for the compiler
  for (int64_t i = 0; i < rows; ++i) {
    float* row = acc + i * ld;
    int64_t j = 0;
    for (; j + kBlock <= columns; j += kBlock) {
      for (int64_t k = j; k < j + kBlock; ++k) row[k] = CanonicalNan(row[k]);
    }
    for (; j < columns; ++j) row[j] = CanonicalNan(row[j]);
  }
}

}  // namespace

bool IsAvailable(MmadIsa isa) {
  switch (isa) {
    case MmadIsa::kAvx512:
      // The integer loop of this version is the AVX2 one.
      return __builtin_cpu_supports("avx512f") &&
             __builtin_cpu_supports("avx2");
    case MmadIsa::kAvx2:
      return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    case MmadIsa::kPlain:
      return true;
  }
  return false;
}

MmadIsa CurrentMmadIsa() { return IsaInUse().load(std::memory_order_relaxed); }

bool SetMmadIsa(MmadIsa isa) {
  if (!IsAvailable(isa)) return false;
  IsaInUse().store(isa, std::memory_order_relaxed);
  return true;
}

void MmadFloat(const MmadProblem& problem, const MmadTile& tile, float* acc,
               int64_t ld) {
  const MicroKernels& kernels = Kernels();
  const int64_t k = problem.k;
  const int64_t a_panels = PanelCount(tile.m1 - tile.m0);
  const int64_t b_panels = PanelCount(tile.n1 - tile.n0);
  if (k == 0 || a_panels == 0 || b_panels == 0) return;
  // m0 and n0 begin panels: panel m0 / 8 starts at element m0 * k.
  const auto* a32 = reinterpret_cast<const float*>(problem.a) + tile.m0 * k;
  const auto* b32 = reinterpret_cast<const float*>(problem.b) + tile.n0 * k;
  const int64_t most = std::min(k, kDepth) * kPanelRows;
  const Buffer a64 = NewBuffer(a_panels * most);
  const Buffer b64 = NewBuffer(b_panels * most);
  internal::FloatBlock block{};
  block.group = RuleOf(problem.kind).group;
  block.saturate = problem.saturate;
  block.ldc = ld;
  for (int64_t k0 = 0; k0 < k; k0 += kDepth) {
    block.k = std::min(k - k0, kDepth);
    block.b_stride = block.k * kPanelRows;
    WidenPanels(kernels, a32, k, k0, block.k, a_panels, a64.get());
    WidenPanels(kernels, b32, k, k0, block.k, b_panels, b64.get());
    for (int64_t q = 0; q < b_panels; q += kMaxPanels) {
      block.b = b64.get() + q * block.b_stride;
      block.panels =
          static_cast<int>(std::min<int64_t>(kMaxPanels, b_panels - q));
      for (int64_t p = 0; p < a_panels; ++p) {
        block.a = a64.get() + p * block.b_stride;
        block.c = acc + (p * ld + q) * kPanelRows;
        kernels.run_float(block);
      }
    }
  }
  CanonicalizeNans(tile.m1 - tile.m0, tile.n1 - tile.n0, acc, ld);
}

void MmadInt(const MmadProblem& problem, const MmadTile& tile, int32_t* acc,
             int64_t ld) {
  const MicroKernels& kernels = Kernels();
  const int64_t a_panels = PanelCount(tile.m1 - tile.m0);
  const int64_t b_panels = PanelCount(tile.n1 - tile.n0);
  internal::IntBlock block{};
  block.pairs = (problem.k + 1) / 2;
  block.group = RuleOf(problem.kind).group / 2;
  block.ldc = ld;
  // Elements of a panel, and of the panels before the tile.
  const int64_t panel = block.pairs * 2 * kPanelRows;
  const auto* a = reinterpret_cast<const int16_t*>(problem.a) +
                  tile.m0 / kPanelRows * panel;
  const auto* b = reinterpret_cast<const int16_t*>(problem.b) +
                  tile.n0 / kPanelRows * panel;
  for (int64_t q = 0; q < b_panels; ++q) {
    block.b = b + q * panel;
    for (int64_t p = 0; p < a_panels; ++p) {
      block.a = a + p * panel;
      block.c = acc + (p * ld + q) * kPanelRows;
      kernels.run_int(block);
    }
  }
}

}  // namespace npuemu::kernels
