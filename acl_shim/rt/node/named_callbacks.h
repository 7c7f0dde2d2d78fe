// File: named_callbacks.h
// Callbacks that a program registers under a name of its choice; a null
// callback takes the name back. Thread-safe.

#ifndef ACL_SHIM_RT_NODE_NAMED_CALLBACKS_H_
#define ACL_SHIM_RT_NODE_NAMED_CALLBACKS_H_

#include <algorithm>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {

template <typename Function>
class NamedCallbacks {
 public:
  struct Entry {
    std::string name;
    Function function;
    void* args;
  };

  // Errors kInvalidParam: a name that is registered already, or (null
  // function) is not.
  absl::Status Set(const char* name, Function function, void* args) {
    if (name == nullptr) return NullPointer("regName");
    const std::lock_guard<std::mutex> guard(mutex_);
    const auto found =
        std::find_if(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.name == name; });
    const bool known = found != entries_.end();
    if (known == (function != nullptr)) {
      return InvalidValue(Fault::kInvalidParam, "regName",
                          absl::StrCat("\"", name, "\""),
                          known ? "a name that is not registered yet"
                                : "a registered name");
    }
    if (known) {
      entries_.erase(found);
    } else {
      entries_.push_back({name, function, args});
    }
    return absl::OkStatus();
  }

  // In order of registration.
  std::vector<Entry> Entries() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return entries_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_RT_NODE_NAMED_CALLBACKS_H_
