// File: testing_om.h
// Builds .om files of every kind byte by byte, for tests. It shares no code
// with the reader or with om_writer.cc: offsets are those of single_op 1.1.

#ifndef ACL_SHIM_OM_TESTING_TESTING_OM_H_
#define ACL_SHIM_OM_TESTING_TESTING_OM_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "acl_shim/om/model_def.h"
#include "acl_shim/om/single_op_model.h"
#include "acl_shim/om/wire_format.h"

namespace npuemu::om {

struct TestPartition {
  uint32_t type;
  std::string bytes;
};

struct TestFile {
  bool version1 = false;
  bool large = true;  // 64-bit partition tables
  std::string name = "test";
  // One element a sub-model.
  std::vector<std::vector<TestPartition>> models;
};

std::string Build(const TestFile& file);

// The little-endian bytes of `value`.
std::string Le(uint64_t value, int bytes);

// A kernel store with these names; the binaries are "ELF" + name.
std::string KernelStore(const std::vector<std::string>& names);

// MODEL_INOUT_INFO with one input "in" float ND [2,3] and no output.
std::string InoutRecord();

// Data -> Relu -> NetOutput with an attribute of every kind on the Relu.
ModelDef SampleNetwork();

// Compresses all operator and descriptor attributes with the names `names`;
// strings of names in `by_value` go to the value table. The encoded table
// entries themselves are `table_names` (as read by the root, if encoded).
void Compress(const std::vector<std::string>& names,
              const std::vector<std::string>& table_names,
              const std::vector<std::string>& by_value, ModelDef* model);

// Add of two f16 [8,16] with an attribute of every kind.
SingleOpModel SampleAdd();

// A version 1 tiny, a version 2 large with kernels, and a file of three
// sub-models with compressed attributes: the seeds of the robustness tests.
std::vector<std::string> SampleFiles();

inline Bytes AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}
std::string AsText(Bytes bytes);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_TESTING_TESTING_OM_H_
