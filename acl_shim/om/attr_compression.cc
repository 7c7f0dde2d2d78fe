#include "acl_shim/om/attr_compression.h"

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

bool IsIndex(std::string_view key) { return key.starts_with('\0'); }

absl::Status TableError(const std::string& text) {
  return FaultError(Fault::kDeserializeModel,
                    absl::StrCat("compressed attributes: ", text));
}

absl::StatusOr<size_t> IndexOf(const std::string& key) {
  if (key.size() < 2 || key.size() > 6) {
    return TableError(absl::StrCat("an index key has ", key.size(),
                                   " bytes, expected 2 to 6"));
  }
  size_t index = 0;
  size_t weight = 1;
  for (size_t i = 1; i < key.size(); ++i, weight *= 127) {
    const auto digit = static_cast<unsigned char>(key[i]);
    if (digit < 1 || digit > 127) {
      return TableError(absl::StrCat("digit byte ", digit,
                                     " of an index key, expected 1 to 127"));
    }
    index += (digit - 1) * weight;
  }
  return index;
}

absl::StatusOr<std::string> Lookup(const std::vector<std::string>& table,
                                   int64_t index, const char* name) {
  if (index < 0 || static_cast<size_t>(index) >= table.size()) {
    return TableError(absl::StrCat("index ", index, " into ", name,
                                   ", which has ", table.size(), " entries"));
  }
  return table[static_cast<size_t>(index)];
}

class Decompressor {
 public:
  Decompressor(const AttrTables& root, const AttrTables& own)
      : root_(root), own_(own) {}

  absl::Status Run(AttrMap* attrs) const {
    if (attrs->empty() || !IsIndex(attrs->begin()->first)) {
      return absl::OkStatus();  // keys are sorted: indices come first
    }
    AttrMap plain;
    for (auto& [key, value] : *attrs) {
      if (!IsIndex(key)) {
        plain.insert_or_assign(key, std::move(value));
        continue;
      }
      ASSIGN_OR_RETURN(const size_t index, IndexOf(key));
      ASSIGN_OR_RETURN(
          const std::string own_name,
          Lookup(own_.names, static_cast<int64_t>(index), "attr_name_enum"));
      ASSIGN_OR_RETURN(const std::string name, ByRoot(own_name, root_.names));
      if (own_.uses_string_value[index] != 0) {
        RETURN_IF_ERROR(ReplaceValue(&value));
      }
      plain.insert_or_assign(name, std::move(value));
    }
    *attrs = std::move(plain);
    return absl::OkStatus();
  }

 private:
  // Entries of a sub-model's table may be indices into the root's table.
  absl::StatusOr<std::string> ByRoot(
      const std::string& text, const std::vector<std::string>& table) const {
    if (!IsIndex(text) || table.empty()) return text;
    ASSIGN_OR_RETURN(const size_t index, IndexOf(text));
    return Lookup(table, static_cast<int64_t>(index), "the root model's table");
  }

  absl::StatusOr<std::string> Value(int64_t index) const {
    ASSIGN_OR_RETURN(const std::string text,
                     Lookup(own_.values, index, "attr_value_enum"));
    return ByRoot(text, root_.values);
  }

  absl::Status ReplaceValue(AttrDef* attr) const {
    if (attr->type == AttrCase::kInt) {
      ASSIGN_OR_RETURN(const std::string text, Value(attr->i));
      *attr = AttrDef::String(text);
      return absl::OkStatus();
    }
    if (attr->type != AttrCase::kList || attr->list.empty() ||
        attr->list.front().type != ListCase::kInt) {
      return absl::OkStatus();  // kept as it is
    }
    ListValue texts;
    texts.type = ListCase::kString;
    for (int64_t index : attr->list.front().ints) {
      ASSIGN_OR_RETURN(std::string text, Value(index));
      texts.strings.push_back(std::move(text));
    }
    *attr = AttrDef::List(std::move(texts));
    return absl::OkStatus();
  }

  const AttrTables& root_;
  const AttrTables& own_;
};

}  // namespace

absl::StatusOr<AttrTables> AttrTablesOf(const ModelDef& model) {
  AttrTables tables;
  const ListValue* names = FindList(model.attrs, "attr_name_enum");
  if (names == nullptr) return tables;
  const ListValue* values = FindList(model.attrs, "attr_value_enum");
  const ListValue* flags = FindList(model.attrs, "attrs_use_string_value");
  tables.names = names->strings;
  if (values != nullptr) tables.values = values->strings;
  if (flags != nullptr) tables.uses_string_value = flags->ints;
  if (tables.uses_string_value.size() != tables.names.size()) {
    return TableError(absl::StrCat(
        "attrs_use_string_value has ", tables.uses_string_value.size(),
        " entries, expected ", tables.names.size(), " as attr_name_enum"));
  }
  return tables;
}

absl::Status DecompressAttrs(const AttrTables& root, ModelDef* model) {
  ASSIGN_OR_RETURN(const AttrTables own, AttrTablesOf(*model));
  const Decompressor decompressor(root, own.empty() ? root : own);
  for (GraphDef& graph : model->graphs) {
    for (OpDef& op : graph.ops) {
      RETURN_IF_ERROR(decompressor.Run(&op.attrs));
      for (TensorDescriptor& desc : op.input_descs) {
        RETURN_IF_ERROR(decompressor.Run(&desc.attrs));
      }
      for (TensorDescriptor& desc : op.output_descs) {
        RETURN_IF_ERROR(decompressor.Run(&desc.attrs));
      }
    }
  }
  return absl::OkStatus();
}

std::string CompressedKey(uint64_t index) {
  std::string key(1, '\0');
  do {
    key.push_back(static_cast<char>(index % 127 + 1));
    index /= 127;
  } while (index != 0);
  return key;
}

}  // namespace npuemu::om
