#include "acl_shim/om/testing/fuzz_targets.h"

#include <string>

#include "acl_shim/om/inout_info.h"
#include "acl_shim/om/om_file.h"
#include "acl_shim/om/single_op_json.h"
#include "acl_shim/om/single_op_model.h"
#include "emulator/base/check.h"

namespace npuemu::om {
namespace {

Bytes BytesOf(const std::string& text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

// What is written is read back alike. Compared as bytes: NaN is not equal to
// itself. Where the input left out an empty message at the deepest level, the
// encoder writes it, one level too deep.
void CheckModelDef(const ModelDef& model) {
  const std::string once = EncodeModelDef(model);
  const auto again = DecodeModelDef(BytesOf(once));
  if (!again.ok()) {
    NPUEMU_CHECK(again.status().message().find("nested deeper") !=
                 absl::string_view::npos);
    return;
  }
  NPUEMU_CHECK(EncodeModelDef(*again) == once);
}

void CheckSingleOp(const SingleOpModel& model) {
  const std::vector<std::byte> once = Encode(model);
  const auto again = Decode(once);
  NPUEMU_CHECK(again.ok());
  NPUEMU_CHECK(Encode(*again) == once);
  for (const OmTensor& tensor : model.inputs) (void)tensor.FullRange();
}

void FuzzFile(Bytes input) {
  const auto file = ParseOmFile(input);
  if (!file.ok()) return;
  AttrTables root;
  for (size_t i = 0; i < file->models.size() && i < 8; ++i) {
    const auto model = LoadModelDef(*file, i, root);
    if (!model.ok()) continue;
    CheckModelDef(*model);
    if (i == 0) root = AttrTablesOf(*model).value_or(AttrTables());
    for (const Partition& partition : file->models[i].partitions) {
      (void)ParseKernelStore(partition);
      (void)ParseInoutInfo(partition);
    }
  }
}

}  // namespace

void FuzzOm(Bytes input) {
  FuzzFile(input);
  const auto model = DecodeModelDef(input);
  if (model.ok()) CheckModelDef(*model);
  const Partition partition{PartitionType::kTbeKernels, 0, 0, input};
  (void)ParseKernelStore(partition);
  (void)ParseInoutInfo(partition);
  const auto single_op = Decode(input);
  if (single_op.ok()) CheckSingleOp(*single_op);
}

void FuzzJson(std::string_view text) {
  const auto requests = ParseSingleOpJson(
      text, "fuzz.json", [](std::string_view type) { return type != "No"; });
  if (!requests.ok()) return;
  for (const SingleOpRequest& request : *requests) {
    if (!request.status.ok()) continue;
    NPUEMU_CHECK(request.file_name.size() > 3);
    NPUEMU_CHECK(request.file_name.find('\0') == std::string::npos);
    CheckSingleOp(request.model);
  }
}

}  // namespace npuemu::om
