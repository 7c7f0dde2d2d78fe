// File: parallel.h
// Runs a call on many threads; the only oneTBB user of kernels/.

#ifndef KERNELS_OP_PARALLEL_H_
#define KERNELS_OP_PARALLEL_H_

#include "kernels/op/op_def.h"

namespace npuemu::kernels {

// As RunSerially, with the items of each phase split over the threads of the
// project's own arena, isolated from the host program's tasks. Small calls
// (under about 2 us of work) run on the calling thread. Never call it with a
// lock held that another thread's item could want. Thread-safe.
OpStatus RunParallel(const OpCall& call, const Operands& operands);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_PARALLEL_H_
