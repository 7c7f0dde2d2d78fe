#include "tools/atc/atc.h"

#include <filesystem>
#include <fstream>
#include <system_error>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "acl_shim/om/single_op_json.h"
#include "emulator/base/status.h"
#include "tools/atc/error_block.h"
#include "tools/atc/flag_parser.h"

namespace npuemu::atc {
namespace {

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;

constexpr const char* kFailed =
    "ATC run failed, Please check the detail log, Try 'atc --help' for more "
    "information\n";

void PrintHelp(std::ostream& out) {
  out << "usage: atc --singleop=FILE --output=DIR --soc_version=SOC [--key="
         "value]...\n\n"
         "  --singleop     JSON file with the operators to build\n"
         "  --output       folder for the .om files\n"
         "  --soc_version  for example Ascend910B1\n"
         "  -h, --help     this text\n\n"
         "Also accepted beside --singleop:\n";
  for (const FlagRow& row : AllFlags()) {
    if (row.use != FlagUse::kSingleOp) continue;
    out << "  --" << row.name;
    if (row.values[0] != '\0') out << "=" << row.values;
    out << "\n";
  }
  out << "\nAccepted with a warning, without effect:\n";
  for (const FlagRow& row : AllFlags()) {
    if (row.use == FlagUse::kIgnored) out << "  --" << row.name << "\n";
  }
}

absl::Status Conflict(const std::string& flag, const std::string& value,
                      const std::string& reason) {
  return FaultError(Fault::kInvalidParam,
                    absl::StrCat("Value ", value, " for parameter --", flag,
                                 " is invalid. Reason: ", reason, "."),
                    "E10001");
}

absl::Status Required(const CommandLine& line, const std::string& flag) {
  if (!line.Get(flag).empty()) return absl::OkStatus();
  return FaultError(
      Fault::kInvalidParam,
      absl::StrCat("The required parameter --", flag, " for ATC is empty."),
      "E10054");
}

// 0 is the default of both, so it says nothing.
bool IsHarmless(const std::string& flag, const std::string& value) {
  return (flag == "mode" || flag == "display_model_info") && value == "0";
}

absl::Status CheckSoc(const std::string& soc) {
  const bool valid =
      soc.starts_with("Ascend") && soc.size() > 6 &&
      soc.find_first_not_of(
          "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
          "abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string::npos;
  if (valid) return absl::OkStatus();
  return Conflict("soc_version", soc,
                  "expected the name of a SoC such as Ascend910B1");
}

absl::Status CheckFlags(const CommandLine& line, std::ostream& out) {
  if (!line.Has("singleop")) {
    return Conflict("singleop", "",
                    "only single-operator files are built here; conversion of "
                    "network models (--model) is not supported");
  }
  for (const FlagRow& row : AllFlags()) {
    if (!line.Has(row.name)) continue;
    const std::string value = line.Get(row.name);
    if (row.use == FlagUse::kConflict && !IsHarmless(row.name, value)) {
      return Conflict(row.name, value,
                      "it cannot be used together with --singleop");
    }
    if (row.use == FlagUse::kIgnored) {
      out << "W: parameter --" << row.name
          << " has no effect together with --singleop\n";
    }
  }
  RETURN_IF_ERROR(Required(line, "output"));
  RETURN_IF_ERROR(Required(line, "soc_version"));
  return CheckSoc(line.Get("soc_version"));
}

absl::Status WriteFile(const std::filesystem::path& path,
                       const std::vector<std::byte>& bytes) {
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
  stream.close();
  if (stream) return absl::OkStatus();
  return FaultError(Fault::kWriteFile,
                    absl::StrCat("Failed to write file ", path.string(), "."));
}

absl::Status BuildOne(const om::SingleOpRequest& request,
                      const CommandLine& line, const OpKnowledge& ops) {
  RETURN_IF_ERROR(request.status);
  om::SingleOpModel model = request.model;
  model.soc_version = line.Get("soc_version");
  RETURN_IF_ERROR(ops.check(model));
  return WriteFile(
      std::filesystem::path(line.Get("output")) / request.file_name,
      om::Encode(model));
}

// Every error of the run, in order.
std::vector<absl::Status> BuildAll(const CommandLine& line,
                                   const OpKnowledge& ops) {
  if (absl::Status status = ops.load(); !status.ok()) return {status};
  const auto requests =
      om::ReadSingleOpJson(line.Get("singleop"), ops.is_known);
  if (!requests.ok()) return {requests.status()};
  std::error_code error;
  std::filesystem::create_directories(line.Get("output"), error);
  if (error) {
    return {Conflict("output", line.Get("output"),
                     "the folder cannot be made: " + error.message())};
  }
  std::vector<absl::Status> errors;
  for (const om::SingleOpRequest& request : *requests) {
    absl::Status status = BuildOne(request, line, ops);
    if (!status.ok()) errors.push_back(std::move(status));
  }
  return errors;
}

}  // namespace

int RunAtc(const std::vector<std::string>& args, const OpKnowledge& ops,
           std::ostream& out) {
  const absl::StatusOr<CommandLine> line = ParseCommandLine(args);
  if (line.ok() && line->help) {
    PrintHelp(out);
    return kExitOk;
  }
  out << "ATC start working now, please wait for a moment.\n";
  std::vector<absl::Status> errors;
  if (!line.ok()) {
    errors.push_back(line.status());
  } else if (absl::Status status = CheckFlags(*line, out); !status.ok()) {
    errors.push_back(std::move(status));
  } else {
    errors = BuildAll(*line, ops);
  }
  out << "...\n";
  if (errors.empty()) {
    out << "ATC run success, welcome to the next use.\n";
    return kExitOk;
  }
  out << kFailed;
  for (const absl::Status& error : errors) out << ErrorBlock(error);
  return kExitFailed;
}

}  // namespace npuemu::atc
