#include "tools/om_describe/attr_text.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_cat.h"
#include "kernels/numeric/data_type.h"

namespace npuemu::om {
namespace {

constexpr size_t kMostBytes = 120;
constexpr size_t kMostElements = 16;

template <typename T, typename Text>
std::string Join(const std::vector<T>& values, Text text) {
  std::string out = "[";
  const size_t shown = std::min(values.size(), kMostElements);
  for (size_t i = 0; i < shown; ++i) {
    if (i > 0) out += ",";
    out += text(values[i]);
  }
  if (shown < values.size()) {
    absl::StrAppend(&out, ",... ", values.size(), " in all");
  }
  return out + "]";
}

std::string NamedText(const NamedAttrs& named) {
  std::string out = absl::StrCat(Quoted(named.name), "{");
  size_t shown = 0;
  for (const auto& [name, value] : named.attrs) {
    if (shown == kMostElements) {
      absl::StrAppend(&out, ", ... ", named.attrs.size(), " in all");
      break;
    }
    absl::StrAppend(&out, shown++ == 0 ? "" : ", ", name, "=", AttrText(value));
  }
  return out + "}";
}

std::string TensorText(const TensorDef& tensor) {
  std::string out = absl::StrCat("tensor(", DescText(tensor.desc));
  if (!tensor.data.empty()) {
    absl::StrAppend(&out, ", ", tensor.data.size(), " bytes here");
  } else if (tensor.desc.weight_size > 0) {
    absl::StrAppend(&out, ", ", tensor.desc.weight_size,
                    " bytes in WEIGHTS_DATA at ", tensor.desc.data_offset);
  }
  return out + ")";
}

std::string ListAttrText(const ListValue& list) {
  switch (list.type) {
    case ListCase::kString:
      return Join(list.strings, Quoted);
    case ListCase::kBytes:
    case ListCase::kGraph:
      return Join(list.strings, Quoted);
    case ListCase::kFloat:
      return Join(list.floats, [](float f) { return absl::StrCat(f); });
    case ListCase::kBool:
      return Join(list.ints,
                  [](int64_t b) { return std::string(b ? "true" : "false"); });
    case ListCase::kTensorDesc:
      return Join(list.descs, DescText);
    case ListCase::kTensor:
      return Join(list.tensors, TensorText);
    case ListCase::kNamed:
      return Join(list.named, NamedText);
    case ListCase::kNone:
    case ListCase::kInt:
    case ListCase::kDataType:
      return ListText(list.ints);
  }
  return "?";
}

}  // namespace

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (char c : text.substr(0, kMostBytes)) {
    if (c == '"' || c == '\\') out += '\\';
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      char hex[8];
      std::snprintf(hex, sizeof(hex), "\\x%02X",
                    static_cast<unsigned>(static_cast<unsigned char>(c)));
      out += hex;
    }
  }
  out += '"';
  if (text.size() > kMostBytes) {
    absl::StrAppend(&out, "... ", text.size(), " bytes in all");
  }
  return out;
}

std::string ListText(const std::vector<int64_t>& values) {
  return Join(values, [](int64_t value) { return absl::StrCat(value); });
}

std::string DescText(const TensorDescriptor& desc) {
  const kernels::DataType dtype = FromProtoDtype(desc.proto_dtype);
  std::string out;
  if (!desc.name.empty()) out = Quoted(desc.name) + " ";
  absl::StrAppend(&out, kernels::NameOf(dtype));
  if (dtype != kernels::DataType::kUndefined && !kernels::IsKnown(dtype)) {
    absl::StrAppend(&out, "(", desc.proto_dtype, ")");
  }
  absl::StrAppend(&out, " ", desc.layout.empty() ? "?" : desc.layout, " ",
                  ListText(desc.shape));
  if (desc.size != 0) absl::StrAppend(&out, " size ", desc.size);
  return out;
}

std::string AttrText(const AttrDef& attr) {
  switch (attr.type) {
    case AttrCase::kNone:
      return "(not set)";
    case AttrCase::kString:
    case AttrCase::kBytes:
    case AttrCase::kExpression:
      return Quoted(attr.s);
    case AttrCase::kGraph:
      return absl::StrCat("graph of ", attr.s.size(), " bytes");
    case AttrCase::kInt:
      return absl::StrCat(attr.i);
    case AttrCase::kFloat:
      return absl::StrCat(attr.f);
    case AttrCase::kBool:
      return attr.i != 0 ? "true" : "false";
    case AttrCase::kDataType:
      return absl::StrCat("dtype ", attr.i);
    case AttrCase::kListListInt:
      return Join(attr.list_list_int, ListText);
    case AttrCase::kListListFloat:
      return absl::StrCat(attr.list_list_float.size(), " lists of float");
    case AttrCase::kList:
      return attr.list.empty() ? "[]" : ListAttrText(attr.list.front());
    case AttrCase::kFunc:
      return attr.func.empty() ? "{}" : NamedText(attr.func.front());
    case AttrCase::kTensor:
    case AttrCase::kTensorDesc:
      return attr.tensor.empty() ? "" : TensorText(attr.tensor.front());
  }
  return "?";
}

}  // namespace npuemu::om
