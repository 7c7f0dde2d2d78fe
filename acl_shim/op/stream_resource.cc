#include "acl_shim/op/stream_resource.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/device/context.h"
#include "emulator/device/host_wait.h"

namespace npuemu::shim {
namespace {

// By stream id, which is never used again. Never destroyed.
std::map<int, std::shared_ptr<StreamResource>>& Resources() {
  static auto& resources =
      *new std::map<int, std::shared_ptr<StreamResource>>();
  return resources;
}

void EraseResourceOf(Call& call, Stream* stream) {
  const auto found = Resources().find(stream->queue.id);
  if (found == Resources().end()) return;
  const std::shared_ptr<StreamResource> resource = found->second;
  Resources().erase(found);
  resource->Erase(call.node);
}

// I10: the stream's destroy; I11, I12: a released op object; else threads.
int HazardOfCrash(std::string_view what) {
  if (what.starts_with("I10")) return 27;
  return what.starts_with("I11") || what.starts_with("I12") ? 38 : 3;
}

// What recovery waits for; its error is nobody's.
void SynchronizeFor(Call& call, const WorkspaceAllocator& allocator) {
  std::shared_ptr<Stream> stream = allocator.stream;
  if (stream == nullptr) {
    const auto context = CurrentContext(call);
    if (!context.ok()) return;
    stream = (*context)->default_stream();
  }
  if (stream->destroyed) return;
  (void)SynchronizeStream(call, stream.get(), std::nullopt);
}

}  // namespace

absl::Status ModelMutex::Lock(Call& call) {
  if (held_) {
    Goal goal;
    goal.done = [this] { return !held_; };
    RETURN_IF_ERROR(WaitFor(call, goal,
                            {"the lock of a stream's single-op resource",
                             Fault::kRtStreamTaskFull, std::nullopt,
                             Fault::kRtStreamTaskFull}));
  }
  held_ = true;
  return absl::OkStatus();
}

void ModelMutex::Unlock(Call& call) {
  held_ = false;
  call.node.Changed();
}

const char* OpObject::Deleted() const {
  if (erased) {
    return "I11: use of an op object that was deleted with its stream";
  }
  if (model->aged.load(std::memory_order_relaxed)) {
    return "I12: use of an op object whose model was aged out";
  }
  return nullptr;
}

absl::StatusOr<uint64_t> StreamResource::Stage(Call& call) {
  if (stage_.address == 0) {
    ASSIGN_OR_RETURN(stage_, allocator.Reserve(call, kStageBytes));
  }
  return stage_.address;
}

const std::shared_ptr<OpObject>& StreamResource::ObjectOf(
    const std::shared_ptr<const OpModel>& model) {
  std::shared_ptr<OpObject>& object = objects_[model->id];
  if (object == nullptr) {
    object = std::make_shared<OpObject>(model, weak_from_this());
  }
  return object;
}

const std::shared_ptr<DynamicExecutor>& StreamResource::ExecutorOf(
    uint64_t model_id) {
  std::shared_ptr<DynamicExecutor>& executor = executors_[model_id];
  if (executor == nullptr) executor = std::make_shared<DynamicExecutor>();
  return executor;
}

void StreamResource::Erase(Node& node) {
  erased_ = true;
  allocator.ReturnAll(node);
  allocator.Return(node, &stage_);
  allocator.stream = nullptr;
  for (auto& [id, object] : objects_) object->erased = true;
  for (auto& [id, executor] : executors_) {
    executor->erased = true;
    executor->in = executor->out = nullptr;
    executor->stream = nullptr;
  }
  objects_.clear();
  executors_.clear();
}

std::shared_ptr<StreamResource> ResourceOf(
    Call& call, const std::shared_ptr<Stream>& stream) {
  call.node.before_stream_destroy = &EraseResourceOf;
  std::shared_ptr<StreamResource>& resource = Resources()[stream->queue.id];
  if (resource == nullptr) {
    resource = std::make_shared<StreamResource>(
        stream->queue.id, stream->queue.device, call.thread.id);
  }
  return resource;
}

void Recover(Call& call, WorkspaceAllocator* allocator) {
  SynchronizeFor(call, *allocator);
  allocator->ReturnCached(call.node);
  // A copy: a wait lets other threads come and go.
  const auto resources = Resources();
  for (const auto& [stream, resource] : resources) {
    WorkspaceAllocator& other = resource->allocator;
    if (&other == allocator || other.thread != call.thread.id) continue;
    SynchronizeFor(call, other);
    other.ReturnCached(call.node);
  }
}

absl::Status ModelCrash(Call& call, const char* what) {
  call.Log(EventKind::kModelCrash, -1, -1,
           static_cast<uint64_t>(call.thread.id), 0);
  if (call.node.log().checking()) {
    call.Misuse(HazardOfCrash(what),
                absl::StrCat("the real runtime crashes, ", what));
  }
  return FaultError(Fault::kInternalError,
                    absl::StrCat("the real runtime crashes here, ", what,
                                 ". The emulator's own memory is intact"));
}

}  // namespace npuemu::shim
