// The writing half of om_file.h.

#include <algorithm>
#include <string>

#include "acl_shim/om/om_file.h"

namespace npuemu::om {
namespace {

void Put(std::string* out, uint64_t value, size_t bytes) {
  for (size_t i = 0; i < bytes; ++i) {
    out->push_back(static_cast<char>(value >> (8 * i)));
  }
}

// NUL padded, with at least one NUL.
void PutText(std::string* out, const std::string& text, size_t bytes) {
  std::string padded = text.substr(0, bytes - 1);
  padded.resize(bytes, '\0');
  out->append(padded);
}

std::string HeaderBytes(const OmHeader& header, uint64_t payload) {
  std::string out;
  Put(&out, kOmMagic, 4);
  Put(&out, kOmHeaderSize, 4);
  Put(&out, kOmVersion2, 4);
  out.append(64, '\0');  // checksum
  Put(&out, 0, 4);       // length: model_length holds it
  Put(&out, header.is_encrypt, 1);
  Put(&out, header.is_checksum, 1);
  Put(&out, header.model_type, 1);
  Put(&out, header.gen_mode, 1);
  PutText(&out, header.name, 32);
  out.append(36, '\0');  // ops, userdefineinfo
  Put(&out, header.om_ir_version, 4);
  Put(&out, 1, 4);  // model_num
  PutText(&out, header.platform_version, 20);
  Put(&out, header.platform_type, 1);
  out.append(3, '\0');
  Put(&out, payload, 8);
  Put(&out, header.need_check_os_cpu_info, 1);
  Put(&out, header.is_unknown_model, 1);
  out.resize(kOmHeaderSize, '\0');
  return out;
}

}  // namespace

std::vector<std::byte> WriteOmFile(const OmHeader& header,
                                   std::span<const PartitionData> partitions) {
  std::string table;
  Put(&table, partitions.size(), 4);
  Put(&table, 0, 4);
  uint64_t offset = 0;
  for (const PartitionData& partition : partitions) {
    Put(&table, static_cast<uint32_t>(partition.type), 4);
    Put(&table, 0, 4);
    Put(&table, offset, 8);
    Put(&table, partition.bytes.size(), 8);
    offset += partition.bytes.size();
  }
  std::string file = HeaderBytes(header, table.size() + offset) + table;
  for (const PartitionData& partition : partitions) file += partition.bytes;
  const auto* begin = reinterpret_cast<const std::byte*>(file.data());
  return std::vector<std::byte>(begin, begin + file.size());
}

}  // namespace npuemu::om
