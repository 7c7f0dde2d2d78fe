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

#include <memory>

#include "acl_shim/core/enqueue_op.h"
#include "emulator/task/task_body.h"
#include "kernels/op/op_def.h"

namespace npuemu::shim {

// Fills plan->steps. The operands' memory must stay until they have run.
void DescribeBlocks(std::shared_ptr<const PreparedOp> op,
                    const kernels::Operands& operands, BlockPlan* plan);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_OP_BLOCKS_H_
