// File: om_file.h
// The container of a .om file: header, sub-models, partitions (single_op 1.1,
// 1.2), and the records inside the kernel store. Everything parsed is a view
// into the caller's bytes, which must outlive it. Values; thread-safe.

#ifndef ACL_SHIM_OM_OM_FILE_H_
#define ACL_SHIM_OM_OM_FILE_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "acl_shim/om/attr_compression.h"
#include "acl_shim/om/model_def.h"
#include "acl_shim/om/wire_format.h"

namespace npuemu::om {

inline constexpr size_t kOmHeaderSize = 256;
inline constexpr uint32_t kOmMagic = 0x444F4D49;  // "IMOD" on disk
inline constexpr uint32_t kOmVersion1 = 0x10000000;
inline constexpr uint32_t kOmVersion2 = 0x20000000;

enum class PartitionType : uint32_t {
  kModelDef = 0,
  kWeights = 1,
  kTaskInfo = 2,
  kTbeKernels = 3,
  kCustAicpuKernels = 4,
  kSoBins = 5,
  kFlowModel = 6,
  kFlowSubmodel = 7,
  kModelInoutInfo = 8,
};

// "MODEL_DEF"; "UNKNOWN" for numbers without a name.
const char* NameOf(PartitionType type);

struct OmHeader {
  uint32_t version = kOmVersion2;
  uint32_t length = 0;  // payload bytes where model_length is 0
  uint8_t is_encrypt = 0;
  uint8_t is_checksum = 0;
  uint8_t model_type = 0;  // 0 IR, 1 standard, 2 tiny, 3 flow, 4 lite, 5 bundle
  uint8_t gen_mode = 0;    // 0 offline, 1 online
  std::string name;        // at most 31 bytes are written
  uint32_t om_ir_version = 2;
  uint32_t model_num = 1;  // 1 in version 1, which has no such field
  std::string platform_version;
  uint8_t platform_type = 0;
  uint64_t model_length = 0;
  uint8_t need_check_os_cpu_info = 0;
  uint8_t is_unknown_model = 0;  // 1 = dynamic shape

  // Bytes after the header.
  uint64_t payload() const { return model_length ? model_length : length; }
  // Whether partition tables have 64-bit entries.
  bool large_tables() const { return model_length != 0 || model_type == 3; }
};

struct Partition {
  PartitionType type = PartitionType::kModelDef;
  uint64_t table_offset = 0;  // what the table says; loaders ignore it
  uint64_t file_offset = 0;   // where the bytes really begin
  Bytes bytes;
};

struct OmSubModel {
  uint64_t file_offset = 0;  // of the partition table
  std::vector<Partition> partitions;

  // The first partition of this type; null if there is none.
  const Partition* Find(PartitionType type) const;
};

struct OmFile {
  OmHeader header;
  std::vector<OmSubModel> models;  // at least one
  uint64_t trailing_bytes = 0;     // after the last partition (alignment)
};

// Checks header, sizes and tables. Errors: kParseModel, with offset, expected
// and given value.
absl::StatusOr<OmFile> ParseOmFile(Bytes bytes);

// The decoded, decompressed MODEL_DEF of sub-model `index` (< models.size()).
// `root` is AttrTablesOf() sub-model 0; empty for that one itself.
// Errors: kParseModel if the partition is missing, else kDeserializeModel.
absl::StatusOr<ModelDef> LoadModelDef(const OmFile& file, size_t index,
                                      const AttrTables& root);

// One record of TBE_KERNELS or CUST_AICPU_KERNELS.
struct KernelRecord {
  std::string_view name;
  Bytes binary;  // a device ELF, not executable here
};

// Walks a kernel store to its end. Errors: kParseModel.
absl::StatusOr<std::vector<KernelRecord>> ParseKernelStore(
    const Partition& partition);

// What a writer puts into a file.
struct PartitionData {
  PartitionType type;
  std::string bytes;
};

// A version 2 file with 64-bit table and one sub-model; lengths, model number
// and version of `header` are set here. The same input gives the same bytes.
std::vector<std::byte> WriteOmFile(const OmHeader& header,
                                   std::span<const PartitionData> partitions);

}  // namespace npuemu::om

#endif  // ACL_SHIM_OM_OM_FILE_H_
