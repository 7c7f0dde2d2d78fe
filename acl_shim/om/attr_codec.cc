#include "acl_shim/om/attr_codec.h"

#include <string>
#include <utility>
#include <vector>

#include "acl_shim/om/ge_names.h"

namespace npuemu::om {
namespace {

using kernels::AttrValue;
using kernels::DataType;

struct Encoder {
  AttrDef operator()(bool value) const { return AttrDef::Bool(value); }
  AttrDef operator()(int64_t value) const { return AttrDef::Int(value); }
  AttrDef operator()(float value) const { return AttrDef::Float(value); }
  AttrDef operator()(const std::string& value) const {
    return AttrDef::String(value);
  }
  AttrDef operator()(DataType value) const {
    return AttrDef::DataType(ToGeDtype(value));
  }
  AttrDef operator()(const std::vector<uint8_t>& values) const {
    ListValue list = ListValue::Of(ListCase::kBool);
    for (uint8_t value : values) list.ints.push_back(value != 0);
    return AttrDef::List(std::move(list));
  }
  AttrDef operator()(const std::vector<int64_t>& values) const {
    ListValue list = ListValue::Of(ListCase::kInt);
    list.ints = values;
    return AttrDef::List(std::move(list));
  }
  AttrDef operator()(const std::vector<float>& values) const {
    ListValue list = ListValue::Of(ListCase::kFloat);
    list.floats = values;
    return AttrDef::List(std::move(list));
  }
  AttrDef operator()(const std::vector<std::string>& values) const {
    ListValue list = ListValue::Of(ListCase::kString);
    list.strings = values;
    return AttrDef::List(std::move(list));
  }
  AttrDef operator()(const std::vector<std::vector<int64_t>>& rows) const {
    return AttrDef::ListListInt(rows);
  }
  AttrDef operator()(const std::vector<DataType>& values) const {
    ListValue list = ListValue::Of(ListCase::kDataType);
    for (DataType value : values) list.ints.push_back(ToGeDtype(value));
    return AttrDef::List(std::move(list));
  }
};

std::optional<AttrValue> FromList(const ListValue& list) {
  switch (list.type) {
    case ListCase::kString:
      return list.strings;
    case ListCase::kNone:  // empty, of unknown kind
    case ListCase::kInt:
      return list.ints;
    case ListCase::kFloat:
      return list.floats;
    case ListCase::kBool: {
      std::vector<uint8_t> values;
      for (int64_t value : list.ints) values.push_back(value != 0);
      return values;
    }
    case ListCase::kDataType: {
      std::vector<DataType> values;
      for (int64_t value : list.ints) values.push_back(FromGeDtype(value));
      return values;
    }
    default:
      return std::nullopt;
  }
}

}  // namespace

AttrDef ToAttrDef(const AttrValue& value) {
  return std::visit(Encoder(), value);
}

std::optional<AttrValue> FromAttrDef(const AttrDef& attr) {
  switch (attr.type) {
    case AttrCase::kBool:
      return attr.i != 0;
    case AttrCase::kInt:
      return attr.i;
    case AttrCase::kFloat:
      return attr.f;
    case AttrCase::kString:
      return attr.s;
    case AttrCase::kDataType:
      return FromGeDtype(attr.i);
    case AttrCase::kList:
      return attr.list.empty() ? std::nullopt : FromList(attr.list.front());
    case AttrCase::kListListInt:
      return attr.list_list_int;
    default:
      return std::nullopt;
  }
}

}  // namespace npuemu::om
