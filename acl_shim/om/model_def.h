// File: model_def.h
// The protobuf messages of a .om file as plain structs: ModelDef, GraphDef,
// OpDef, TensorDescriptor, TensorDef and AttrDef, with the fields that matter
// (unknown ones are skipped). Decode undoes the attribute compression of newer
// ATC releases. Values; thread-safe.

#ifndef ACL_SHIM_OM_MODEL_DEF_H_
#define ACL_SHIM_OM_MODEL_DEF_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/om/wire_format.h"
#include "kernels/numeric/data_type.h"

namespace npuemu::om {

struct AttrDef;
using AttrMap = std::map<std::string, AttrDef, std::less<>>;

// The oneof of an attribute; numbers are the field numbers.
enum class AttrCase {
  kNone = 0,
  kList = 1,
  kString = 2,
  kInt = 3,
  kFloat = 4,
  kBool = 5,
  kBytes = 7,
  kFunc = 10,
  kTensorDesc = 11,
  kTensor = 12,
  kGraph = 13,
  kListListInt = 14,
  kDataType = 15,
  kListListFloat = 16,
  kExpression = 17,
};

// Numbers of ListValue.val_type, which also tells the kind of an empty list.
enum class ListCase {
  kNone = 0,
  kString = 1,
  kInt = 2,
  kFloat = 3,
  kBool = 4,
  kBytes = 5,
  kTensorDesc = 6,
  kTensor = 7,
  kGraph = 8,
  kNamed = 9,
  kDataType = 10,
};

struct TensorDescriptor {
  std::string name;
  int32_t proto_dtype = 0;  // proto numbering; see FromProtoDtype
  std::vector<int64_t> shape;
  std::string layout;  // "ND", "FORMAT_RESERVED", ...
  AttrMap attrs;
  bool has_out_attr = false;
  int64_t size = 0;         // bytes
  int64_t weight_size = 0;  // bytes
  int64_t data_offset = 0;  // into WEIGHTS_DATA, or memory
  std::string device_type;
};

struct TensorDef {
  TensorDescriptor desc;
  std::string data;
};

struct NamedAttrs {
  std::string name;
  AttrMap attrs;
};

struct ListValue {
  ListCase type = ListCase::kNone;   // val_type, else by the filled field
  std::vector<std::string> strings;  // s, bt; g as raw bytes
  std::vector<int64_t> ints;         // i, b, dt
  std::vector<float> floats;
  std::vector<TensorDescriptor> descs;
  std::vector<TensorDef> tensors;
  std::vector<NamedAttrs> named;

  static ListValue Of(ListCase type);
};

// Exactly the member of `type` is meaningful.
struct AttrDef {
  AttrCase type = AttrCase::kNone;
  int64_t i = 0;  // kInt, kBool, kDataType (GE/ACL numbers)
  float f = 0;    // kFloat
  std::string s;  // kString, kBytes, kExpression; kGraph as raw bytes
  // At most one element; vectors, because the types nest.
  std::vector<ListValue> list;
  std::vector<NamedAttrs> func;
  std::vector<TensorDef> tensor;  // kTensor; kTensorDesc in its desc
  std::vector<std::vector<int64_t>> list_list_int;
  std::vector<std::vector<float>> list_list_float;

  static AttrDef String(std::string_view value);
  static AttrDef Int(int64_t value);
  static AttrDef Float(float value);
  static AttrDef Bool(bool value);
  static AttrDef DataType(int64_t value);
  static AttrDef List(ListValue value);
  static AttrDef ListListInt(std::vector<std::vector<int64_t>> value);
  static AttrDef Tensor(TensorDef value);
};

struct OpDef {
  std::string name;
  std::string type;
  std::vector<std::string> inputs;  // "node:index", "" = unconnected
  AttrMap attrs;
  int64_t id = 0;
  int64_t stream_id = 0;
  std::vector<int64_t> input_offsets;   // input_i
  std::vector<int64_t> output_offsets;  // output_i
  std::vector<int64_t> workspace_bytes;
  std::vector<int64_t> is_input_const;  // 0/1
  std::vector<TensorDescriptor> input_descs;
  std::vector<TensorDescriptor> output_descs;
  std::vector<std::string> subgraphs;
};

struct GraphDef {
  std::string name;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<OpDef> ops;
  AttrMap attrs;
};

struct ModelDef {
  std::string name;
  int64_t version = 0;
  std::string custom_version;
  std::vector<GraphDef> graphs;  // [0] is the root, the rest are subgraphs
  AttrMap attrs;
};

// Decodes without decompression. Errors: kDeserializeModel, with the offset.
absl::StatusOr<ModelDef> DecodeModelDef(Bytes bytes);

// The bytes of the message; the same model gives the same bytes.
std::string EncodeModelDef(const ModelDef& model);

// The attribute of this name and kind; null if there is none.
const AttrDef* FindAttr(const AttrMap& attrs, std::string_view name,
                        AttrCase type);
// The list attribute of this name; null if there is none.
const ListValue* FindList(const AttrMap& attrs, std::string_view name);

// Proto numbering to GE/ACL numbering (single_op 1.3) and back. 0 is
// kUndefined. A proto number without a counterpart becomes 1000 + number, an
// unknown type, so that it is not taken for an absent tensor.
kernels::DataType FromProtoDtype(int32_t proto_dtype);
int32_t ToProtoDtype(kernels::DataType type);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_MODEL_DEF_H_
