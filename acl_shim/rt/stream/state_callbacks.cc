#include "acl_shim/rt/stream/state_callbacks.h"

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"
#include "emulator/base/tsan.h"

namespace npuemu::shim {
namespace {

struct Registration {
  std::string name;
  aclrtStreamStateCallback callback;
  void* args;
};

struct Registry {
  std::mutex mutex;
  std::vector<Registration> entries;  // in order of registration
};

Registry& TheRegistry() {
  static auto* registry = new Registry();
  return *registry;
}

}  // namespace

absl::Status SetStateCallback(const char* name,
                              aclrtStreamStateCallback callback, void* args) {
  Registry& registry = TheRegistry();
  const std::lock_guard<std::mutex> guard(registry.mutex);
  const auto found = std::find_if(
      registry.entries.begin(), registry.entries.end(),
      [&](const Registration& entry) { return entry.name == name; });
  const bool known = found != registry.entries.end();
  if (known == (callback != nullptr)) {
    return InvalidValue(Fault::kInvalidParam, "regName",
                        absl::StrCat("\"", name, "\""),
                        known ? "a name that is not registered yet"
                              : "a registered name");
  }
  if (known) {
    registry.entries.erase(found);
  } else {
    registry.entries.push_back({name, callback, args});
  }
  return absl::OkStatus();
}

void NotifyStreamState(Call& call, aclrtStream stream,
                       aclrtStreamState state) {
  std::vector<Registration> entries;
  {
    Registry& registry = TheRegistry();
    const std::lock_guard<std::mutex> guard(registry.mutex);
    entries = registry.entries;
  }
  if (entries.empty()) return;
  call.lock.unlock();
  {
    const tsan::Theirs theirs;
    for (const Registration& entry : entries) {
      entry.callback(stream, state, entry.args);
    }
  }
  call.lock.lock();
  call.WaitedUntil(call.thread.clock);  // what their own calls took
}

}  // namespace npuemu::shim

extern "C" aclError aclrtRegStreamStateCallback(
    const char* regName, aclrtStreamStateCallback callback, void* args) {
  return npuemu::shim::ApiCall(
      "aclrtRegStreamStateCallback", [&]() -> absl::Status {
        RETURN_IF_NULL(regName);
        return npuemu::shim::SetStateCallback(regName, callback, args);
      });
}
