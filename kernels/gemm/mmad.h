// File: mmad.h
// Mmad (arithmetic 7.4) over tiles of packed operands: for each output element
//   float:   acc = f32 c0; per group of G along K ascending:
//            d = f64(acc); d = RN_f64(d + a*b) for each k; acc = RN_f32(d)
//   integer: acc = s32 c0; per group: acc = clamp_s32(acc + exact sum)
// with c0 the value the accumulator holds (0, the bias, L0C). A result depends
// on its row, its column and c0 only, not on the tile or the instruction set.
// The calling thread has the default float environment (float_env.h).

#ifndef KERNELS_GEMM_MMAD_H_
#define KERNELS_GEMM_MMAD_H_

#include <cstddef>
#include <cstdint>

#include "kernels/gemm/mmad_rule.h"
#include "kernels/gemm/pack.h"

namespace npuemu::kernels {

// Two operands written by PackPanels with the same kind.
struct MmadProblem {
  MmadKind kind;
  bool saturate;  // SAT, CTRL[48] == 0; float kinds only
  int64_t k;
  const std::byte* a;  // panel 0
  const std::byte* b;
};

// Rows [m0, m1) of A by columns [n0, n1) of B. m0 and n0 are multiples of
// kPanelRows; m1 and n1 are too, or are the extents of the operands.
struct MmadTile {
  int64_t m0;
  int64_t m1;
  int64_t n0;
  int64_t n1;
};

// A good extent for tiles: the f64 form of its rows of A and its accumulators
// fit in L2, and tiles are many enough for several threads.
inline constexpr int64_t kMmadTile = 192;

// Continues the accumulators of a tile over the full K. acc is row-major with
// row stride ld; it has room for whole panels: (m1 - m0) rounded up to
// kPanelRows rows, and ld >= (n1 - n0) rounded up. What the fill holds is
// initialised by the caller and unspecified afterwards. SAT clamps after each
// group; a result that is NaN is 0x7FC00000; k == 0 leaves acc as it is.
// Thread-safe.
void MmadFloat(const MmadProblem& problem, const MmadTile& tile, float* acc,
               int64_t ld);
void MmadInt(const MmadProblem& problem, const MmadTile& tile, int32_t* acc,
             int64_t ld);

// The versions of the inner loops; all give the same bits. Integers need VNNI
// for a loop of their own on kAvx512. kAvx512Adders is for processors whose
// additions leave the multipliers free.
enum class MmadIsa { kPlain, kAvx2, kAvx512, kAvx512Adders };

bool IsAvailable(MmadIsa isa);

// The version in use: the best one available, or what SetMmadIsa chose.
MmadIsa CurrentMmadIsa();

// For tests and benchmarks; false and no effect if not available.
bool SetMmadIsa(MmadIsa isa);

}  // namespace npuemu::kernels

#endif  // KERNELS_GEMM_MMAD_H_
