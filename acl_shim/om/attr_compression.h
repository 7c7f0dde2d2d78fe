// File: attr_compression.h
// The attribute compression of newer ATC releases (single_op 1.3): keys of
// operators and their descriptors that begin with a zero byte are indices
// into a table of the model, and so are some values. Thread-safe.

#ifndef ACL_SHIM_OM_ATTR_COMPRESSION_H_
#define ACL_SHIM_OM_ATTR_COMPRESSION_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "acl_shim/om/model_def.h"

namespace npuemu::om {

struct AttrTables {
  std::vector<std::string> names;
  std::vector<int64_t> uses_string_value;  // 0/1 per name
  std::vector<std::string> values;

  bool empty() const { return names.empty(); }
};

// The tables of the model; empty if it is not compressed. Errors:
// kDeserializeModel if the tables contradict each other.
absl::StatusOr<AttrTables> AttrTablesOf(const ModelDef& model);

// Replaces indices by names and values. `root` holds the tables of the first
// sub-model (or is empty): entries of the model's own tables may be indices
// into them, and a model without tables uses them. Errors: kDeserializeModel.
absl::Status DecompressAttrs(const AttrTables& root, ModelDef* model);

// The key that stands for `index`: a zero byte, then base-127 digits plus one.
std::string CompressedKey(uint64_t index);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_ATTR_COMPRESSION_H_
