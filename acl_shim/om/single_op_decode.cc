// Reading of single-op models from their model attributes (single_op 1.5).

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/attr_codec.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/single_op_model.h"
#include "acl_shim/om/tensor_codec.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

constexpr std::string_view kPrefix = "ATTR_MODEL_";
// Not attributes of the operator: what every model has, and what the real
// runtime ignores.
constexpr std::string_view kReserved[] = {
    "OP_TYPE",
    "TENSOR_INPUTS",
    "TENSOR_OUTPUTS",
    "_single_op_scene",
    "_unregst_oppath",
    "_unregst_attrlist",
    "_dynamic_input_index_start",
    "_dynamic_input_index_end",
};

absl::Status Missing(const char* name, const char* expected) {
  return FaultError(
      Fault::kModelMissingAttr,
      absl::StrCat("model attribute ", name, " is missing, expected ", expected,
                   "; this is no single-op model"));
}

bool HasValueRange(const TensorDescriptor& desc) {
  return desc.attrs.contains("value_range");
}

// Appends the descriptors of a model attribute; sets `dynamic` on a value
// range.
absl::Status ReadTensors(const AttrMap& attrs, const char* name, Bytes weights,
                         std::vector<OmTensor>* tensors, bool* dynamic) {
  const ListValue* list = FindList(attrs, name);
  if (list == nullptr) return Missing(name, "a list of tensors");
  auto add = [&](const TensorDescriptor& desc) {
    tensors->push_back(FromDescriptor(desc, weights));
    *dynamic |= tensors->back().dynamic() || HasValueRange(desc);
  };
  for (const TensorDef& tensor : list->tensors) add(tensor.desc);
  for (const TensorDescriptor& desc : list->descs) add(desc);
  return absl::OkStatus();
}

void ReadAttrs(const AttrMap& attrs, SingleOpModel* model) {
  for (auto it = attrs.lower_bound(kPrefix);
       it != attrs.end() && it->first.starts_with(kPrefix); ++it) {
    const std::string name = it->first.substr(kPrefix.size());
    if (std::count(std::begin(kReserved), std::end(kReserved), name) > 0) {
      continue;
    }
    if (auto value = FromAttrDef(it->second)) {
      model->attrs.insert_or_assign(name, *std::move(value));
    } else {
      model->foreign_attrs.push_back(name);
    }
  }
}

absl::StatusOr<SingleOpModel> FromModelDef(const ModelDef& def, Bytes weights) {
  SingleOpModel model;
  model.name = def.name;
  const AttrDef* op_type =
      FindAttr(def.attrs, "ATTR_MODEL_OP_TYPE", AttrCase::kString);
  if (op_type == nullptr || op_type->s.empty()) {
    return Missing("ATTR_MODEL_OP_TYPE", "the operator type");
  }
  model.op_type = op_type->s;
  RETURN_IF_ERROR(ReadTensors(def.attrs, "ATTR_MODEL_TENSOR_INPUTS", weights,
                              &model.inputs, &model.dynamic));
  RETURN_IF_ERROR(ReadTensors(def.attrs, "ATTR_MODEL_TENSOR_OUTPUTS", weights,
                              &model.outputs, &model.dynamic));
  ReadAttrs(def.attrs, &model);
  const AttrDef* dynamic =
      FindAttr(def.attrs, "_is_dynamic_model", AttrCase::kBool);
  model.dynamic |= dynamic != nullptr && dynamic->i != 0;
  if (const AttrDef* mode =
          FindAttr(def.attrs, "_build_mode", AttrCase::kInt)) {
    model.build_mode = static_cast<int32_t>(mode->i);
  }
  if (const AttrDef* soc =
          FindAttr(def.attrs, "soc_version", AttrCase::kString)) {
    model.soc_version = soc->s;
  }
  return model;
}

}  // namespace

bool OmTensor::dynamic() const {
  return std::any_of(spec.shape.begin(), spec.shape.end(),
                     [](int64_t extent) { return extent < 0; });
}

std::vector<DimRange> OmTensor::FullRange() const {
  std::vector<DimRange> ranges;
  if (spec.shape == kernels::Shape{-2}) return ranges;
  for (size_t i = 0; i < spec.shape.size(); ++i) {
    const int64_t extent = spec.shape[i];
    if (extent >= 0) {
      ranges.emplace_back(extent, extent);
    } else if (i < shape_range.size()) {
      ranges.push_back(shape_range[i]);
    } else {
      ranges.emplace_back(0, -1);
    }
  }
  return ranges;
}

absl::StatusOr<SingleOpModel> Decode(std::span<const std::byte> bytes) {
  ASSIGN_OR_RETURN(const OmFile file, ParseOmFile(bytes));
  ASSIGN_OR_RETURN(const ModelDef def, LoadModelDef(file, 0, AttrTables()));
  const Partition* weights = file.models[0].Find(PartitionType::kWeights);
  return FromModelDef(def, weights == nullptr ? Bytes() : weights->bytes);
}

}  // namespace npuemu::om
