// File: isa.h
// Which vector instructions the blocks of this folder and of op/ may use. They
// use the widest ones that the processor has, with equal bits in all versions;
// tests compare these with each other, so they can say less. Mmad and half
// arithmetic have switches of their own (SetMmadIsa, SetHalfVersion).

#ifndef KERNELS_NUMERIC_ISA_H_
#define KERNELS_NUMERIC_ISA_H_

namespace npuemu::kernels {

enum class Isa { kPlain, kAvx2, kAvx512 };

// For tests: nothing wider from now on; call it while no kernel runs.
void LimitIsa(Isa widest);

// Whether the limit, which is none at first, leaves these.
bool IsAllowed(Isa isa);

}  // namespace npuemu::kernels

#endif  // KERNELS_NUMERIC_ISA_H_
