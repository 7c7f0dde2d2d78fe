#include "acl_shim/op/stream_resource.h"

#include <utility>

namespace npuemu::shim {
namespace {

struct Entry {
  std::shared_ptr<Stream> stream;  // only its `destroyed` is read
  std::shared_ptr<StreamResource> resource;
};

// By stream id, which is never used again. Never destroyed.
std::map<int, Entry>& Entries() {
  static auto& entries = *new std::map<int, Entry>();
  return entries;
}

// Workspaces are rounded as the runtime's allocator rounds (R76).
constexpr uint64_t kGranule = 512;

}  // namespace

absl::StatusOr<WorkspaceBlock> StreamResource::Allocate(Node& node,
                                                        uint64_t bytes) {
  AllocOptions options;
  options.alignment = kGranule;
  const uint64_t rounded = (bytes + kGranule - 1) / kGranule * kGranule;
  auto address = node.memory().Allocate(device_, rounded, options);
  if (!address.ok()) {
    FreeResourcesOfDestroyedStreams(node);
    address = node.memory().Allocate(device_, rounded, options);
  }
  RETURN_IF_ERROR(address.status());
  const Allocation* allocation = node.memory().Find(*address);
  return WorkspaceBlock{*address, rounded, allocation->id, false};
}

absl::StatusOr<std::shared_ptr<WorkspaceBlock>> StreamResource::Take(
    Node& node, uint64_t bytes) {
  std::shared_ptr<WorkspaceBlock> best;
  for (const auto& block : blocks_) {
    if (block->in_use || block->bytes < bytes) continue;
    if (best == nullptr || block->bytes < best->bytes) best = block;
  }
  if (best == nullptr) {
    ASSIGN_OR_RETURN(WorkspaceBlock fresh, Allocate(node, bytes));
    best = std::make_shared<WorkspaceBlock>(fresh);
    blocks_.push_back(best);
  }
  best->in_use = true;
  return best;
}

absl::StatusOr<uint64_t> StreamResource::Stage(Node& node) {
  if (stage_.address == 0) {
    ASSIGN_OR_RETURN(stage_, Allocate(node, kStageBytes));
  }
  return stage_.address;
}

const std::shared_ptr<OpObject>& StreamResource::ObjectOf(uint64_t model_id) {
  std::shared_ptr<OpObject>& object = objects_[model_id];
  if (object == nullptr) object = std::make_shared<OpObject>();
  return object;
}

void StreamResource::Free(Node& node) {
  auto free = [&](const WorkspaceBlock& block) {
    const Allocation* found = node.memory().Find(block.address);
    if (found == nullptr || found->base != block.address ||
        found->id != block.allocation) {
      return;
    }
    (void)node.memory().Free(block.address);
  };
  for (const auto& block : blocks_) free(*block);
  if (stage_.address != 0) free(stage_);
  blocks_.clear();
  stage_ = {};
}

std::shared_ptr<StreamResource> ResourceOf(
    Node& node, const std::shared_ptr<Stream>& stream) {
  std::map<int, Entry>& entries = Entries();
  const auto found = entries.find(stream->queue.id);
  if (found != entries.end()) return found->second.resource;
  FreeResourcesOfDestroyedStreams(node);
  auto resource = std::make_shared<StreamResource>(stream->queue.device);
  entries.emplace(stream->queue.id, Entry{stream, resource});
  return resource;
}

void FreeResourcesOfDestroyedStreams(Node& node) {
  std::map<int, Entry>& entries = Entries();
  for (auto it = entries.begin(); it != entries.end();) {
    if (!it->second.stream->destroyed) {
      ++it;
      continue;
    }
    it->second.resource->Free(node);
    it = entries.erase(it);
  }
}

}  // namespace npuemu::shim
