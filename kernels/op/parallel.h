// File: parallel.h
// Runs a call on many threads; the only oneTBB user of kernels/.

#ifndef KERNELS_OP_PARALLEL_H_
#define KERNELS_OP_PARALLEL_H_

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// As RunSerially, with the items of each phase split over the threads of the
// project's own arena, isolated from the host program's tasks. Small calls
// (under about 16 us of work) run on the calling thread. Never call it with a
// lock held that another thread's item could want. If several items fail, the
// error is that of the first. Thread-safe.
OpStatus RunParallel(const OpCall& call, const Operands& operands);

// How many threads later calls may use, the calling one included; 0 (the
// start value) is all cores, also the most; 1 is RunSerially. The bytes that a
// call computes do not depend on it. Thread-safe.
void SetKernelThreads(int threads);

// `entered` is called on each oneTBB thread that begins to work here, again
// when it comes back, and `left` when it goes. Thread-safe; before the first
// call of RunParallel.
void SetWorkerHooks(void (*entered)(), void (*left)());

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_PARALLEL_H_
