// Names of the .om files of `atc --singleop` (single_op 2.2).

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/ge_names.h"
#include "acl_shim/om/single_op_json.h"

namespace npuemu::om {
namespace {

constexpr size_t kMaxNameBytes = 128;

bool IsNameChar(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool IsUsable(std::string_view name) {
  return !name.empty() && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(), IsNameChar);
}

// An operator type is no path: whatever else it holds becomes '_'.
std::string Harmless(std::string text) {
  for (char& c : text) {
    if (!IsNameChar(c)) c = '_';
  }
  return text;
}

void AppendTensors(const std::vector<OmTensor>& tensors, std::string* name) {
  for (const OmTensor& tensor : tensors) {
    absl::StrAppend(name, "_", ToGeDtype(tensor.spec.dtype), "_",
                    ToGeFormat(tensor.spec.format));
    for (int64_t extent : tensor.spec.shape) {
      absl::StrAppend(name, "_", extent);
    }
  }
}

}  // namespace

std::string OmFileName(const SingleOpModel& model, size_t index,
                       std::string_view given_name) {
  std::string name(given_name);
  if (!IsUsable(given_name)) {
    name = absl::StrCat(index, "_", Harmless(model.op_type));
    AppendTensors(model.inputs, &name);
    AppendTensors(model.outputs, &name);
  }
  return name.substr(0, kMaxNameBytes) + ".om";
}

}  // namespace npuemu::om
