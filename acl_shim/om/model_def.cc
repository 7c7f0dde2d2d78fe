#include "acl_shim/om/model_def.h"

#include <utility>

namespace npuemu::om {
namespace {

struct DtypeRow {
  int32_t proto;
  int32_t acl;
};

constexpr DtypeRow kDtypes[] = {
#define PROTO_DTYPE(proto, acl) {proto, acl},
#include "acl_shim/om/proto_dtype.def"
#undef PROTO_DTYPE
};

AttrDef Make(AttrCase type) {
  AttrDef attr;
  attr.type = type;
  return attr;
}

// Beyond all aclDataType numbers.
constexpr int32_t kForeignDtype = 1000;

}  // namespace

ListValue ListValue::Of(ListCase type) {
  ListValue list;
  list.type = type;
  return list;
}

AttrDef AttrDef::String(std::string_view value) {
  AttrDef attr = Make(AttrCase::kString);
  attr.s = std::string(value);
  return attr;
}

AttrDef AttrDef::Int(int64_t value) {
  AttrDef attr = Make(AttrCase::kInt);
  attr.i = value;
  return attr;
}

AttrDef AttrDef::Float(float value) {
  AttrDef attr = Make(AttrCase::kFloat);
  attr.f = value;
  return attr;
}

AttrDef AttrDef::Bool(bool value) {
  AttrDef attr = Make(AttrCase::kBool);
  attr.i = value;
  return attr;
}

AttrDef AttrDef::DataType(int64_t value) {
  AttrDef attr = Make(AttrCase::kDataType);
  attr.i = value;
  return attr;
}

AttrDef AttrDef::List(ListValue value) {
  AttrDef attr = Make(AttrCase::kList);
  attr.list.push_back(std::move(value));
  return attr;
}

AttrDef AttrDef::ListListInt(std::vector<std::vector<int64_t>> value) {
  AttrDef attr = Make(AttrCase::kListListInt);
  attr.list_list_int = std::move(value);
  return attr;
}

AttrDef AttrDef::Tensor(TensorDef value) {
  AttrDef attr = Make(AttrCase::kTensor);
  attr.tensor.push_back(std::move(value));
  return attr;
}

const AttrDef* FindAttr(const AttrMap& attrs, std::string_view name,
                        AttrCase type) {
  auto it = attrs.find(name);
  if (it == attrs.end() || it->second.type != type) return nullptr;
  return &it->second;
}

const ListValue* FindList(const AttrMap& attrs, std::string_view name) {
  const AttrDef* attr = FindAttr(attrs, name, AttrCase::kList);
  if (attr == nullptr || attr->list.empty()) return nullptr;
  return &attr->list.front();
}

kernels::DataType FromProtoDtype(int32_t proto_dtype) {
  for (const DtypeRow& row : kDtypes) {
    if (row.proto == proto_dtype) {
      return static_cast<kernels::DataType>(row.acl);
    }
  }
  if (proto_dtype <= 0 || proto_dtype > kForeignDtype) {
    return kernels::DataType::kUndefined;
  }
  return static_cast<kernels::DataType>(kForeignDtype + proto_dtype);
}

int32_t ToProtoDtype(kernels::DataType type) {
  for (const DtypeRow& row : kDtypes) {
    if (row.acl == static_cast<int32_t>(type)) return row.proto;
  }
  const auto number = static_cast<int32_t>(type);
  return number > kForeignDtype ? number - kForeignDtype : 0;
}

}  // namespace npuemu::om
