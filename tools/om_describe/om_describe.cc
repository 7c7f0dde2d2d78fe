#include "tools/om_describe/om_describe.h"

#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "acl_shim/om/inout_info.h"
#include "acl_shim/om/model_def.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/wire_format.h"
#include "emulator/base/status.h"
#include "tools/om_describe/attr_text.h"

namespace npuemu::om {
namespace {

constexpr size_t kMostKernels = 16;

const char* ModelTypeName(uint8_t type) {
  static constexpr const char* kNames[] = {"IR",   "standard", "tiny",
                                           "flow", "lite",     "bundle"};
  return type < std::size(kNames) ? kNames[type] : "unknown";
}

void DescribeHeader(const OmFile& file, std::ostream& out) {
  const OmHeader& header = file.header;
  out << "header\n";
  out << "  version " << (header.version == kOmVersion1 ? 1 : 2) << ", name "
      << Quoted(header.name) << "\n";
  out << "  model type " << int{header.model_type} << " ("
      << ModelTypeName(header.model_type) << "), generated "
      << (header.gen_mode == 0 ? "offline" : "online") << "\n";
  out << "  om_ir_version " << header.om_ir_version << ", platform "
      << Quoted(header.platform_version) << "\n";
  out << "  payload " << header.payload() << " bytes, partition tables with "
      << (header.large_tables() ? "64" : "32") << "-bit entries\n";
  out << "  dynamic shape: " << (header.is_unknown_model ? "yes" : "no")
      << ", encrypted: " << (header.is_encrypt ? "yes" : "no") << "\n";
  out << "  sub-models " << file.models.size() << "\n";
  if (file.trailing_bytes > 0) {
    out << "  " << file.trailing_bytes << " bytes after the last partition\n";
  }
}

absl::Status DescribeKernels(const Partition& partition, std::ostream& out) {
  ASSIGN_OR_RETURN(const std::vector<KernelRecord> kernels,
                   ParseKernelStore(partition));
  out << "    " << kernels.size() << " kernels (device code)\n";
  for (size_t i = 0; i < kernels.size() && i < kMostKernels; ++i) {
    out << "      " << Quoted(kernels[i].name) << " "
        << kernels[i].binary.size() << " bytes\n";
  }
  if (kernels.size() > kMostKernels) {
    out << "      ... " << kernels.size() << " in all\n";
  }
  return absl::OkStatus();
}

void DescribeTensors(const char* title, const std::vector<InoutTensor>& list,
                     std::ostream& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    const auto dtype = static_cast<kernels::DataType>(list[i].dtype);
    out << "    " << title << " " << i << " " << Quoted(list[i].name) << " "
        << kernels::NameOf(dtype) << " format " << list[i].format << " "
        << ListText(list[i].dims) << " size " << list[i].size << "\n";
  }
}

absl::Status DescribeInout(const Partition& partition, std::ostream& out) {
  ASSIGN_OR_RETURN(const InoutInfo info, ParseInoutInfo(partition));
  DescribeTensors("input", info.inputs, out);
  DescribeTensors("output", info.outputs, out);
  return absl::OkStatus();
}

// Field 10 of domi.ModelTaskDef is the repeated task (single_op 1.2).
absl::Status DescribeTasks(const Partition& partition, std::ostream& out) {
  WireLimits limits;
  WireReader reader(partition.bytes, &limits);
  WireField field;
  size_t tasks = 0;
  while (reader.Next(&field)) tasks += field.number == 10;
  out << "    " << tasks << " tasks\n";
  return reader.status();
}

absl::Status DescribePartition(const Partition& partition, std::ostream& out) {
  out << "  " << NameOf(partition.type) << " (type "
      << static_cast<uint32_t>(partition.type) << ") at offset "
      << partition.file_offset << ", " << partition.bytes.size() << " bytes\n";
  switch (partition.type) {
    case PartitionType::kTbeKernels:
    case PartitionType::kCustAicpuKernels:
      return DescribeKernels(partition, out);
    case PartitionType::kModelInoutInfo:
      return DescribeInout(partition, out);
    case PartitionType::kTaskInfo:
      return DescribeTasks(partition, out);
    default:
      return absl::OkStatus();
  }
}

void DescribeAttrs(const AttrMap& attrs, const char* indent,
                   std::ostream& out) {
  for (const auto& [name, value] : attrs) {
    out << indent << Quoted(name) << " = " << AttrText(value) << "\n";
  }
}

void DescribeOp(const OpDef& op, std::ostream& out) {
  out << "  " << op.type << " " << Quoted(op.name) << " id " << op.id
      << " stream " << op.stream_id << "\n";
  for (size_t i = 0; i < op.input_descs.size(); ++i) {
    out << "    input " << i << " " << DescText(op.input_descs[i]);
    if (i < op.inputs.size() && !op.inputs[i].empty()) {
      out << " from " << Quoted(op.inputs[i]);
    }
    out << "\n";
    DescribeAttrs(op.input_descs[i].attrs, "      ", out);
  }
  for (size_t i = 0; i < op.output_descs.size(); ++i) {
    out << "    output " << i << " " << DescText(op.output_descs[i]) << "\n";
    DescribeAttrs(op.output_descs[i].attrs, "      ", out);
  }
  for (const std::string& graph : op.subgraphs) {
    out << "    subgraph " << Quoted(graph) << "\n";
  }
  DescribeAttrs(op.attrs, "    ", out);
}

void DescribeModel(const ModelDef& model, std::ostream& out) {
  out << "model " << Quoted(model.name) << " version " << model.version << ", "
      << model.graphs.size() << " graphs\n";
  out << "model attributes\n";
  DescribeAttrs(model.attrs, "  ", out);
  std::map<std::string, size_t> counts;
  for (const GraphDef& graph : model.graphs) {
    for (const OpDef& op : graph.ops) ++counts[op.type];
  }
  out << "operators by type\n";
  for (const auto& [type, count] : counts) {
    out << "  " << type << " x" << count << "\n";
  }
  for (const GraphDef& graph : model.graphs) {
    out << "graph " << Quoted(graph.name) << ", " << graph.ops.size()
        << " operators\n";
    DescribeAttrs(graph.attrs, "  ", out);
    for (const OpDef& op : graph.ops) DescribeOp(op, out);
  }
}

absl::Status DescribeSubModel(const OmFile& file, size_t index,
                              AttrTables* root, std::ostream& out) {
  const OmSubModel& sub_model = file.models[index];
  out << "sub-model " << index << " at offset " << sub_model.file_offset
      << "\n";
  for (const Partition& partition : sub_model.partitions) {
    RETURN_IF_ERROR(DescribePartition(partition, out));
  }
  if (sub_model.Find(PartitionType::kModelDef) == nullptr) {
    out << "  no MODEL_DEF: operators are not known\n";
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const ModelDef model, LoadModelDef(file, index, *root));
  if (index == 0) {
    ASSIGN_OR_RETURN(*root, AttrTablesOf(model));
  }
  DescribeModel(model, out);
  return absl::OkStatus();
}

}  // namespace

absl::Status DescribeBytes(std::span<const std::byte> bytes,
                           std::ostream& out) {
  ASSIGN_OR_RETURN(const OmFile file, ParseOmFile(bytes));
  DescribeHeader(file, out);
  AttrTables root;
  for (size_t i = 0; i < file.models.size(); ++i) {
    RETURN_IF_ERROR(DescribeSubModel(file, i, &root, out));
  }
  return absl::OkStatus();
}

absl::Status Describe(const std::string& path, std::ostream& out) {
  std::ifstream stream(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  if (!stream.good() && !stream.eof()) {
    return FaultError(Fault::kReadModelFailure,
                      absl::StrCat("cannot read .om file ", path));
  }
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return DescribeBytes({begin, text.size()}, out);
}

}  // namespace npuemu::om
