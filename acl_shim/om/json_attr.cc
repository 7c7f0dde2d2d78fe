#include "acl_shim/om/json_attr.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/ge_names.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

using kernels::AttrValue;

using Parse = absl::StatusOr<AttrValue> (*)(const Json& value);

template <typename T>
absl::StatusOr<AttrValue> Wrap(absl::StatusOr<T> value) {
  if (!value.ok()) return value.status();
  return AttrValue(*std::move(value));
}

absl::StatusOr<float> FloatOf(const Json& value, const char* key) {
  ASSIGN_OR_RETURN(const double number, NumberOf(value, key));
  return static_cast<float>(number);
}

// "DT_FLOAT", or the GE number.
absl::StatusOr<AttrValue> ParseDataType(const Json& value) {
  if (value.is_number_integer()) {
    ASSIGN_OR_RETURN(const int64_t number, IntOf(value, "value"));
    return AttrValue(FromGeDtype(number));
  }
  ASSIGN_OR_RETURN(std::string name, StringOf(value, "value"));
  if (name.starts_with("DT_")) name = name.substr(3);
  name = Lower(name);
  if (name == "string") return AttrValue(kernels::DataType::kString);
  if (name == "bf16") return AttrValue(kernels::DataType::kBf16);
  if (auto dtype = DtypeByName(name)) return AttrValue(*dtype);
  return FaultError(Fault::kFileAttrInvalid, "", "E10030");
}

struct TypeRow {
  const char* name;
  Parse parse;
};

constexpr TypeRow kTypes[] = {
    {"bool", [](const Json& v) { return Wrap(BoolOf(v, "value")); }},
    {"int", [](const Json& v) { return Wrap(IntOf(v, "value")); }},
    {"float", [](const Json& v) { return Wrap(FloatOf(v, "value")); }},
    {"string", [](const Json& v) { return Wrap(StringOf(v, "value")); }},
    {"list_bool",
     [](const Json& v) { return Wrap(ListOf<uint8_t>(v, "value", BoolOf)); }},
    {"list_int", [](const Json& v) { return Wrap(IntsOf(v, "value")); }},
    {"list_float",
     [](const Json& v) { return Wrap(ListOf<float>(v, "value", FloatOf)); }},
    {"list_string",
     [](const Json& v) {
       return Wrap(ListOf<std::string>(v, "value", StringOf));
     }},
    {"list_list_int",
     [](const Json& v) {
       return Wrap(ListOf<std::vector<int64_t>>(v, "value", IntsOf));
     }},
    {"data_type", ParseDataType},
};

absl::Status UnknownType(const std::string& type, const std::string& path) {
  std::string expected;
  for (const TypeRow& row : kTypes) {
    absl::StrAppend(&expected, expected.empty() ? "" : ", ", row.name);
  }
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("Type ", type, " of file ", path,
                   " is incorrect. Expected type: ", expected, "."),
      "E13006");
}

absl::Status InvalidAttrValue(const std::string& name,
                              const std::string& op_type) {
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("There is an invalid value for attribute name ", name,
                   " of Op ", op_type, " in the file specified by --singleop."),
      "E10030");
}

}  // namespace

absl::Status ParseAttr(const Json& json, const std::string& op_type,
                       const std::string& path, kernels::Attrs* attrs) {
  RETURN_IF_ERROR(CheckObject(json, "attr"));
  ASSIGN_OR_RETURN(const Json* name_json, Member(json, "name"));
  ASSIGN_OR_RETURN(const std::string name, StringOf(*name_json, "name"));
  ASSIGN_OR_RETURN(const Json* type_json, Member(json, "type"));
  ASSIGN_OR_RETURN(const std::string type, StringOf(*type_json, "type"));
  ASSIGN_OR_RETURN(const Json* value, Member(json, "value"));
  if (name.empty()) {
    return FaultError(Fault::kFileAttrInvalid,
                      absl::StrCat("Attribute name of Op ", op_type,
                                   " is empty in the file specified by "
                                   "--singleop."),
                      "E10029");
  }
  for (const TypeRow& row : kTypes) {
    if (type != row.name) continue;
    if (value->is_null()) return InvalidAttrValue(name, op_type);
    absl::StatusOr<AttrValue> parsed = row.parse(*value);
    if (!parsed.ok() && MessageIdOf(parsed.status()) == "E10030") {
      return InvalidAttrValue(name, op_type);
    }
    if (!parsed.ok()) return parsed.status();
    attrs->insert_or_assign(name, *std::move(parsed));
    return absl::OkStatus();
  }
  return UnknownType(type, path);
}

}  // namespace npuemu::om
