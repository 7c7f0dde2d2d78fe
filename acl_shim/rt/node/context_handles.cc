#include "acl_shim/rt/node/context_handles.h"

#include <map>

#include "acl_shim/core/process.h"

namespace npuemu::shim {
namespace {

struct Handles {
  std::weak_ptr<Context> context;
  aclrtContext handle = nullptr;
  aclrtStream default_stream = nullptr;
};

// By the context's id, which the node never gives out twice.
std::map<int, Handles>& AllHandles() {
  static auto* all = new std::map<int, Handles>();
  return *all;
}

}  // namespace

aclrtContext HandleOf(const Call&, Context& context) {
  Handles& handles = AllHandles()[context.id()];
  if (handles.handle == nullptr) {
    handles.context = context.weak_from_this();
    handles.handle = Process::Get().contexts.Add(context.shared_from_this());
  }
  return handles.handle;
}

aclrtStream DefaultStreamHandleOf(const Call&, Context& context) {
  Handles& handles = AllHandles()[context.id()];
  handles.context = context.weak_from_this();
  if (handles.default_stream == nullptr) {
    handles.default_stream =
        Process::Get().streams.Add(context.default_stream());
  }
  return handles.default_stream;
}

void ForgetContext(const Call&, const Context& context) {
  const auto found = AllHandles().find(context.id());
  if (found == AllHandles().end()) return;
  const Handles& handles = found->second;
  if (handles.handle != nullptr) {
    Process::Get().contexts.Remove(handles.handle, "context").IgnoreError();
  }
  if (handles.default_stream != nullptr) {
    Process::Get()
        .streams.Remove(handles.default_stream, "stream")
        .IgnoreError();
  }
  AllHandles().erase(found);
}

std::vector<std::shared_ptr<Context>> LiveContexts(const Call&,
                                                   const Device& device) {
  std::map<int, std::shared_ptr<Context>> live;
  if (device.primary != nullptr) live[device.primary->id()] = device.primary;
  for (const auto& [id, handles] : AllHandles()) {
    auto context = handles.context.lock();
    if (context == nullptr || context->destroyed()) continue;
    if (&context->device() == &device) live[id] = std::move(context);
  }
  std::vector<std::shared_ptr<Context>> result;
  for (auto& [id, context] : live) result.push_back(std::move(context));
  return result;
}

}  // namespace npuemu::shim
