// File: op_blocks.h
// An operator's launch in blocks over simulated AI cores: each reads its tile
// and computes when its copy in comes, and writes it when its copy out comes
// (design 1.3). Used for races only: slower than a whole run, same bytes where
// nobody interferes.
//
// A phase of the kernel takes an equal part of the time after the kernel's
// start; its blocks go to the cores in turn, as many at a time as there are
// cores. Which bytes a block writes is found by running it: it computes into
// two private copies of the outputs with opposite bytes, and what comes out
// equal was written. In a workspace, which kernels also read, it is what
// changed.
//
// Thread safety: none; steps run one after the other.

#ifndef ACL_SHIM_CORE_OP_BLOCKS_H_
#define ACL_SHIM_CORE_OP_BLOCKS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "acl_shim/core/enqueue_op.h"
#include "emulator/base/sim_time.h"
#include "emulator/task/task_body.h"
#include "kernels/op/op_def.h"

namespace npuemu::shim {

// How many blocks a task makes of `items` that move `bytes`: its cores get a
// tile each, if there are enough.
uint64_t CountBlocks(uint64_t bytes, uint32_t cores, int64_t items);

// A block: what it reads, then what it writes.
struct Block {
  absl::AnyInvocable<Fault()> in;
  absl::AnyInvocable<Fault()> out;
};

// Appends blocks of a task that is at work from `from` to `until`, in waves of
// plan->cores: `in` at a wave's begin, `out` at its end.
void AddWaves(std::vector<Block> blocks, SimDuration from, SimDuration until,
              BlockPlan* plan);

// Fills plan->steps. The operands' memory must stay until they have run.
void DescribeBlocks(std::shared_ptr<const PreparedOp> op,
                    const kernels::Operands& operands, BlockPlan* plan);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_OP_BLOCKS_H_
