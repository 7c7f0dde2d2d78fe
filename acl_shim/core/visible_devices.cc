#include "acl_shim/core/visible_devices.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace npuemu::shim {

std::vector<int> ParseVisibleDevices(const char* list, int64_t devices) {
  std::vector<int> ids;
  if (list == nullptr) {
    for (int id = 0; id < devices; ++id) ids.push_back(id);
    return ids;
  }
  for (absl::string_view token : absl::StrSplit(list, ',')) {
    int id = 0;
    if (!absl::SimpleAtoi(token, &id) || id < 0 || id >= devices) break;
    if (!ids.empty() && id <= ids.back()) break;
    ids.push_back(id);
  }
  return ids;
}

}  // namespace npuemu::shim
