// File: isa.h
// Which vector instructions the blocks of this folder and of op/ use: the
// widest that the processor has, with equal bits in all versions; tests compare
// these with each other, so they can say less. Mmad and half arithmetic have
// switches of their own (SetMmadIsa, SetHalfVersion).

#ifndef KERNELS_NUMERIC_ISA_H_
#define KERNELS_NUMERIC_ISA_H_

namespace npuemu::kernels {

// kAvx2 comes with FMA and F16C, kAvx512 also with its F, BW, DQ and VL parts.
enum class Isa { kPlain, kAvx2, kAvx512 };

// Whether the processor and the system have these.
bool Has(Isa isa);

// For tests: nothing wider from now on; call it while no kernel runs.
void LimitIsa(Isa widest);

// Whether it has these and the limit, which is none at first, leaves them.
bool CanUse(Isa isa);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_ISA_H_
