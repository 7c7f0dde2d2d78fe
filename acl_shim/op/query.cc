#include "acl_shim/op/query.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/base/object_tables.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/op/op_attr.h"

namespace npuemu::shim {
namespace {

absl::Status CheckCount(int count, const char* argument) {
  if (count >= 0) return absl::OkStatus();
  return InvalidValue(Fault::kInvalidParam, argument, absl::StrCat(count),
                      "0 or more");
}

absl::Status CopyDescs(DescArray array, const char* argument,
                       std::vector<om::OmTensor>* tensors) {
  if (array.count > 0 && array.descs == nullptr) return NullPointer(argument);
  tensors->reserve(static_cast<size_t>(array.count));
  for (int i = 0; i < array.count; ++i) {
    auto desc = Descs().Get(array.descs[i], argument);
    if (!desc.ok()) {
      return FaultError(FaultOf(desc.status()),
                        absl::StrCat(argument, "[", i, "]: ",
                                     desc.status().message()),
                        MessageIdOf(desc.status()));
    }
    tensors->push_back(ToOmTensor(**desc));
  }
  return absl::OkStatus();
}

}  // namespace

om::OmTensor ToOmTensor(const TensorDesc& desc) {
  om::OmTensor tensor;
  tensor.spec = desc.spec;
  tensor.name = desc.name;
  tensor.shape_range = desc.shape_range;
  tensor.mem_type = static_cast<int32_t>(desc.placement);
  tensor.storage_format = desc.storage_format;
  tensor.storage_shape = desc.storage_shape.value_or(kernels::Shape());
  if (desc.constant.has_value()) {
    tensor.is_const = true;
    tensor.const_value = *desc.constant;
  }
  return tensor;
}

absl::StatusOr<OpQuery> MakeQuery(const char* op_type, DescArray inputs,
                                  DescArray outputs, const aclopAttr* attr) {
  if (op_type == nullptr) return NullPointer("opType");
  RETURN_IF_ERROR(CheckCount(inputs.count, "numInputs"));
  RETURN_IF_ERROR(CheckCount(outputs.count, "numOutputs"));
  OpQuery query;
  query.op_type = op_type;
  RETURN_IF_ERROR(CopyDescs(inputs, "inputDesc", &query.inputs));
  RETURN_IF_ERROR(CopyDescs(outputs, "outputDesc", &query.outputs));
  ASSIGN_OR_RETURN(query.attrs, AttrsOf(attr));
  return query;
}

absl::Status GetBuffers(int count, const aclDataBuffer* const* buffers,
                        const char* argument, BufferList* list) {
  if (count > 0 && buffers == nullptr) return NullPointer(argument);
  if (count <= 0) return absl::OkStatus();
  size_t bad = 0;
  const absl::Status status = Buffers().Read(
      buffers, static_cast<size_t>(count), argument, &bad,
      [&](const DataBuffer& buffer) { list->push_back(buffer); });
  if (status.ok()) return status;
  return FaultError(
      FaultOf(status),
      absl::StrCat(argument, "[", bad, "]: ", status.message()),
      MessageIdOf(status));
}

absl::Status RefuseHostInputs(const OpQuery& query) {
  auto refuse = [](const std::vector<om::OmTensor>& tensors,
                   const char* side) -> absl::Status {
    for (size_t i = 0; i < tensors.size(); ++i) {
      if (!IsHostInput(tensors[i])) continue;
      return FaultError(
          Fault::kApiNotSupport,
          absl::StrCat(side, " ", i, " is in host memory "
                       "(aclSetTensorPlaceMent); expected device memory or a "
                       "constant (aclSetTensorConst)"));
    }
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(refuse(query.inputs, "input"));
  return refuse(query.outputs, "output");
}

bool HostInputsAsConstants(std::span<const DataBuffer> buffers,
                           OpQuery* query) {
  constexpr auto kHost = static_cast<int32_t>(Placement::kHost);
  bool changed = false;
  for (size_t i = 0; i < query->inputs.size() && i < buffers.size(); ++i) {
    om::OmTensor& tensor = query->inputs[i];
    if (!IsHostInput(tensor) || tensor.mem_type != kHost) continue;
    const auto* begin = static_cast<const std::byte*>(buffers[i].data);
    if (begin == nullptr) continue;
    tensor.is_const = true;
    tensor.mem_type = 0;
    tensor.const_value.assign(begin, begin + buffers[i].size);
    changed = true;
  }
  return changed;
}

}  // namespace npuemu::shim
