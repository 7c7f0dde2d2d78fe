#include "kernels/gemm/mmad.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <functional>
#include <memory>
#include <new>
#include <numeric>

#include "kernels/gemm/micro_kernel.h"
#include "kernels/numeric/element.h"
#include "kernels/numeric/isa.h"

namespace npuemu::kernels {
namespace {

using internal::kMaxIntPanels;
using internal::kMaxPanels;
using internal::Magnitudes;
using internal::MicroKernels;
using internal::Rounding;

// Steps of K whose panels stay in the first-level cache; a multiple of every
// group, so that a cut falls where the accumulator is an f32 anyway.
constexpr int64_t kDepth = 112;
constexpr int64_t kIntDepth = 384;

constexpr std::align_val_t kLine{64};

struct LineDelete {
  void operator()(double* p) const { ::operator delete[](p, kLine); }
};
using Buffer = std::unique_ptr<double[], LineDelete>;

Buffer NewBuffer(int64_t count) {
  return Buffer(new (kLine) double[static_cast<size_t>(count)]);
}

MmadIsa BestIsa() {
  if (IsAvailable(MmadIsa::kAvx512)) {
    return __builtin_cpu_is("amd") ? MmadIsa::kAvx512Adders : MmadIsa::kAvx512;
  }
  if (IsAvailable(MmadIsa::kAvx2)) return MmadIsa::kAvx2;
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
    case MmadIsa::kAvx512Adders:
      return internal::kAvx512AddersKernels;
    case MmadIsa::kAvx2:
      return internal::kAvx2Kernels;
    case MmadIsa::kPlain:
      break;
  }
  return internal::kPlainKernels;
}

// Copies `depth` steps from step k0 of `panels` packed panels to f64.
Magnitudes WidenPanels(const MicroKernels& kernels, const float* packed,
                       int64_t k, int64_t k0, int64_t depth, int64_t panels,
                       double* to) {
  Magnitudes seen;
  for (int64_t p = 0; p < panels; ++p) {
    kernels.widen(packed + (p * k + k0) * kPanelRows,
                  to + p * depth * kPanelRows, depth * kPanelRows, &seen);
  }
  return seen;
}

// Asks for memory that is read soon: panels are too short for the processor to
// see it by itself.
template <typename T>
void Prefetch(const T* from, int64_t count) {
  for (int64_t i = 0; i < count; i += 64 / sizeof(T)) {
    __builtin_prefetch(from + i, /*rw=*/0, /*locality=*/2);
  }
}

// Whether a group's sum can be rounded without a look at the limits of f32: it
// is a multiple of 2^-149, so that a subnormal is exact; it is far below 2^128;
// it is no -0 and no NaN. 24 bits of it are then what f32 holds.
class Tameness {
 public:
  // c0 is rows x columns of acc.
  Tameness(const float* acc, int64_t ld, int64_t rows, int64_t columns) {
    uint32_t most = 0;
    for (int64_t i = 0; i < rows; ++i) {
      most = std::max(most, MostOfRow(acc + i * ld, columns));
    }
    bound_ = std::bit_cast<float>(most);
  }

  // Continues with k products of values of a and b. Once false, always false.
  bool Takes(const Magnitudes& a, const Magnitudes& b, int64_t k) {
    const double most = std::bit_cast<float>(a.most);
    bound_ += most * std::bit_cast<float>(b.most) * static_cast<double>(k);
    if (a.most >= kInfinity || b.most >= kInfinity) bound_ = INFINITY;
    if (Quantum(a) + Quantum(b) < kLeastQuantum) bound_ = INFINITY;
    return bound_ < 0x1p126;
  }

 private:
  static constexpr uint32_t kMinusZero = 0x80000000;
  static constexpr uint32_t kInfinity = 0x7f800000;
  static constexpr int kLeastQuantum = -149;

  // The greatest magnitude; -0 counts as infinity. Rows of zeros are common.
  static uint32_t MostOfRow(const float* row, int64_t columns) {
    uint32_t any = 0;
    for (int64_t j = 0; j < columns; ++j) {
      any |= std::bit_cast<uint32_t>(row[j]);
    }
    if (any == 0) return 0;
    uint32_t most = 0;
    for (int64_t j = 0; j < columns; ++j) {
      const auto bits = std::bit_cast<uint32_t>(row[j]);
      const bool minus_zero = bits == kMinusZero;
      most = std::max(most, minus_zero ? kInfinity : bits & ~kMinusZero);
    }
    return most;
  }

  // All values are multiples of 2 to this power. No value but 0: it is large.
  static int Quantum(const Magnitudes& x) {
    const uint32_t least = x.least_below + 1;
    if (least == 0) return 0;
    return static_cast<int>(std::max(least >> 23, 1u)) - 127 - 23;
  }

  double bound_ = 0;  // of the magnitude of any sum so far
};

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

// Of one product of packed integers: offsets lie in [-255, 255].
constexpr int64_t kMostProduct = (128 + 255) * (128 + 255);

// No accumulator has a greater magnitude; at most twice the greatest of them.
int64_t BoundOf(const int32_t* acc, int64_t ld, int64_t rows, int64_t columns) {
  constexpr int64_t kBlock = 8;  // a constant count, for the compiler
  int32_t any[kBlock] = {};      // bits that differ from those of the sign
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t* row = acc + i * ld;
    int64_t j = 0;
    for (; j + kBlock <= columns; j += kBlock) {
      for (int64_t k = 0; k < kBlock; ++k) {
        any[k] |= row[j + k] ^ (row[j + k] >> 31);
      }
    }
    for (; j < columns; ++j) any[0] |= row[j] ^ (row[j] >> 31);
  }
  return std::accumulate(any, any + kBlock, 0, std::bit_or<>()) + int64_t{1};
}

}  // namespace

bool IsAvailable(MmadIsa isa) {
  switch (isa) {
    case MmadIsa::kAvx512:
    case MmadIsa::kAvx512Adders:
      return Has(Isa::kAvx512);
    case MmadIsa::kAvx2:
      return Has(Isa::kAvx2);
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
  const Buffer b64 = NewBuffer(kMaxPanels * most);
  const Rounding exact =
      problem.saturate ? Rounding::kSaturate : Rounding::kInfNan;
  bool all_tame = true;
  Tameness tameness(acc, ld, tile.m1 - tile.m0, tile.n1 - tile.n0);
  internal::FloatBlock block{};
  block.group = RuleOf(problem.kind).group;
  block.b = b64.get();
  block.ldc = ld;
  for (int64_t k0 = 0; k0 < k; k0 += kDepth) {
    block.k = std::min(k - k0, kDepth);
    block.b_stride = block.k * kPanelRows;
    const Magnitudes a =
        WidenPanels(kernels, a32, k, k0, block.k, a_panels, a64.get());
    for (int64_t q = 0; q < b_panels; q += kMaxPanels) {
      block.panels =
          static_cast<int>(std::min<int64_t>(kMaxPanels, b_panels - q));
      const Magnitudes b = WidenPanels(kernels, b32 + q * k * kPanelRows, k, k0,
                                       block.k, block.panels, b64.get());
      const bool tame = kernels.uses_tame && tameness.Takes(a, b, block.k);
      block.rounding = tame ? Rounding::kTame : exact;
      all_tame = all_tame && tame;
      for (int64_t p = 0; p < a_panels; ++p) {
        block.a = a64.get() + p * block.b_stride;
        block.c = acc + (p * ld + q) * kPanelRows;
        if (q + kMaxPanels + p < b_panels && p < kMaxPanels) {  // B's next
          Prefetch(b32 + ((q + kMaxPanels + p) * k + k0) * kPanelRows,
                   block.k * kPanelRows);
        } else if (q == 0 && k0 + block.k < k) {  // A's next steps
          Prefetch(a32 + (p * k + k0 + block.k) * kPanelRows,
                   std::min(k - k0 - block.k, kDepth) * kPanelRows);
        }
        kernels.run_float(block);
      }
    }
  }
  if (all_tame) return;
  CanonicalizeNans(tile.m1 - tile.m0, tile.n1 - tile.n0, acc, ld);
}

void MmadInt(const MmadProblem& problem, const MmadTile& tile, int32_t* acc,
             int64_t ld) {
  const MicroKernels& kernels = Kernels();
  const int64_t a_panels = PanelCount(tile.m1 - tile.m0);
  const int64_t b_panels = PanelCount(tile.n1 - tile.n0);
  const int64_t all_pairs = (problem.k + 1) / 2;
  internal::IntBlock block{};
  block.group = RuleOf(problem.kind).group / 2;
  block.ldc = ld;
  // Elements of a panel, and of the panels before the tile.
  const int64_t panel = all_pairs * 2 * kPanelRows;
  block.b_stride = panel;
  const auto* a = reinterpret_cast<const int16_t*>(problem.a) +
                  tile.m0 / kPanelRows * panel;
  const auto* b = reinterpret_cast<const int16_t*>(problem.b) +
                  tile.n0 / kPanelRows * panel;
  int64_t bound = BoundOf(acc, ld, tile.m1 - tile.m0, tile.n1 - tile.n0);
  for (int64_t pair = 0; pair < all_pairs; pair += kIntDepth / 2) {
    block.pairs = std::min(all_pairs - pair, kIntDepth / 2);
    bound += block.pairs * 2 * kMostProduct;
    block.tame = bound <= INT32_MAX;
    for (int64_t q = 0; q < b_panels; q += kMaxIntPanels) {
      block.b = b + q * panel + pair * 2 * kPanelRows;
      block.panels =
          static_cast<int>(std::min<int64_t>(kMaxIntPanels, b_panels - q));
      for (int64_t p = 0; p < a_panels; ++p) {
        block.a = a + p * panel + pair * 2 * kPanelRows;
        block.c = acc + (p * ld + q) * kPanelRows;
        if (q + kMaxIntPanels + p < b_panels && p < kMaxIntPanels) {
          Prefetch(block.b + (kMaxIntPanels + p) * panel,
                   block.pairs * 2 * kPanelRows);
        } else if (q == 0 && pair + block.pairs < all_pairs) {
          Prefetch(block.a + block.pairs * 2 * kPanelRows,
                   std::min(all_pairs - pair - block.pairs, kIntDepth / 2) * 2 *
                       kPanelRows);
        }
        kernels.run_int(block);
      }
    }
  }
}

}  // namespace npuemu::kernels
