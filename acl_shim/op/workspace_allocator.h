// File: workspace_allocator.h
// The caching allocator that the simulated runtime has per stream (R139, R144,
// R145): blocks with plain counts and free lists without a lock. Its steps can
// be interrupted where the real ones can, and then it goes wrong as they do: a
// block may be on a list twice, or be owned twice (I2, I4). All of it is
// modelled addresses and ids; nothing here is ever dereferenced.
//
// Thread safety: used inside a Call, under the node's lock, which the switch
// points let go of.

#ifndef ACL_SHIM_OP_WORKSPACE_ALLOCATOR_H_
#define ACL_SHIM_OP_WORKSPACE_ALLOCATOR_H_

#include <cstdint>
#include <map>
#include <vector>

#include "absl/status/statusor.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

// A block by its place in the allocator, from 1; 0 is the null pointer. A
// number is never given to another block.
using BlockId = uint32_t;

class WorkspaceAllocator {
 public:
  struct Block {
    uint64_t address = 0;
    uint64_t bytes = 0;       // rounded to 512 (R76)
    uint64_t allocation = 0;  // id of it: tells our memory from later one
    uint64_t count = 0;       // of users; plain
    BlockId next = 0;         // on its free list
    bool returned = false;    // to the driver; what P.mem says stays
  };

  WorkspaceAllocator(int device, int thread)
      : thread(thread), device_(device) {}

  // The smallest free block of at least `bytes`, the last freed among equals,
  // or new memory. Switch point S2.list between reading and writing the head
  // of the list. Where memory is short: Recover, see stream_resource.h.
  // Errors: kRtMemoryAllocation.
  absl::StatusOr<BlockId> Malloc(Call& call, uint64_t bytes);

  // MemBlock::free(): `if (count > 0 && --count == 0)` back to its list.
  // Switch points S10.count and S10.list.
  void Free(Call& call, BlockId id);

  const Block& block(BlockId id) const { return blocks_[id - 1]; }
  // P.mem ? P.mem->addr : 0.
  uint64_t AddressOf(BlockId id) const {
    return id == 0 ? 0 : block(id).address;
  }

  // Returns what is on the free lists to the driver, or all blocks.
  void ReturnCached(Node& node);
  void ReturnAll(Node& node);

  // New memory, not a block: the staging buffer.
  absl::StatusOr<Block> Reserve(Call& call, uint64_t bytes);
  void Return(Node& node, Block* block);

  // The blocks that Malloc would give for this size, one after the other; ends
  // at a block that comes twice.
  std::vector<BlockId> FreeList(uint64_t bytes) const;

  // Set by runtime-2 ops alone (M3a): recovery waits for this one.
  std::shared_ptr<Stream> stream;
  const int thread;  // that created it

 private:
  absl::StatusOr<uint64_t> Allocate(Call& call, uint64_t bytes);

  const int device_;
  std::vector<Block> blocks_;
  std::map<uint64_t, BlockId> heads_;  // by size; 0: empty
};

// A launch on the stream takes a workspace: from the allocator that the program
// registered for it, if any (R102; the bytes come from ours).
void NoteUserAllocator(Call& call, const Stream& stream);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_WORKSPACE_ALLOCATOR_H_
