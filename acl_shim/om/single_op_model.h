// File: single_op_model.h
// A single-operator model: what `atc --singleop` writes into one .om file and
// what aclopLoad / aclopSetModelDir register. Operator type, descriptors and
// attributes come from the model attributes alone, never from the graph, so
// that files of the real ATC are executable as well. Values; thread-safe.
//
// Formats and element types without a row in format.def / data_type.def keep
// their number (NameOf says "UNKNOWN"). "Absent" is dtype kUndefined.

#ifndef ACL_SHIM_OM_SINGLE_OP_MODEL_H_
#define ACL_SHIM_OM_SINGLE_OP_MODEL_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kernels/op/attrs.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::om {

// Inclusive bounds of one extent; second == -1 means no upper bound.
using DimRange = std::pair<int64_t, int64_t>;

// One tensor descriptor of the model.
struct OmTensor {
  // Extents may be -1 (any within shape_range); {-2} means any rank.
  kernels::TensorSpec spec;
  std::string name;
  // One pair per extent of spec.shape, or empty where the model gives none.
  std::vector<DimRange> shape_range;
  bool is_const = false;
  std::vector<std::byte> const_value;             // bytes in the layout of spec
  int32_t mem_type = 0;                           // numbers of aclMemType
  std::optional<kernels::Format> storage_format;  // nullopt: not set
  kernels::Shape storage_shape;
  std::optional<kernels::Format> origin_format;
  std::optional<kernels::Shape> origin_shape;

  // Whether an extent is -1 or the rank is unknown.
  bool dynamic() const;
  // One pair per extent: shape_range where given, [d,d] for a fixed extent,
  // [0,-1] for a free one. Empty if the rank is unknown.
  std::vector<DimRange> FullRange() const;
  bool operator==(const OmTensor&) const = default;
};

struct SingleOpModel {
  std::string op_type;
  std::string name;  // of the model; at most 31 bytes reach the header
  std::vector<OmTensor> inputs;  // optional absent ones included
  std::vector<OmTensor> outputs;
  // Exactly the attributes of the JSON: defaults are not filled in.
  kernels::Attrs attrs;
  // Names of ATTR_MODEL_ attributes whose kind no aclopSetAttr* can express
  // (tensor, graph, ...). A model that has any can match no query.
  std::vector<std::string> foreign_attrs;
  // A free extent, a value range, or the file says so (_is_dynamic_model):
  // such a model is looked up by range, not by equality.
  bool dynamic = false;
  int32_t build_mode = 0;  // 1 = fuzzy
  bool fuzzy() const { return build_mode == 1; }
  std::string soc_version;  // "Ascend910B1"; empty if the file has none
  bool operator==(const SingleOpModel&) const = default;
};

// The bytes of a version 2 .om file with one partition. The same model gives
// the same bytes. foreign_attrs are not written.
std::vector<std::byte> Encode(const SingleOpModel& model);

// Reads any single-op .om file, of this ATC or of the real one. Errors:
// kParseModel (container), kDeserializeModel (protobuf) and
// kModelMissingAttr (no operator type, inputs or outputs: a network model).
// `bytes` is copied as far as needed. Never crashes on hostile input.
absl::StatusOr<SingleOpModel> Decode(std::span<const std::byte> bytes);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_SINGLE_OP_MODEL_H_
