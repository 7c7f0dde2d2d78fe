#include "acl_shim/om/json_tensor.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/ge_names.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

using kernels::DataType;
using kernels::Format;

absl::Status InvalidAttribute(const char* attribute, const TensorPlace& place) {
  return FaultError(
      Fault::kFileAttrInvalid,
      absl::StrCat("Attribute ", attribute, " of ",
                   place.is_input ? "input" : "output", " tensor ", place.index,
                   " for Op ", place.op_type,
                   " is invalid when --singleop is specified."),
      "E10027");
}

// Element type and format, each known and either both or none "absent".
absl::Status ParseTypeAndFormat(const Json& json, const TensorPlace& place,
                                kernels::TensorSpec* spec) {
  ASSIGN_OR_RETURN(const Json* format_json, Member(json, "format"));
  ASSIGN_OR_RETURN(const std::string format, StringOf(*format_json, "format"));
  ASSIGN_OR_RETURN(const Json* type_json, Member(json, "type"));
  ASSIGN_OR_RETURN(const std::string type, StringOf(*type_json, "type"));
  const std::optional<DataType> dtype = DtypeByName(type);
  if (!dtype.has_value()) return InvalidAttribute("datatype", place);
  const std::optional<Format> known = FormatByName(format);
  if (!known.has_value()) return InvalidAttribute("format", place);
  spec->dtype = *dtype;
  spec->format = *known;
  const bool no_type = *dtype == DataType::kUndefined;
  const bool no_format = *known == Format::kUndefined;
  if (no_type != no_format || (no_type && !place.is_input)) {
    return InvalidAttribute("dataType or format", place);
  }
  return absl::OkStatus();
}

absl::Status CheckShape(const kernels::Shape& shape, const TensorPlace& place) {
  const auto bad = [](int64_t extent) { return extent < -1; };
  if (shape == kernels::Shape{-2} ||
      std::none_of(shape.begin(), shape.end(), bad)) {
    return absl::OkStatus();
  }
  return InvalidValue(kernels::ToString(shape), "shape", place.op_type,
                      "an extent must be -1 or not negative, or the shape "
                      "[-2]");
}

absl::StatusOr<DimRange> ParseRange(const Json& json,
                                    const TensorPlace& place) {
  ASSIGN_OR_RETURN(const std::vector<int64_t> pair,
                   IntsOf(json, "shape_range"));
  const bool valid =
      pair.size() == 2 && pair[0] >= 0 && (pair[1] == -1 || pair[1] >= pair[0]);
  if (valid) return DimRange(pair[0], pair[1]);
  return InvalidValue(TextOf(json), "shape_range", place.op_type,
                      "expected [low,high] with 0 <= low <= high, or high -1");
}

// JSON has one pair per -1; a descriptor has one per extent.
absl::Status ParseRanges(const Json& json, const TensorPlace& place,
                         OmTensor* tensor) {
  if (!json.is_array()) {
    return JsonReason(absl::StrCat("'shape_range': type must be array, but is ",
                                   json.type_name()));
  }
  const kernels::Shape& shape = tensor->spec.shape;
  const auto free =
      static_cast<size_t>(std::count(shape.begin(), shape.end(), int64_t{-1}));
  if (json.size() != free) {
    return InvalidValue(
        TextOf(json), "shape_range", place.op_type,
        absl::StrCat("it has ", json.size(), " pairs, expected ", free,
                     ", one for each -1 of the shape ",
                     kernels::ToString(shape)));
  }
  size_t next = 0;
  for (int64_t extent : shape) {
    if (free == 0) break;
    if (extent >= 0) {
      tensor->shape_range.emplace_back(extent, extent);
      continue;
    }
    ASSIGN_OR_RETURN(const DimRange range, ParseRange(json[next++], place));
    tensor->shape_range.push_back(range);
  }
  return absl::OkStatus();
}

absl::Status ParseOrigin(const Json& json, const TensorPlace& place,
                         OmTensor* tensor) {
  if (const Json* format = FindMember(json, "origin_format")) {
    ASSIGN_OR_RETURN(const std::string name,
                     StringOf(*format, "origin_format"));
    tensor->origin_format = FormatByName(name);
    if (!tensor->origin_format.has_value()) {
      return InvalidAttribute("format", place);
    }
    // "The same" is how a descriptor without an origin is read back.
    if (tensor->origin_format == tensor->spec.format) {
      tensor->origin_format.reset();
    }
  }
  if (const Json* shape = FindMember(json, "origin_shape")) {
    ASSIGN_OR_RETURN(tensor->origin_shape, IntsOf(*shape, "origin_shape"));
  }
  return absl::OkStatus();
}

absl::Status ParseConst(const Json& json, const TensorPlace& place,
                        OmTensor* tensor) {
  const Json* is_const = FindMember(json, "is_const");
  if (is_const == nullptr) return absl::OkStatus();
  ASSIGN_OR_RETURN(tensor->is_const, BoolOf(*is_const, "is_const"));
  if (!tensor->is_const) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Json* value, Member(json, "const_value"));
  ASSIGN_OR_RETURN(tensor->const_value,
                   ParseConstValue(*value, tensor->spec, place.op_type));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OmTensor> ParseTensor(const Json& json,
                                     const TensorPlace& place) {
  RETURN_IF_ERROR(
      CheckObject(json, place.is_input ? "input_desc" : "output_desc"));
  OmTensor tensor;
  RETURN_IF_ERROR(ParseTypeAndFormat(json, place, &tensor.spec));
  ASSIGN_OR_RETURN(const Json* shape, Member(json, "shape"));
  ASSIGN_OR_RETURN(tensor.spec.shape, IntsOf(*shape, "shape"));
  RETURN_IF_ERROR(CheckShape(tensor.spec.shape, place));
  if (const Json* name = FindMember(json, "name")) {
    ASSIGN_OR_RETURN(tensor.name, StringOf(*name, "name"));
  }
  if (const Json* ranges = FindMember(json, "shape_range")) {
    RETURN_IF_ERROR(ParseRanges(*ranges, place, &tensor));
  }
  RETURN_IF_ERROR(ParseOrigin(json, place, &tensor));
  RETURN_IF_ERROR(ParseConst(json, place, &tensor));
  return tensor;
}

}  // namespace npuemu::om
