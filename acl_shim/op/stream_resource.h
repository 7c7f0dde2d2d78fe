// File: stream_resource.h
// What the single-op layer of the simulated runtime keeps per stream (R139,
// R137, semantics.md 9): the workspace allocator, the staging buffer of host
// inputs, one op object per static model and one executor per dynamic one. All
// of it is plain data, shared by the threads of a stream as in the real one;
// launch.cc and dynamic_launch.cc change it step by step.
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
#include "acl_shim/op/model_store.h"
#include "acl_shim/op/workspace_allocator.h"
#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu::shim {

struct OpPlan;
struct CallFrame;
class StreamResource;

// A mutex of the simulated runtime: held across switch points and full queues.
class ModelMutex {
 public:
  // Waits until it is free. kRtStreamTaskFull where nothing will free it.
  absl::Status Lock(Call& call);
  void Unlock(Call& call);

 private:
  bool held_ = false;
};

// The op object P of semantics.md 9.1: one per static model and stream.
struct OpObject {
  OpObject(std::shared_ptr<const OpModel> model,
           std::weak_ptr<StreamResource> resource)
      : model(std::move(model)), resource(std::move(resource)) {}

  // "I11: ..." where the real runtime has deleted it; null while it lives.
  const char* Deleted() const;

  const std::shared_ptr<const OpModel> model;
  const std::weak_ptr<StreamResource> resource;
  BlockId mem = 0;                        // P.mem
  uint64_t base = 0;                      // P.base
  uint64_t workspace = 0;                 // of the argument table
  absl::InlinedVector<uint64_t, 8> args;  // of it: inputs, then outputs
  bool erased = false;  // its stream resource was (DESTROY_PRE)
  // Of a model without storage shapes, where it is the same each time.
  std::shared_ptr<const OpPlan> plan;
};

// The executor E of semantics.md 9.1: one per dynamic model and stream, without
// a lock. `in` and `out` point into the stack frames of calls.
struct DynamicExecutor {
  std::shared_ptr<CallFrame> in;
  std::shared_ptr<CallFrame> out;
  std::shared_ptr<Stream> stream;
  std::shared_ptr<const OpPlan> tiling;  // of the node that runs
  BlockId mem = 0;                       // its workspace
  bool erased = false;
};

// Bytes of the one staging buffer, and what a host input is padded to (R137).
constexpr uint64_t kStageBytes = 1 << 20;
constexpr uint64_t kStagePadding = 512;

class StreamResource : public std::enable_shared_from_this<StreamResource> {
 public:
  StreamResource(int stream_id, int device, int thread)
      : allocator(device, thread), stream(stream_id) {}

  // The staging buffer's address; allocated at first use.
  absl::StatusOr<uint64_t> Stage(Call& call);

  const std::shared_ptr<OpObject>& ObjectOf(
      const std::shared_ptr<const OpModel>& model);
  const std::shared_ptr<DynamicExecutor>& ExecutorOf(uint64_t model_id);

  // DESTROY_PRE: objects are deleted, memory goes back to the driver although
  // queued tasks may use it (R150).
  void Erase(Node& node);
  bool erased() const { return erased_; }

  ModelMutex mutex;  // R.mu
  WorkspaceAllocator allocator;
  const int stream;  // its id

 private:
  WorkspaceAllocator::Block stage_;
  std::map<uint64_t, std::shared_ptr<OpObject>> objects_;  // by model id
  std::map<uint64_t, std::shared_ptr<DynamicExecutor>> executors_;
  bool erased_ = false;
};

// The resource of a stream, made at its first single-op launch.
std::shared_ptr<StreamResource> ResourceOf(
    Call& call, const std::shared_ptr<Stream>& stream);

// Out-of-memory recovery (M3a, I9): waits for the allocator's `stream` - the
// caller's default stream where it has none - and returns its cached blocks;
// then the same for all other allocators that this thread created.
void Recover(Call& call, WorkspaceAllocator* allocator);

// Where the real runtime would use freed or null memory and crash: logs it and
// returns kInternalError (500000), so that the process goes on. `what` begins
// with the interleaving: "I3: ...".
absl::Status ModelCrash(Call& call, const char* what);

}  // namespace npuemu::shim

#endif  // ACL_SHIM_OP_STREAM_RESOURCE_H_
