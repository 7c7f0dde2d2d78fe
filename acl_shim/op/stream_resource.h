// File: stream_resource.h
// What the single-op layer keeps per stream (R139, R137, semantics.md 9.1):
// the workspace allocator, the staging buffer of host inputs and one op object
// per model. All of it is plain data, changed in the micro-steps of launch.cc.
//
// Thread safety: used inside a Call, under the node's lock.

#ifndef ACL_SHIM_OP_STREAM_RESOURCE_H_
#define ACL_SHIM_OP_STREAM_RESOURCE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

struct OpPlan;

// A block of workspace; it stays with the stream when it is given back.
struct WorkspaceBlock {
  uint64_t address = 0;
  uint64_t bytes = 0;
  uint64_t allocation = 0;  // id of it: tells our block from a later one
  bool in_use = false;
};

// The op object P of semantics.md 9.1: one per model and stream.
struct OpObject {
  WorkspaceBlock* mem = nullptr;  // P.mem: from S2 to S10
  uint64_t base = 0;              // P.base: workspace the argument table holds
  std::vector<uint64_t> args;     // P.args: inputs, then outputs
  // Of a static model without storage shapes, where it is the same each time;
  // else null.
  std::shared_ptr<const OpPlan> plan;
};

// Bytes of the one staging buffer, and what a host input is padded to (R137).
constexpr uint64_t kStageBytes = 1 << 20;
constexpr uint64_t kStagePadding = 512;

class StreamResource {
 public:
  explicit StreamResource(int device) : device_(device) {}

  // The smallest free block of at least `bytes`, the one given back last
  // among equals, or new memory. Errors: kRtMemoryAllocation.
  absl::StatusOr<WorkspaceBlock*> Take(Node& node, uint64_t bytes);
  void Give(WorkspaceBlock* block) { block->in_use = false; }

  // The staging buffer's address; allocated at first use.
  absl::StatusOr<uint64_t> Stage(Node& node);

  const std::shared_ptr<OpObject>& ObjectOf(uint64_t model_id);

  // Frees blocks and staging buffer, if the memory is still ours: a device
  // reset may have freed it before.
  void Free(Node& node);

 private:
  absl::StatusOr<WorkspaceBlock> Allocate(Node& node, uint64_t bytes);

  const int device_;
  std::vector<std::unique_ptr<WorkspaceBlock>> blocks_;
  WorkspaceBlock stage_;
  std::map<uint64_t, std::shared_ptr<OpObject>> objects_;  // by model id
};

// The resource of a stream, made at its first single-op launch. Those of
// destroyed streams are freed then.
StreamResource& ResourceOf(Node& node, const std::shared_ptr<Stream>& stream);

// Frees what destroyed streams left.
void FreeResourcesOfDestroyedStreams(Node& node);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_STREAM_RESOURCE_H_
