// Encoding of ModelDef. Fields are written in order of their numbers (the
// oneof of an attribute has one field), maps in order of their keys, zero
// scalars not at all: one model, one byte string.

#include "acl_shim/om/model_def.h"

namespace npuemu::om {
namespace {

WireWriter Write(const AttrDef& attr);

void PutInt(WireWriter& writer, uint32_t number, int64_t value) {
  if (value != 0) writer.Int(number, value);
}

void PutString(WireWriter& writer, uint32_t number, const std::string& value) {
  if (!value.empty()) writer.String(number, value);
}

void PutAttrs(WireWriter& writer, uint32_t number, const AttrMap& attrs) {
  for (const auto& [name, value] : attrs) {
    WireWriter entry;
    entry.String(1, name);
    entry.Message(2, Write(value));
    writer.Message(number, entry);
  }
}

WireWriter Write(const TensorDescriptor& desc) {
  WireWriter writer;
  PutString(writer, 1, desc.name);
  PutInt(writer, 2, desc.proto_dtype);
  WireWriter shape;
  shape.PackedInts(1, desc.shape);
  writer.Message(3, shape);
  PutString(writer, 4, desc.layout);
  PutAttrs(writer, 5, desc.attrs);
  PutInt(writer, 9, desc.has_out_attr);
  PutInt(writer, 10, desc.size);
  PutInt(writer, 11, desc.weight_size);
  PutString(writer, 14, desc.device_type);
  PutInt(writer, 18, desc.data_offset);
  return writer;
}

WireWriter Write(const TensorDef& tensor) {
  WireWriter writer;
  writer.Message(1, Write(tensor.desc));
  PutString(writer, 2, tensor.data);
  return writer;
}

WireWriter Write(const NamedAttrs& named) {
  WireWriter writer;
  PutString(writer, 1, named.name);
  PutAttrs(writer, 2, named.attrs);
  return writer;
}

// The field of ListValue that holds a string-like or int-like kind.
uint32_t FieldOf(ListCase type) {
  switch (type) {
    case ListCase::kBytes:
      return 7;
    case ListCase::kGraph:
      return 10;
    case ListCase::kBool:
      return 5;
    case ListCase::kDataType:
      return 12;
    case ListCase::kInt:
      return 3;
    default:
      return 2;
  }
}

WireWriter Write(const ListValue& list) {
  WireWriter writer;
  const uint32_t number = FieldOf(list.type);
  for (const std::string& value : list.strings) writer.String(number, value);
  writer.PackedInts(number, list.ints);
  writer.PackedFloats(4, list.floats);
  for (const auto& value : list.descs) writer.Message(8, Write(value));
  for (const auto& value : list.tensors) writer.Message(9, Write(value));
  for (const auto& value : list.named) writer.Message(11, Write(value));
  PutInt(writer, 20, static_cast<int64_t>(list.type));
  return writer;
}

// A oneof's zero is written: it tells which member is set.
WireWriter Write(const AttrDef& attr) {
  WireWriter writer;
  const auto number = static_cast<uint32_t>(attr.type);
  switch (attr.type) {
    case AttrCase::kNone:
      break;
    case AttrCase::kInt:
    case AttrCase::kBool:
    case AttrCase::kDataType:
      writer.Int(number, attr.i);
      break;
    case AttrCase::kFloat:
      writer.Float(number, attr.f);
      break;
    case AttrCase::kString:
    case AttrCase::kBytes:
    case AttrCase::kGraph:
    case AttrCase::kExpression:
      writer.String(number, attr.s);
      break;
    case AttrCase::kList:
      for (const auto& v : attr.list) writer.Message(number, Write(v));
      break;
    case AttrCase::kFunc:
      for (const auto& v : attr.func) writer.Message(number, Write(v));
      break;
    case AttrCase::kTensorDesc:
      for (const auto& v : attr.tensor) writer.Message(number, Write(v.desc));
      break;
    case AttrCase::kTensor:
      for (const auto& v : attr.tensor) writer.Message(number, Write(v));
      break;
    case AttrCase::kListListInt:
    case AttrCase::kListListFloat: {
      WireWriter rows;
      for (const auto& row : attr.list_list_int) {
        WireWriter values;
        values.PackedInts(1, row);
        rows.Message(1, values);
      }
      for (const auto& row : attr.list_list_float) {
        WireWriter values;
        values.PackedFloats(1, row);
        rows.Message(1, values);
      }
      writer.Message(number, rows);
      break;
    }
  }
  return writer;
}

WireWriter Write(const OpDef& op) {
  WireWriter writer;
  PutString(writer, 1, op.name);
  PutString(writer, 2, op.type);
  for (const std::string& input : op.inputs) writer.String(5, input);
  PutAttrs(writer, 10, op.attrs);
  PutInt(writer, 21, op.id);
  PutInt(writer, 22, op.stream_id);
  writer.PackedInts(28, op.input_offsets);
  writer.PackedInts(29, op.output_offsets);
  writer.PackedInts(31, op.workspace_bytes);
  writer.PackedInts(32, op.is_input_const);
  for (const auto& desc : op.input_descs) writer.Message(33, Write(desc));
  for (const auto& desc : op.output_descs) writer.Message(34, Write(desc));
  for (const std::string& graph : op.subgraphs) writer.String(35, graph);
  return writer;
}

WireWriter Write(const GraphDef& graph) {
  WireWriter writer;
  PutString(writer, 1, graph.name);
  for (const std::string& input : graph.inputs) writer.String(4, input);
  for (const std::string& output : graph.outputs) writer.String(5, output);
  for (const OpDef& op : graph.ops) writer.Message(6, Write(op));
  PutAttrs(writer, 11, graph.attrs);
  return writer;
}

}  // namespace

std::string EncodeModelDef(const ModelDef& model) {
  WireWriter writer;
  PutString(writer, 1, model.name);
  PutInt(writer, 2, model.version);
  PutString(writer, 3, model.custom_version);
  for (const GraphDef& graph : model.graphs) writer.Message(7, Write(graph));
  PutAttrs(writer, 11, model.attrs);
  return writer.Take();
}

}  // namespace npuemu::om
