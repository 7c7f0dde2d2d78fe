#include "acl_shim/om/om_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "acl_shim/om/byte_reader.h"
#include "emulator/base/status.h"

namespace npuemu::om {
namespace {

constexpr uint32_t kKernelMagic = 0x5D776EFD;
// The loader takes 8 (flow models: 4096); we are lenient (single_op 1.2).
constexpr uint32_t kMaxPartitions = 4096;
constexpr uint32_t kMaxSubModels = 4096;

absl::Status ParseError(uint64_t offset, const std::string& text) {
  return FaultError(Fault::kParseModel,
                    absl::StrCat("offset ", offset, ": ", text));
}

std::string TextUpToNul(Bytes bytes) {
  std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return text.substr(0, text.find('\0'));
}

absl::Status CheckMagic(uint32_t magic, uint32_t head_size, uint32_t version) {
  if (magic != kOmMagic) {
    return ParseError(0, absl::StrFormat("magic is 0x%08X, expected 0x%08X "
                                         "(\"IMOD\"): not a .om file",
                                         magic, kOmMagic));
  }
  if (head_size != kOmHeaderSize) {
    return ParseError(4, absl::StrCat("header size is ", head_size,
                                      ", expected ", kOmHeaderSize));
  }
  if (version != kOmVersion1 && version != kOmVersion2) {
    return ParseError(8, absl::StrFormat("version is 0x%08X, expected 0x%08X "
                                         "or 0x%08X",
                                         version, kOmVersion1, kOmVersion2));
  }
  return absl::OkStatus();
}

absl::StatusOr<OmHeader> ParseHeader(Bytes bytes) {
  ByteReader reader(bytes, 0, "the file header of 256 bytes");
  const Bytes raw = reader.Take(kOmHeaderSize);
  if (!reader.status().ok()) return reader.status();
  ByteReader at(raw, 0, "the file header");
  const auto magic = at.Next<uint32_t>();
  const auto head_size = at.Next<uint32_t>();
  OmHeader header;
  header.version = at.Next<uint32_t>();
  RETURN_IF_ERROR(CheckMagic(magic, head_size, header.version));
  at.Take(64);  // checksum: zeros in all files seen
  header.length = at.Next<uint32_t>();
  header.is_encrypt = at.Next<uint8_t>();
  header.is_checksum = at.Next<uint8_t>();
  header.model_type = at.Next<uint8_t>();
  header.gen_mode = at.Next<uint8_t>();
  header.name = TextUpToNul(at.Take(32));
  at.Take(36);  // ops, userdefineinfo
  header.om_ir_version = at.Next<uint32_t>();
  // Version 1 has no model_num: what follows shifts by four bytes.
  const bool v2 = header.version == kOmVersion2;
  header.model_num = v2 ? at.Next<uint32_t>() : 1;
  header.platform_version = TextUpToNul(at.Take(20));
  header.platform_type = at.Next<uint8_t>();
  at.Take(v2 ? 3 : 7);
  header.model_length = at.Next<uint64_t>();
  header.need_check_os_cpu_info = at.Next<uint8_t>();
  header.is_unknown_model = at.Next<uint8_t>();
  return header;
}

absl::Status CheckSizes(const OmHeader& header, uint64_t file_size) {
  const uint64_t payload = file_size - kOmHeaderSize;
  if (header.payload() != payload) {
    return ParseError(header.model_length ? 184 : 76,
                      absl::StrCat("the header promises ", header.payload(),
                                   " bytes after it, given ", payload,
                                   " (file truncated or extended)"));
  }
  if (header.model_num > kMaxSubModels) {
    return ParseError(156, absl::StrCat("model_num is ", header.model_num,
                                        ", expected 1 to ", kMaxSubModels));
  }
  return absl::OkStatus();
}

struct TableEntry {
  uint32_t type;
  uint64_t offset;
  uint64_t size;
};

absl::StatusOr<std::vector<TableEntry>> ParseTable(ByteReader& reader,
                                                   bool large) {
  const uint64_t start = reader.offset();
  const auto count = reader.Next<uint32_t>();
  if (large) reader.Take(4);
  if (!reader.status().ok()) return reader.status();
  const uint64_t most =
      std::min<uint64_t>(kMaxPartitions, reader.left() / (large ? 24 : 12));
  if (count == 0 || count > most) {
    return ParseError(start, absl::StrCat("partition count is ", count,
                                          ", expected 1 to ", most));
  }
  std::vector<TableEntry> entries(count);
  for (TableEntry& entry : entries) {
    entry.type = reader.Next<uint32_t>();
    if (large) reader.Take(4);
    entry.offset = large ? reader.Next<uint64_t>() : reader.Next<uint32_t>();
    entry.size = large ? reader.Next<uint64_t>() : reader.Next<uint32_t>();
  }
  return entries;
}

// Sizes are walked in order; the offsets of the table are not trusted, as in
// the real loader (single_op 1.2).
absl::StatusOr<OmSubModel> ParseSubModel(ByteReader& reader, bool large) {
  OmSubModel model;
  model.file_offset = reader.offset();
  ASSIGN_OR_RETURN(const std::vector<TableEntry> entries,
                   ParseTable(reader, large));
  for (size_t i = 0; i < entries.size(); ++i) {
    const TableEntry& entry = entries[i];
    if (entry.size > reader.left()) {
      return ParseError(
          reader.offset(),
          absl::StrCat("partition ", i, " (",
                       NameOf(static_cast<PartitionType>(entry.type)),
                       ") claims ", entry.size, " bytes, but only ",
                       reader.left(), " are left"));
    }
    Partition& partition = model.partitions.emplace_back();
    partition.type = static_cast<PartitionType>(entry.type);
    partition.table_offset = entry.offset;
    partition.file_offset = reader.offset();
    partition.bytes = reader.Take(entry.size);
  }
  return model;
}

absl::StatusOr<ModelDef> DecodeRaw(const OmFile& file, size_t index) {
  const OmSubModel& model = file.models[index];
  const Partition* partition = model.Find(PartitionType::kModelDef);
  if (partition == nullptr) {
    return ParseError(
        model.file_offset,
        absl::StrCat("sub-model ", index, " has no MODEL_DEF partition"));
  }
  absl::StatusOr<ModelDef> decoded = DecodeModelDef(partition->bytes);
  if (decoded.ok()) return decoded;
  return FaultError(
      Fault::kDeserializeModel,
      absl::StrCat("MODEL_DEF at offset ", partition->file_offset,
                   " is no valid ModelDef: ", decoded.status().message(),
                   file.header.is_encrypt
                       ? "; the header says encrypted, which is not supported"
                       : ""));
}

}  // namespace

const char* NameOf(PartitionType type) {
  static constexpr const char* kNames[] = {
      "MODEL_DEF",   "WEIGHTS_DATA",       "TASK_INFO",
      "TBE_KERNELS", "CUST_AICPU_KERNELS", "SO_BINS",
      "FLOW_MODEL",  "FLOW_SUBMODEL",      "MODEL_INOUT_INFO"};
  const auto number = static_cast<size_t>(type);
  return number < std::size(kNames) ? kNames[number] : "UNKNOWN";
}

const Partition* OmSubModel::Find(PartitionType type) const {
  for (const Partition& partition : partitions) {
    if (partition.type == type) return &partition;
  }
  return nullptr;
}

absl::StatusOr<OmFile> ParseOmFile(Bytes bytes) {
  OmFile file;
  ASSIGN_OR_RETURN(file.header, ParseHeader(bytes));
  RETURN_IF_ERROR(CheckSizes(file.header, bytes.size()));
  ByteReader reader(bytes.subspan(kOmHeaderSize), kOmHeaderSize,
                    "a partition table");
  const uint32_t count = std::max<uint32_t>(file.header.model_num, 1);
  for (uint32_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(OmSubModel model,
                     ParseSubModel(reader, file.header.large_tables()));
    file.models.push_back(std::move(model));
  }
  file.trailing_bytes = reader.left();
  return file;
}

absl::StatusOr<ModelDef> LoadModelDef(const OmFile& file, size_t index,
                                      const AttrTables& root) {
  ASSIGN_OR_RETURN(ModelDef model, DecodeRaw(file, index));
  RETURN_IF_ERROR(DecompressAttrs(root, &model));
  return model;
}

absl::StatusOr<std::vector<KernelRecord>> ParseKernelStore(
    const Partition& partition) {
  ByteReader reader(partition.bytes, partition.file_offset, "a kernel record");
  std::vector<KernelRecord> records;
  while (reader.left() > 0) {
    const uint64_t start = reader.offset();
    const auto magic = reader.Next<uint32_t>();
    const auto name_size = reader.Next<uint32_t>();
    const auto binary_size = reader.Next<uint32_t>();
    if (reader.status().ok() && magic != kKernelMagic) {
      return ParseError(start, absl::StrFormat("kernel record magic is 0x%08X, "
                                               "expected 0x%08X",
                                               magic, kKernelMagic));
    }
    const Bytes name = reader.Take(name_size);
    const Bytes binary = reader.Take(binary_size);
    if (!reader.status().ok()) return reader.status();
    records.push_back(
        {std::string_view(reinterpret_cast<const char*>(name.data()),
                          name.size()),
         binary});
  }
  return records;
}

}  // namespace npuemu::om
