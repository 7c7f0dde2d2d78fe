#include "acl_shim/op/workspace_allocator.h"

#include <algorithm>
#include <utility>

#include "acl_shim/op/stream_resource.h"
#include "acl_shim/rt/memory/allocator.h"

namespace npuemu::shim {
namespace {

// Workspaces are rounded as the runtime's allocator rounds (R76).
constexpr uint64_t kGranule = 512;

uint64_t Rounded(uint64_t bytes) {
  return (bytes + kGranule - 1) / kGranule * kGranule;
}

void LogMemory(Node& node, EventKind kind,
               const WorkspaceAllocator::Block& block) {
  const Argument place = node.Canonical(block.address);
  Event event;
  event.kind = kind;
  event.device = place.device;
  event.time = node.scheduler().committed();
  event.name = "workspace";
  event.a = place.value;
  event.b = block.bytes;
  node.log().Append(event);
}

}  // namespace

void NoteUserAllocator(Call& call, const Stream& stream) {
  if (!call.node.log().checking()) return;
  const UserAllocator* allocator = AllocatorOf(call, stream);
  if (allocator == nullptr) return;
  call.Misuse(40, "streams that run at one time share a registered allocator "
                  "(R102)", stream.queue.id, allocator->number);
}

absl::StatusOr<uint64_t> WorkspaceAllocator::Allocate(Call& call,
                                                      uint64_t bytes) {
  AllocOptions options;
  options.alignment = kGranule;
  auto address = call.node.memory().Allocate(device_, bytes, options);
  if (address.ok()) return address;
  Recover(call, this);
  return call.node.memory().Allocate(device_, bytes, options);
}

absl::StatusOr<WorkspaceAllocator::Block> WorkspaceAllocator::Reserve(
    Call& call, uint64_t bytes) {
  Block block;
  block.bytes = Rounded(bytes);
  ASSIGN_OR_RETURN(block.address, Allocate(call, block.bytes));
  block.allocation = call.node.memory().Find(block.address)->id;
  LogMemory(call.node, EventKind::kAlloc, block);
  return block;
}

absl::StatusOr<BlockId> WorkspaceAllocator::Malloc(Call& call,
                                                   uint64_t bytes) {
  auto list = heads_.lower_bound(Rounded(bytes));
  while (list != heads_.end() && list->second == 0) ++list;
  if (list == heads_.end()) {
    ASSIGN_OR_RETURN(const Block fresh, Reserve(call, bytes));
    blocks_.push_back(fresh);
    blocks_.back().count = 1;
    return static_cast<BlockId>(blocks_.size());
  }
  const uint64_t size = list->first;
  const BlockId id = list->second;
  const BlockId next = block(id).next;
  call.SwitchPoint("S2.list");
  heads_[size] = next;
  blocks_[id - 1].count = 1;
  return id;
}

void WorkspaceAllocator::Free(Call& call, BlockId id) {
  if (block(id).count == 0) return;
  call.SwitchPoint("S10.count");
  if (--blocks_[id - 1].count != 0) return;
  const uint64_t size = block(id).bytes;
  const BlockId head = heads_[size];
  call.SwitchPoint("S10.list");
  blocks_[id - 1].next = head;
  heads_[size] = id;
}

std::vector<BlockId> WorkspaceAllocator::FreeList(uint64_t bytes) const {
  std::vector<BlockId> list;
  const auto head = heads_.find(Rounded(bytes));
  BlockId id = head == heads_.end() ? 0 : head->second;
  while (id != 0 && std::count(list.begin(), list.end(), id) == 0) {
    list.push_back(id);
    id = block(id).next;
  }
  return list;
}

void WorkspaceAllocator::Return(Node& node, Block* block) {
  if (block->returned || block->address == 0) return;
  block->returned = true;
  // A device reset may have freed it before.
  const Allocation* found = node.memory().Find(block->address);
  if (found == nullptr || found->base != block->address ||
      found->id != block->allocation) {
    return;
  }
  LogMemory(node, EventKind::kFree, *block);
  (void)node.memory().Free(block->address);
}

void WorkspaceAllocator::ReturnCached(Node& node) {
  for (const auto& [size, head] : heads_) {
    for (BlockId id : FreeList(size)) Return(node, &blocks_[id - 1]);
  }
  heads_.clear();
}

void WorkspaceAllocator::ReturnAll(Node& node) {
  for (Block& block : blocks_) Return(node, &block);
  heads_.clear();
}

}  // namespace npuemu::shim
