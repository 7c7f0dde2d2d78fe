// File: cost.h
// Cycles of vector instructions: the a and b of arithmetic.md 6.3. Pure.

#ifndef KERNELS_OP_COST_H_
#define KERNELS_OP_COST_H_

#include <cstdint>

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// `a` cycles a repeat of 256 bytes, `b` to start.
struct Instruction {
  int a;
  int b;
};

inline constexpr Instruction kVadd{2, 24};  // and vsub, vmax, vmin
inline constexpr Instruction kVmul{2, 25};
inline constexpr Instruction kVadds{1, 31};
inline constexpr Instruction kVmuls{1, 26};
inline constexpr Instruction kVrelu{1, 23};  // and vmaxs
inline constexpr Instruction kVabs{1, 29};
inline constexpr Instruction kVdup{1, 24};
inline constexpr Instruction kVdiv{4, 30};
inline constexpr Instruction kVexp{2, 31};
inline constexpr Instruction kVln{2, 33};
inline constexpr Instruction kVsqrt{2, 39};
inline constexpr Instruction kVrsqrt{1, 24};  // and vrec
inline constexpr Instruction kVor{2, 20};     // and vand
inline constexpr Instruction kVcadd{7, 46};   // and vcmax
inline constexpr Instruction kVconv{2, 32};
inline constexpr Instruction kVsel{2, 27};
inline constexpr Instruction kVcmp{2, 36};

// One instruction starts at most 255 repeats.
inline uint64_t VectorCycles(Instruction step, int64_t bytes) {
  if (bytes <= 0) return 0;
  const auto repeats = (static_cast<uint64_t>(bytes) + 255) / 256;
  const uint64_t starts = (repeats + 254) / 255;
  return repeats * static_cast<uint64_t>(step.a) +
         starts * static_cast<uint64_t>(step.b);
}

// Bytes of all operands, as if each were moved once.
inline Work MoveWork(const OpCall& call) {
  Work work;
  for (const TensorSpec& x : call.inputs) work.bytes_read += x.bytes();
  for (const TensorSpec& y : call.outputs) work.bytes_written += y.bytes();
  return work;
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_COST_H_
