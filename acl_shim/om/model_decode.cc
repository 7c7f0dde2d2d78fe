// Decoding of ModelDef. One Read overload a message; an error stays in the
// reader and ends all loops above it.

#include <bit>
#include <utility>

#include "acl_shim/om/model_def.h"

namespace npuemu::om {
namespace {

void Read(WireReader& reader, TensorDescriptor* desc);
void Read(WireReader& reader, TensorDef* tensor);
void Read(WireReader& reader, NamedAttrs* named);
void Read(WireReader& reader, ListValue* list);
void Read(WireReader& reader, AttrDef* attr);
void Read(WireReader& reader, OpDef* op);
void Read(WireReader& reader, GraphDef* graph);

// A field of an unexpected wire type is skipped, as protobuf does.
void Set(const WireField& field, std::string* value) {
  if (field.type == WireType::kLength) *value = field.AsString();
}
void Set(const WireField& field, int64_t* value) {
  if (field.type == WireType::kVarint) *value = field.AsInt();
}
void Set(const WireField& field, int32_t* value) {
  if (field.type == WireType::kVarint) {
    *value = static_cast<int32_t>(field.value);
  }
}
void Set(const WireField& field, bool* value) {
  if (field.type == WireType::kVarint) *value = field.AsBool();
}

void Add(const WireField& field, std::vector<std::string>* values) {
  if (field.type == WireType::kLength) values->push_back(field.AsString());
}

void AddInts(WireReader& reader, const WireField& field,
             std::vector<int64_t>* values) {
  std::vector<uint64_t> raw;
  if (!reader.AppendScalars(field, WireType::kVarint, &raw)) return;
  for (uint64_t value : raw) values->push_back(static_cast<int64_t>(value));
}

void AddFloats(WireReader& reader, const WireField& field,
               std::vector<float>* values) {
  std::vector<uint64_t> raw;
  if (!reader.AppendScalars(field, WireType::kFixed32, &raw)) return;
  for (uint64_t value : raw) {
    values->push_back(std::bit_cast<float>(static_cast<uint32_t>(value)));
  }
}

template <typename T>
void ReadInner(WireReader& reader, const WireField& field, T* out) {
  WireReader inner(reader, field);
  Read(inner, out);
  reader.Adopt(inner);
}

template <typename T>
void AddInner(WireReader& reader, const WireField& field,
              std::vector<T>* values) {
  ReadInner(reader, field, &values->emplace_back());
}

// One entry of map<string, AttrDef>; a repeated key: the last one wins.
void AddEntry(WireReader& reader, const WireField& field, AttrMap* attrs) {
  WireReader entry(reader, field);
  std::string key;
  AttrDef value;
  WireField inner;
  while (entry.Next(&inner)) {
    if (inner.number == 1) Set(inner, &key);
    if (inner.number == 2) ReadInner(entry, inner, &value);
  }
  reader.Adopt(entry);
  attrs->insert_or_assign(std::move(key), std::move(value));
}

void Read(WireReader& reader, TensorDescriptor* desc) {
  WireField field;
  while (reader.Next(&field)) {
    switch (field.number) {
      case 1:
        Set(field, &desc->name);
        break;
      case 2:
        Set(field, &desc->proto_dtype);
        break;
      case 3: {
        WireReader shape(reader, field);
        WireField dim;
        while (shape.Next(&dim)) {
          if (dim.number == 1) AddInts(shape, dim, &desc->shape);
        }
        reader.Adopt(shape);
        break;
      }
      case 4:
        Set(field, &desc->layout);
        break;
      case 5:
        AddEntry(reader, field, &desc->attrs);
        break;
      case 9:
        Set(field, &desc->has_out_attr);
        break;
      case 10:
        Set(field, &desc->size);
        break;
      case 11:
        Set(field, &desc->weight_size);
        break;
      case 14:
        Set(field, &desc->device_type);
        break;
      case 18:
        Set(field, &desc->data_offset);
        break;
      default:
        break;
    }
  }
}

void Read(WireReader& reader, TensorDef* tensor) {
  WireField field;
  while (reader.Next(&field)) {
    if (field.number == 1) ReadInner(reader, field, &tensor->desc);
    if (field.number == 2) Set(field, &tensor->data);
  }
}

void Read(WireReader& reader, NamedAttrs* named) {
  WireField field;
  while (reader.Next(&field)) {
    if (field.number == 1) Set(field, &named->name);
    if (field.number == 2) AddEntry(reader, field, &named->attrs);
  }
}

// The kind that a list field implies where val_type is missing.
ListCase CaseOfField(uint32_t number) {
  switch (number) {
    case 2:
      return ListCase::kString;
    case 3:
      return ListCase::kInt;
    case 4:
      return ListCase::kFloat;
    case 5:
      return ListCase::kBool;
    case 7:
      return ListCase::kBytes;
    case 8:
      return ListCase::kTensorDesc;
    case 9:
      return ListCase::kTensor;
    case 10:
      return ListCase::kGraph;
    case 11:
      return ListCase::kNamed;
    case 12:
      return ListCase::kDataType;
    default:
      return ListCase::kNone;
  }
}

void Read(WireReader& reader, ListValue* list) {
  ListCase implied = ListCase::kNone;
  int64_t given = 0;
  WireField field;
  while (reader.Next(&field)) {
    if (implied == ListCase::kNone) implied = CaseOfField(field.number);
    switch (field.number) {
      case 2:
      case 7:
      case 10:
        Add(field, &list->strings);
        break;
      case 3:
      case 5:
      case 12:
        AddInts(reader, field, &list->ints);
        break;
      case 4:
        AddFloats(reader, field, &list->floats);
        break;
      case 8:
        AddInner(reader, field, &list->descs);
        break;
      case 9:
        AddInner(reader, field, &list->tensors);
        break;
      case 11:
        AddInner(reader, field, &list->named);
        break;
      case 20:
        Set(field, &given);
        break;
      default:
        break;
    }
  }
  const bool known = given > 0 && given <= 10;
  list->type = known ? static_cast<ListCase>(given) : implied;
}

void ReadListListInt(WireReader& reader, AttrDef* attr) {
  WireField row;
  while (reader.Next(&row)) {
    if (row.number != 1) continue;
    std::vector<int64_t>& values = attr->list_list_int.emplace_back();
    WireReader inner(reader, row);
    WireField field;
    while (inner.Next(&field)) {
      if (field.number == 1) AddInts(inner, field, &values);
    }
    reader.Adopt(inner);
  }
}

void ReadListListFloat(WireReader& reader, AttrDef* attr) {
  WireField row;
  while (reader.Next(&row)) {
    if (row.number != 1) continue;
    std::vector<float>& values = attr->list_list_float.emplace_back();
    WireReader inner(reader, row);
    WireField field;
    while (inner.Next(&field)) {
      if (field.number == 1) AddFloats(inner, field, &values);
    }
    reader.Adopt(inner);
  }
}

void ReadAttrMessage(WireReader& reader, const WireField& field,
                     AttrDef* attr) {
  switch (attr->type) {
    case AttrCase::kList:
      AddInner(reader, field, &attr->list);
      break;
    case AttrCase::kFunc:
      AddInner(reader, field, &attr->func);
      break;
    case AttrCase::kTensor:
      AddInner(reader, field, &attr->tensor);
      break;
    case AttrCase::kTensorDesc:
      ReadInner(reader, field, &attr->tensor.emplace_back().desc);
      break;
    case AttrCase::kListListInt:
    case AttrCase::kListListFloat: {
      WireReader inner(reader, field);
      if (attr->type == AttrCase::kListListInt) {
        ReadListListInt(inner, attr);
      } else {
        ReadListListFloat(inner, attr);
      }
      reader.Adopt(inner);
      break;
    }
    default:
      break;
  }
}

void Read(WireReader& reader, AttrDef* attr) {
  WireField field;
  while (reader.Next(&field)) {
    const auto type = static_cast<AttrCase>(field.number);
    switch (type) {
      case AttrCase::kInt:
      case AttrCase::kBool:
      case AttrCase::kDataType:
        if (field.type != WireType::kVarint) continue;
        *attr = AttrDef();
        attr->i = type == AttrCase::kBool ? field.AsBool() : field.AsInt();
        break;
      case AttrCase::kFloat:
        if (field.type != WireType::kFixed32) continue;
        *attr = AttrDef();
        attr->f = field.AsFloat();
        break;
      case AttrCase::kString:
      case AttrCase::kBytes:
      case AttrCase::kGraph:
      case AttrCase::kExpression:
        if (field.type != WireType::kLength) continue;
        *attr = AttrDef();
        attr->s = field.AsString();
        break;
      case AttrCase::kList:
      case AttrCase::kFunc:
      case AttrCase::kTensorDesc:
      case AttrCase::kTensor:
      case AttrCase::kListListInt:
      case AttrCase::kListListFloat:
        *attr = AttrDef();
        attr->type = type;
        ReadAttrMessage(reader, field, attr);
        break;
      default:
        continue;
    }
    attr->type = type;
  }
}

void Read(WireReader& reader, OpDef* op) {
  WireField field;
  while (reader.Next(&field)) {
    switch (field.number) {
      case 1:
        Set(field, &op->name);
        break;
      case 2:
        Set(field, &op->type);
        break;
      case 5:
        Add(field, &op->inputs);
        break;
      case 10:
        AddEntry(reader, field, &op->attrs);
        break;
      case 21:
        Set(field, &op->id);
        break;
      case 22:
        Set(field, &op->stream_id);
        break;
      case 28:
        AddInts(reader, field, &op->input_offsets);
        break;
      case 29:
        AddInts(reader, field, &op->output_offsets);
        break;
      case 31:
        AddInts(reader, field, &op->workspace_bytes);
        break;
      case 32:
        AddInts(reader, field, &op->is_input_const);
        break;
      case 33:
        AddInner(reader, field, &op->input_descs);
        break;
      case 34:
        AddInner(reader, field, &op->output_descs);
        break;
      case 35:
        Add(field, &op->subgraphs);
        break;
      default:
        break;
    }
  }
}

void Read(WireReader& reader, GraphDef* graph) {
  WireField field;
  while (reader.Next(&field)) {
    switch (field.number) {
      case 1:
        Set(field, &graph->name);
        break;
      case 4:
        Add(field, &graph->inputs);
        break;
      case 5:
        Add(field, &graph->outputs);
        break;
      case 6:
        AddInner(reader, field, &graph->ops);
        break;
      case 11:
        AddEntry(reader, field, &graph->attrs);
        break;
      default:
        break;
    }
  }
}

}  // namespace

absl::StatusOr<ModelDef> DecodeModelDef(Bytes bytes) {
  WireLimits limits;
  WireReader reader(bytes, &limits);
  ModelDef model;
  WireField field;
  while (reader.Next(&field)) {
    switch (field.number) {
      case 1:
        Set(field, &model.name);
        break;
      case 2:
        Set(field, &model.version);
        break;
      case 3:
        Set(field, &model.custom_version);
        break;
      case 7:
        AddInner(reader, field, &model.graphs);
        break;
      case 11:
        AddEntry(reader, field, &model.attrs);
        break;
      default:
        break;
    }
  }
  if (!reader.status().ok()) return reader.status();
  return model;
}

}  // namespace npuemu::om
