#include "acl_shim/om/single_op_json.h"

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/json_attr.h"
#include "acl_shim/om/json_tensor.h"
#include "acl_shim/om/json_value.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

absl::Status NotJson(const std::string& path, const std::string& reason) {
  return FaultError(Fault::kParseFile,
                    absl::StrCat("File ", path,
                                 " specified by --singleop is not a valid "
                                 "JSON file. Reason: ",
                                 reason, "."),
                    "E10025");
}

// Brackets outside of strings, so that nothing that walks the values recurses
// deep.
absl::Status CheckDepth(std::string_view text, const std::string& path) {
  int depth = 0;
  bool in_string = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxJsonDepth) {
        return NotJson(path, absl::StrCat("objects and arrays nested deeper "
                                          "than ",
                                          kMaxJsonDepth));
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Json> ParseText(std::string_view text, const std::string& path) {
  if (text.size() > kMaxJsonBytes) {
    return NotJson(
        path, absl::StrCat("it has ", text.size(), " bytes, expected at most ",
                           kMaxJsonBytes));
  }
  RETURN_IF_ERROR(CheckDepth(text, path));
  try {
    return Json::parse(text);
  } catch (const Json::exception& error) {
    return NotJson(path, error.what());
  }
}

absl::Status ParseTensors(const Json& op, const char* key, bool is_input,
                          const std::string& op_type,
                          std::vector<OmTensor>* tensors) {
  const Json* list = FindMember(op, key);
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) {
    return JsonReason(absl::StrCat("'", key, "': type must be array, but is ",
                                   list->type_name()));
  }
  std::map<std::string, int> groups;
  for (const Json& element : *list) {
    const TensorPlace place{op_type, is_input, tensors->size()};
    ASSIGN_OR_RETURN(OmTensor tensor, ParseTensor(element, place));
    // The group wins over the name, as in the code of the real ATC.
    if (const Json* member = FindMember(element, "dynamic_input")) {
      ASSIGN_OR_RETURN(const std::string group,
                       StringOf(*member, "dynamic_input"));
      tensor.name = absl::StrCat(group, groups[group]++);
    }
    tensors->push_back(std::move(tensor));
  }
  return absl::OkStatus();
}

absl::Status ParseAttrs(const Json& op, const std::string& path,
                        SingleOpModel* model) {
  const Json* list = FindMember(op, "attr");
  if (list == nullptr) return absl::OkStatus();
  if (!list->is_array()) {
    return JsonReason(
        absl::StrCat("'attr': type must be array, but is ", list->type_name()));
  }
  for (const Json& element : *list) {
    RETURN_IF_ERROR(ParseAttr(element, model->op_type, path, &model->attrs));
  }
  return absl::OkStatus();
}

bool AnyDynamic(const std::vector<OmTensor>& tensors) {
  for (const OmTensor& tensor : tensors) {
    if (tensor.dynamic()) return true;
  }
  return false;
}

absl::Status ParseOp(const Json& op, const std::string& path,
                     IsKnownOp is_known_op, SingleOpRequest* request) {
  SingleOpModel& model = request->model;
  ASSIGN_OR_RETURN(const Json* type, Member(op, "op"));
  ASSIGN_OR_RETURN(model.op_type, StringOf(*type, "op"));
  std::string given_name;
  if (const Json* name = FindMember(op, "name")) {
    ASSIGN_OR_RETURN(given_name, StringOf(*name, "name"));
  }
  if (model.op_type.empty()) {
    return FaultError(Fault::kFileAttrInvalid,
                      "The Op name is empty in the file specified by "
                      "--singleop.",
                      "E10026");
  }
  RETURN_IF_ERROR(
      ParseTensors(op, "input_desc", true, model.op_type, &model.inputs));
  RETURN_IF_ERROR(
      ParseTensors(op, "output_desc", false, model.op_type, &model.outputs));
  RETURN_IF_ERROR(ParseAttrs(op, path, &model));
  if (!is_known_op(model.op_type)) {
    return FaultError(
        Fault::kFileAttrInvalid,
        absl::StrCat("Argument type for OP ", model.op_type, " type ",
                     model.op_type,
                     ", is invalid. Reason: This optype is not registered."),
        "E14001");
  }
  model.dynamic = AnyDynamic(model.inputs) || AnyDynamic(model.outputs);
  request->file_name = OmFileName(model, request->index, given_name);
  model.name = request->file_name.substr(0, request->file_name.size() - 3);
  return absl::OkStatus();
}

// An element that only switches the compile flag for those after it.
absl::StatusOr<bool> IsFlagElement(const Json& element) {
  RETURN_IF_ERROR(CheckObject(element, "op"));
  const Json* flag = FindMember(element, "compile_flag");
  if (flag == nullptr) return false;
  ASSIGN_OR_RETURN(const int64_t value, IntOf(*flag, "compile_flag"));
  return value == 1;
}

absl::StatusOr<std::vector<SingleOpRequest>> ParseOps(const Json& root,
                                                      const std::string& path,
                                                      IsKnownOp is_known_op) {
  if (!root.is_array()) {
    return JsonReason(
        absl::StrCat("type must be array, but is ", root.type_name()));
  }
  std::vector<SingleOpRequest> requests;
  bool fuzzy = false;
  for (const Json& element : root) {
    ASSIGN_OR_RETURN(const bool is_flag, IsFlagElement(element));
    if (is_flag) {
      fuzzy = true;
      continue;
    }
    SingleOpRequest& request = requests.emplace_back();
    request.index = requests.size() - 1;
    request.model.build_mode = fuzzy ? 1 : 0;
    request.status = ParseOp(element, path, is_known_op, &request);
    // Wrong structure fails the file, a wrong operator only itself.
    if (MessageIdOf(request.status) == "E10032") return request.status;
  }
  return requests;
}

}  // namespace

absl::StatusOr<std::vector<SingleOpRequest>> ParseSingleOpJson(
    std::string_view text, const std::string& path, IsKnownOp is_known_op) {
  ASSIGN_OR_RETURN(const Json root, ParseText(text, path));
  absl::StatusOr<std::vector<SingleOpRequest>> requests =
      ParseOps(root, path, is_known_op);
  if (requests.ok() || MessageIdOf(requests.status()) != "E10032") {
    return requests;
  }
  return FaultError(
      Fault::kParseFile,
      absl::StrCat("Failed to parse JSON file ", path,
                   ". Reason: ", requests.status().message(), "."),
      "E10032");
}

absl::StatusOr<std::vector<SingleOpRequest>> ReadSingleOpJson(
    const std::string& path, IsKnownOp is_known_op) {
  if (path.empty()) {
    return FaultError(Fault::kInvalidFile,
                      "Value  for parameter --singleop is invalid.", "E10023");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  char chunk[65536];
  // One byte more than allowed is enough to know that it is too long.
  while (stream && text.size() <= kMaxJsonBytes) {
    stream.read(chunk, sizeof(chunk));
    text.append(chunk, static_cast<size_t>(stream.gcount()));
  }
  if (!stream.is_open() || stream.bad()) {
    return FaultError(
        Fault::kInvalidFile,
        absl::StrCat("Failed to open file ", path, " specified by --singleop."),
        "E10024");
  }
  return ParseSingleOpJson(text, path, is_known_op);
}

}  // namespace npuemu::om
