// File: init_callbacks.h
// The callbacks of aclInitCallbackRegister and aclFinalizeCallbackRegister, by
// type and then by registration (R4, R8). Externally synchronized.

#ifndef ACL_SHIM_BASE_INIT_CALLBACKS_H_
#define ACL_SHIM_BASE_INIT_CALLBACKS_H_

#include <algorithm>
#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl/acl_base.h"
#include "acl/acl_rt.h"
#include "acl_shim/core/api_call.h"

namespace npuemu::shim {

// kInvalidParam for a number that is no aclRegisterCallbackType.
inline absl::Status CheckCallbackType(aclRegisterCallbackType type) {
  if ((type >= ACL_REG_TYPE_ACL_MODEL && type <= ACL_REG_TYPE_ACL_RETR) ||
      type == ACL_REG_TYPE_OTHER) {
    return absl::OkStatus();
  }
  return InvalidValue(Fault::kInvalidParam, "type", absl::StrCat(type),
                      "an aclRegisterCallbackType");
}

// A status for the code that a callback returned.
inline absl::Status CallbackStatus(aclError code, int type) {
  if (code == ACL_SUCCESS) return absl::OkStatus();
  return FaultError(static_cast<Fault>(code),
                    absl::StrCat("the registered callback of type ", type,
                                 " returned ", code, ". Expected: 0"));
}

template <typename Function>
class InitCallbacks {
 public:
  struct Entry {
    Function function;
    void* user_data;
  };

  // The same function again only changes its user data.
  void Add(aclRegisterCallbackType type, Function function, void* user_data) {
    std::vector<Entry>& entries = by_type_[type];
    for (Entry& entry : entries) {
      if (entry.function == function) {
        entry.user_data = user_data;
        return;
      }
    }
    entries.push_back({function, user_data});
  }

  // False if it was not registered.
  bool Remove(aclRegisterCallbackType type, Function function) {
    return std::erase_if(by_type_[type], [&](const Entry& entry) {
             return entry.function == function;
           }) > 0;
  }

  // Calls call(Entry) -> aclError for the types first...last; stops at the
  // first error. Callbacks may register others: those wait for the next run.
  template <typename Call>
  absl::Status Run(int first, int last, Call call) const {
    const std::map<int, std::vector<Entry>> entries = by_type_;
    for (const auto& [type, list] : entries) {
      if (type < first || type > last) continue;
      for (const Entry& entry : list) {
        RETURN_IF_ERROR(CallbackStatus(call(entry), type));
      }
    }
    return absl::OkStatus();
  }

 private:
  std::map<int, std::vector<Entry>> by_type_;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_BASE_INIT_CALLBACKS_H_
