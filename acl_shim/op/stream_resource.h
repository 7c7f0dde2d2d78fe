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

#include "absl/container/inlined_vector.h"
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

// P.mem, P.base and P.args of semantics.md 9.1. The real runtime keeps them in
// the op object, where threads on one stream mix them up (R144-R147); here
// every launch has its own, and the hazard is not modelled yet.
struct LaunchState {
  std::shared_ptr<WorkspaceBlock> mem;    // from S2 to S10
  uint64_t base = 0;                      // workspace of the argument table
  absl::InlinedVector<uint64_t, 8> args;  // inputs, then outputs
};

// The op object P: one per model and stream.
struct OpObject {
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

  // The smallest free block of at least `bytes`, the oldest among equals, or
  // new memory. It is given back by in_use = false. Errors:
  // kRtMemoryAllocation.
  absl::StatusOr<std::shared_ptr<WorkspaceBlock>> Take(Node& node,
                                                       uint64_t bytes);

  // The staging buffer's address; allocated at first use.
  absl::StatusOr<uint64_t> Stage(Node& node);

  const std::shared_ptr<OpObject>& ObjectOf(uint64_t model_id);

  // Frees blocks and staging buffer, if the memory is still ours: a device
  // reset may have freed it before.
  void Free(Node& node);

 private:
  absl::StatusOr<WorkspaceBlock> Allocate(Node& node, uint64_t bytes);

  const int device_;
  std::vector<std::shared_ptr<WorkspaceBlock>> blocks_;
  WorkspaceBlock stage_;
  std::map<uint64_t, std::shared_ptr<OpObject>> objects_;  // by model id
};

// The resource of a stream, made at its first single-op launch. Those of
// destroyed streams are freed then. Shared, because a launch that waits for
// room in the queue lets go of the node's lock.
std::shared_ptr<StreamResource> ResourceOf(
    Node& node, const std::shared_ptr<Stream>& stream);

// Frees what destroyed streams left.
void FreeResourcesOfDestroyedStreams(Node& node);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_STREAM_RESOURCE_H_
