// Writing of single-op models: the model attributes that make one (single_op
// 1.5) and a graph Data -> operator -> NetOutput for readers that want one.

#include <string>
#include <utility>

#include "acl_shim/om/attr_codec.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/single_op_model.h"
#include "acl_shim/om/tensor_codec.h"

namespace npuemu::om {
namespace {

ListValue TensorList(const std::vector<OmTensor>& tensors) {
  ListValue list = ListValue::Of(ListCase::kTensor);
  for (const OmTensor& tensor : tensors) {
    list.tensors.push_back({ToDescriptor(tensor), ""});
  }
  return list;
}

AttrMap ModelAttrs(const SingleOpModel& model) {
  AttrMap attrs;
  for (const auto& [name, value] : model.attrs) {
    attrs["ATTR_MODEL_" + name] = ToAttrDef(value);
  }
  attrs["ATTR_MODEL_OP_TYPE"] = AttrDef::String(model.op_type);
  attrs["ATTR_MODEL_TENSOR_INPUTS"] = AttrDef::List(TensorList(model.inputs));
  attrs["ATTR_MODEL_TENSOR_OUTPUTS"] = AttrDef::List(TensorList(model.outputs));
  attrs["GE_INNER_SINGLE_OP_TYPE"] = AttrDef::String(model.op_type);
  attrs["_single_op_scene"] = AttrDef::Bool(true);
  attrs["_is_dynamic_model"] = AttrDef::Bool(model.dynamic);
  attrs["_build_mode"] = AttrDef::Int(model.build_mode);
  if (model.dynamic) attrs["support_dynamicshape"] = AttrDef::Bool(true);
  if (!model.soc_version.empty()) {
    attrs["soc_version"] = AttrDef::String(model.soc_version);
  }
  return attrs;
}

// The node that feeds input `index`: Data, or Constant for a constant.
OpDef SourceOp(const std::string& op_name, size_t index,
               const OmTensor& tensor) {
  OpDef source;
  source.name = op_name + "_in_" + std::to_string(index);
  source.type = tensor.is_const ? "Constant" : "Data";
  TensorDescriptor desc = ToDescriptor(tensor);
  if (tensor.is_const) {
    source.attrs["value"] = desc.attrs["value"];
  } else {
    source.attrs["index"] = AttrDef::Int(static_cast<int64_t>(index));
    source.input_descs.push_back(desc);
  }
  source.output_descs.push_back(std::move(desc));
  return source;
}

GraphDef Graph(const SingleOpModel& model) {
  GraphDef graph;
  graph.name = model.name;
  OpDef op;
  op.name = model.op_type;
  op.type = model.op_type;
  for (size_t i = 0; i < model.inputs.size(); ++i) {
    const OmTensor& tensor = model.inputs[i];
    op.input_descs.push_back(ToDescriptor(tensor));
    op.is_input_const.push_back(tensor.is_const);
    if (tensor.spec.absent()) {
      op.inputs.emplace_back();
      continue;
    }
    graph.ops.push_back(SourceOp(op.name, i, tensor));
    op.inputs.push_back(graph.ops.back().name + ":0");
  }
  OpDef output;
  output.name = graph.name + "_Node_Output";
  output.type = "NetOutput";
  for (size_t i = 0; i < model.outputs.size(); ++i) {
    op.output_descs.push_back(ToDescriptor(model.outputs[i]));
    output.inputs.push_back(op.name + ":" + std::to_string(i));
    output.input_descs.push_back(op.output_descs.back());
  }
  for (const auto& [name, value] : model.attrs) {
    // A leading zero byte would be read as a compressed name.
    if (!name.starts_with('\0')) op.attrs[name] = ToAttrDef(value);
  }
  graph.ops.push_back(std::move(op));
  graph.ops.push_back(std::move(output));
  for (size_t i = 0; i < graph.ops.size(); ++i) {
    graph.ops[i].id = static_cast<int64_t>(i);
  }
  return graph;
}

}  // namespace

std::vector<std::byte> Encode(const SingleOpModel& model) {
  ModelDef def;
  def.name = model.name;
  def.version = 1;
  def.graphs.push_back(Graph(model));
  def.attrs = ModelAttrs(model);
  OmHeader header;
  header.name = model.name;
  header.is_unknown_model = model.dynamic;
  const PartitionData partition{PartitionType::kModelDef, EncodeModelDef(def)};
  return WriteOmFile(header, {&partition, 1});
}

}  // namespace npuemu::om
