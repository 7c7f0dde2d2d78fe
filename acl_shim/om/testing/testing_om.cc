#include "acl_shim/om/testing/testing_om.h"

#include <algorithm>
#include <cstring>

namespace npuemu::om {
namespace {

void Poke(std::string* file, size_t at, uint64_t value, int bytes) {
  file->replace(at, static_cast<size_t>(bytes), Le(value, bytes));
}

std::string Table(const std::vector<TestPartition>& partitions, bool large) {
  std::string table = Le(partitions.size(), large ? 8 : 4);
  uint64_t offset = 0;
  for (const TestPartition& partition : partitions) {
    table += Le(partition.type, large ? 8 : 4);
    table += Le(offset, large ? 8 : 4);
    table += Le(partition.bytes.size(), large ? 8 : 4);
    offset += partition.bytes.size();
  }
  for (const TestPartition& partition : partitions) table += partition.bytes;
  return table;
}

AttrMap EveryKind() {
  ListValue strings = ListValue::Of(ListCase::kString);
  strings.strings = {"a", "b"};
  NamedAttrs named;
  named.name = "inner";
  named.attrs["x"] = AttrDef::Int(1);
  AttrDef func;
  func.type = AttrCase::kFunc;
  func.func = {named};
  AttrMap attrs;
  attrs["a_bool"] = AttrDef::Bool(true);
  attrs["a_dtype"] = AttrDef::DataType(1);
  attrs["a_float"] = AttrDef::Float(0.5f);
  attrs["a_func"] = func;
  attrs["a_string"] = AttrDef::String("AIcoreEngine");
  attrs["a_tensor"] = AttrDef::Tensor(TensorDef{{}, "bytes"});
  attrs["an_int"] = AttrDef::Int(-7);
  attrs["list_list"] = AttrDef::ListListInt({{1, 2}, {}, {3}});
  attrs["list_string"] = AttrDef::List(strings);
  return attrs;
}

TensorDescriptor FloatDesc() {
  TensorDescriptor desc;
  desc.proto_dtype = 1;
  desc.shape = {2, 3};
  desc.layout = "ND";
  desc.size = 24;
  desc.attrs["origin_format"] = AttrDef::String("ND");
  return desc;
}

void CompressMap(const std::vector<std::string>& names,
                 const std::vector<std::string>& by_value,
                 std::vector<std::string>* values, AttrMap* attrs) {
  AttrMap out;
  for (auto& [name, value] : *attrs) {
    auto it = std::find(names.begin(), names.end(), name);
    if (it == names.end()) {
      out[name] = value;
      continue;
    }
    std::string key(1, '\0');
    for (auto index = it - names.begin();; index /= 127) {
      key += static_cast<char>(index % 127 + 1);
      if (index < 127) break;
    }
    AttrDef stored = value;
    if (std::count(by_value.begin(), by_value.end(), name) > 0) {
      auto enter = [&](const std::string& text) {
        values->push_back(text);
        return static_cast<int64_t>(values->size()) - 1;
      };
      if (value.type == AttrCase::kString) {
        stored = AttrDef::Int(enter(value.s));
      } else {
        ListValue indices = ListValue::Of(ListCase::kInt);
        for (const std::string& text : value.list.front().strings) {
          indices.ints.push_back(enter(text));
        }
        stored = AttrDef::List(indices);
      }
    }
    out[key] = stored;
  }
  *attrs = out;
}

}  // namespace

std::string Le(uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> (8 * i));
  }
  return out;
}

std::string AsText(Bytes bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string Build(const TestFile& file) {
  std::string body;
  for (const auto& partitions : file.models) {
    body += Table(partitions, file.large);
  }
  std::string out(256, '\0');
  std::memcpy(out.data(), "IMOD", 4);
  Poke(&out, 4, 256, 4);
  Poke(&out, 8, file.version1 ? 0x10000000 : 0x20000000, 4);
  if (!file.large) Poke(&out, 76, body.size(), 4);
  out.replace(84, file.name.size(), file.name);
  Poke(&out, 152, 2, 4);
  if (!file.version1) Poke(&out, 156, file.models.size(), 4);
  out.replace(file.version1 ? 156 : 160, 8, "1.11.z.0");
  if (file.large) Poke(&out, 184, body.size(), 8);
  return out + body;
}

std::string KernelStore(const std::vector<std::string>& names) {
  std::string store;
  for (const std::string& name : names) {
    const std::string binary = "ELF" + name;
    store += Le(0x5D776EFD, 4) + Le(name.size(), 4) + Le(binary.size(), 4) +
             name + binary;
  }
  return store;
}

std::string InoutRecord() {
  const std::string dims = Le(2, 8) + Le(3, 8);
  const std::string tensor = Le(24, 8) + Le(2, 4) + Le(0, 4) + Le(2, 4) +
                             Le(dims.size(), 4) + Le(dims.size(), 4) +
                             Le(16, 4) + "in" + dims + dims + Le(1, 8) +
                             Le(~uint64_t{0}, 8);
  const std::string inputs = Le(1, 4) + tensor;
  const std::string outputs = Le(0, 4);
  return Le(0, 4) + Le(inputs.size(), 4) + inputs + Le(1, 4) +
         Le(outputs.size(), 4) + outputs + Le(6, 4) + Le(3, 4) + "abc";
}

ModelDef SampleNetwork() {
  OpDef data;
  data.name = "in";
  data.type = "Data";
  data.attrs["index"] = AttrDef::Int(0);
  data.output_descs = {FloatDesc()};
  OpDef relu;
  relu.name = "relu";
  relu.type = "Relu";
  relu.inputs = {"in:0"};
  relu.id = 1;
  relu.attrs = EveryKind();
  relu.input_descs = {FloatDesc()};
  relu.output_descs = {FloatDesc()};
  relu.workspace_bytes = {32};
  OpDef output;
  output.name = "Node_Output";
  output.type = "NetOutput";
  output.id = 2;
  output.inputs = {"relu:0"};
  output.input_descs = {FloatDesc()};
  GraphDef graph;
  graph.name = "graph";
  graph.ops = {data, relu, output};
  ModelDef model;
  model.name = "network";
  model.version = 2;
  model.graphs = {graph};
  model.attrs["stream_num"] = AttrDef::Int(1);
  return model;
}

void Compress(const std::vector<std::string>& names,
              const std::vector<std::string>& table_names,
              const std::vector<std::string>& by_value, ModelDef* model) {
  ListValue values = ListValue::Of(ListCase::kString);
  for (OpDef& op : model->graphs[0].ops) {
    CompressMap(names, by_value, &values.strings, &op.attrs);
    for (TensorDescriptor& desc : op.input_descs) {
      CompressMap(names, by_value, &values.strings, &desc.attrs);
    }
    for (TensorDescriptor& desc : op.output_descs) {
      CompressMap(names, by_value, &values.strings, &desc.attrs);
    }
  }
  ListValue table = ListValue::Of(ListCase::kString);
  table.strings = table_names;
  ListValue flags = ListValue::Of(ListCase::kBool);
  for (const std::string& name : names) {
    flags.ints.push_back(std::count(by_value.begin(), by_value.end(), name) >
                         0);
  }
  model->attrs["om_compress_version"] = AttrDef::Int(1);
  model->attrs["attr_name_enum"] = AttrDef::List(table);
  model->attrs["attr_value_enum"] = AttrDef::List(values);
  model->attrs["attrs_use_string_value"] = AttrDef::List(flags);
}

SingleOpModel SampleAdd() {
  using kernels::DataType;
  OmTensor tensor;
  tensor.spec = {DataType::kFloat16, kernels::Format::kNd, {8, 16}};
  SingleOpModel model;
  model.op_type = "Add";
  model.name = "0_Add_1_2_8_16_1_2_8_16_1_2_8_16";
  model.inputs = {tensor, tensor};
  model.outputs = {tensor};
  model.attrs = {
      {"a_bool", true},
      {"an_int", int64_t{-3}},
      {"a_float", 0.25f},
      {"a_string", std::string("text")},
      {"a_dtype", DataType::kBf16},
      {"list_bool", std::vector<uint8_t>{1, 0}},
      {"list_int", std::vector<int64_t>{1, -1}},
      {"list_float", std::vector<float>{0.5f, -2}},
      {"list_string", std::vector<std::string>{"x", ""}},
      {"list_list_int", std::vector<std::vector<int64_t>>{{1}, {}, {2, 3}}},
      {"list_dtype", std::vector<DataType>{DataType::kInt8}}};
  model.soc_version = "Ascend910B1";
  return model;
}

std::vector<std::string> SampleFiles() {
  const std::string plain = EncodeModelDef(SampleNetwork());
  TestFile tiny{.version1 = true,
                .large = false,
                .name = "tiny",
                .models = {{{0, plain}, {1, "weights"}}}};
  TestFile large{.name = "large",
                 .models = {{{8, InoutRecord()},
                             {0, plain},
                             {1, "weights"},
                             {3, KernelStore({"k0", "k1"})},
                             {2, std::string("R\0R\0", 4)}}}};
  const std::vector<std::string> names = {"a_string", "list_string", "an_int"};
  ModelDef root = SampleNetwork();
  Compress(names, names, {"a_string", "list_string"}, &root);
  // The tables of the others are indices into those of the root.
  const std::vector<std::string> encoded = {
      std::string("\0\1", 2), std::string("\0\2", 2), std::string("\0\3", 2)};
  ModelDef part = SampleNetwork();
  Compress(names, encoded, {"a_string"}, &part);
  TestFile three{.name = "three",
                 .models = {{{0, EncodeModelDef(root)}},
                            {{0, EncodeModelDef(part)}},
                            {{0, EncodeModelDef(part)}, {1, ""}}}};
  return {Build(tiny), Build(large), Build(three), AsText(Encode(SampleAdd()))};
}

}  // namespace npuemu::om
