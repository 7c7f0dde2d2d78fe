// aclopCreateAttr, aclopSetAttr*: a value replaces an older one of its name.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/value_call.h"
#include "acl_shim/op/op_attr.h"

namespace npuemu::shim {

HandleTable<OpAttr>& OpAttrs() {
  static auto& table =
      *new HandleTable<OpAttr>(HandleKind::kOpAttr, Fault::kInvalidParam);
  return table;
}

absl::StatusOr<kernels::Attrs> AttrsOf(const aclopAttr* attr) {
  if (attr == nullptr) return kernels::Attrs();
  ASSIGN_OR_RETURN(auto found, OpAttrs().Get(attr, "attr"));
  return found->values;
}

namespace {

absl::Status Set(aclopAttr* attr, const char* name, kernels::AttrValue value) {
  RETURN_IF_NULL(name);
  ASSIGN_OR_RETURN(auto found, OpAttrs().Get(attr, "attr"));
  if (*name == '\0') {
    return InvalidValue(Fault::kInvalidParam, "attrName", "\"\"",
                        "the name of an attribute");
  }
  found->values.insert_or_assign(name, std::move(value));
  return absl::OkStatus();
}

// The elements of a list argument; null stands for an empty one only.
template <typename To, typename From>
absl::StatusOr<std::vector<To>> List(int count, const From* values) {
  if (count < 0) {
    return InvalidValue(Fault::kInvalidParam, "numValues",
                        absl::StrCat(count), "0 or more");
  }
  if (count > 0) RETURN_IF_NULL(values);
  std::vector<To> list;
  for (int i = 0; i < count; ++i) list.push_back(static_cast<To>(values[i]));
  return list;
}

template <typename To, typename From>
int SetList(const char* function, aclopAttr* attr, const char* name, int count,
            const From* values) {
  return ApiCall(function, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto list, (List<To, From>(count, values)));
    return Set(attr, name, std::move(list));
  });
}

absl::StatusOr<std::vector<std::string>> Strings(int count,
                                                 const char** values) {
  ASSIGN_OR_RETURN(auto pointers,
                   (List<const char*, const char*>(count, values)));
  std::vector<std::string> strings;
  for (const char* value : pointers) {
    RETURN_IF_NULL(value);
    strings.emplace_back(value);
  }
  return strings;
}

absl::StatusOr<std::vector<std::vector<int64_t>>> Lists(
    int count, const int* sizes, const int64_t* const values[]) {
  ASSIGN_OR_RETURN(auto lengths, (List<int, int>(count, sizes)));
  if (count > 0) RETURN_IF_NULL(values);
  std::vector<std::vector<int64_t>> lists;
  for (int i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(auto list,
                     (List<int64_t, int64_t>(lengths[i], values[i])));
    lists.push_back(std::move(list));
  }
  return lists;
}

kernels::DataType TypeOf(aclDataType type) {
  return static_cast<kernels::DataType>(type);
}

}  // namespace
}  // namespace npuemu::shim

using npuemu::shim::ApiCall;
using npuemu::shim::OpAttr;
using npuemu::shim::OpAttrs;

extern "C" {

aclopAttr* aclopCreateAttr() {
  using Made = absl::StatusOr<aclopAttr*>;
  return npuemu::shim::ValueCall<aclopAttr*>("aclopCreateAttr", nullptr,
                                             []() -> Made {
    return static_cast<aclopAttr*>(OpAttrs().Add(std::make_shared<OpAttr>()));
  });
}

void aclopDestroyAttr(const aclopAttr* attr) {
  if (attr == nullptr) return;
  ApiCall("aclopDestroyAttr",
          [&] { return OpAttrs().Remove(attr, "attr").status(); });
}

aclError aclopSetAttrBool(aclopAttr* attr, const char* name, uint8_t value) {
  return ApiCall("aclopSetAttrBool", [&] {
    return npuemu::shim::Set(attr, name, value != 0);
  });
}

aclError aclopSetAttrInt(aclopAttr* attr, const char* name, int64_t value) {
  return ApiCall("aclopSetAttrInt",
                 [&] { return npuemu::shim::Set(attr, name, value); });
}

aclError aclopSetAttrFloat(aclopAttr* attr, const char* name, float value) {
  return ApiCall("aclopSetAttrFloat",
                 [&] { return npuemu::shim::Set(attr, name, value); });
}

aclError aclopSetAttrString(aclopAttr* attr, const char* name,
                            const char* attrValue) {
  return ApiCall("aclopSetAttrString", [&]() -> absl::Status {
    RETURN_IF_NULL(attrValue);
    return npuemu::shim::Set(attr, name, std::string(attrValue));
  });
}

aclError aclopSetAttrDataType(aclopAttr* attr, const char* name,
                              aclDataType value) {
  return ApiCall("aclopSetAttrDataType", [&] {
    return npuemu::shim::Set(attr, name, npuemu::shim::TypeOf(value));
  });
}

aclError aclopSetAttrListBool(aclopAttr* attr, const char* name, int count,
                              const uint8_t* values) {
  return ApiCall("aclopSetAttrListBool", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto list,
                     (npuemu::shim::List<uint8_t, uint8_t>(count, values)));
    for (uint8_t& value : list) value = value != 0;
    return npuemu::shim::Set(attr, name, std::move(list));
  });
}

aclError aclopSetAttrListInt(aclopAttr* attr, const char* name, int count,
                             const int64_t* values) {
  return npuemu::shim::SetList<int64_t>("aclopSetAttrListInt", attr, name,
                                        count, values);
}

aclError aclopSetAttrListFloat(aclopAttr* attr, const char* name, int count,
                               const float* values) {
  return npuemu::shim::SetList<float>("aclopSetAttrListFloat", attr, name,
                                      count, values);
}

aclError aclopSetAttrListDataType(aclopAttr* attr, const char* name, int count,
                                  const aclDataType values[]) {
  return npuemu::shim::SetList<npuemu::kernels::DataType>(
      "aclopSetAttrListDataType", attr, name, count, values);
}

aclError aclopSetAttrListString(aclopAttr* attr, const char* name, int count,
                                const char** values) {
  return ApiCall("aclopSetAttrListString", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto list, npuemu::shim::Strings(count, values));
    return npuemu::shim::Set(attr, name, std::move(list));
  });
}

aclError aclopSetAttrListListInt(aclopAttr* attr, const char* name, int count,
                                 const int* sizes,
                                 const int64_t* const values[]) {
  return ApiCall("aclopSetAttrListListInt", [&]() -> absl::Status {
    ASSIGN_OR_RETURN(auto lists, npuemu::shim::Lists(count, sizes, values));
    return npuemu::shim::Set(attr, name, std::move(lists));
  });
}

}  // extern "C"
