// npuemu report: what a trace holds, as text, and its findings as files.

#include <string>

#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/hazard_files.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] =
    "usage: npuemu report TRACE [--json F] [--sarif F] [--junit F]\n";

constexpr char kHelp[] =
    "Without an option: the options of a recorded run, its events, one a line "
    "(kind,\nvirtual time in ns, device, stream, task, name and two numbers: "
    "emulator/event/\nevent.def), and its findings. With options: the findings "
    "as files.\n  --json F    hazards.json, see docs/hazards.md\n"
    "  --sarif F   SARIF 2.1.0\n  --junit F   JUnit XML, a test case for each "
    "hazard\n  --suppressions F   findings not to report\n"
    "Files and lines come from the DWARF of the program, where it has one.\n";

struct Wanted {
  const char* flag;
  std::string (*text)(const TraceFindings&, Symbols*);
  std::string path;
};

// What a trace holds, line by line.
int PrintEvents(const std::string& path, std::ostream& out,
                std::ostream& err) {
  auto reader = TraceReader::Open(path);
  if (!reader.ok()) {
    err << "npuemu report: " << reader.status().message() << "\n";
    return kExitBadFile;
  }
  out << "trace version " << kTraceVersion << "\n";
  for (const auto& [key, value] : (*reader)->header()) {
    out << "option " << key << " = " << value << "\n";
  }
  uint64_t count = 0;
  while (const auto event = (*reader)->Next()) {
    out << ToText(*event) << "\n";
    ++count;
  }
  out << count << " events; "
      << ((*reader)->complete()         ? "the process ended in order"
          : (*reader)->limited()        ? "--trace-limit was reached"
          : (*reader)->damage().empty() ? "the process did not end in order"
                                        : (*reader)->damage())
      << "\n";
  return kExitOk;
}

}  // namespace

int PrintReport(const Arguments& arguments, std::ostream& out,
                std::ostream& err) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    out << kUsage << kHelp;
    return kExitOk;
  }
  Wanted files[] = {{"--json", HazardsJson, ""},
                    {"--sarif", HazardsSarif, ""},
                    {"--junit", HazardsJunit, ""}};
  std::string trace;
  std::string suppressions;
  bool text = true;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    std::string* value = argument == "--suppressions" ? &suppressions
                         : argument[0] != '-' && trace.empty() ? &trace
                                                               : nullptr;
    for (Wanted& file : files) {
      if (argument != file.flag) continue;
      value = &file.path;
      text = false;
    }
    if (value == nullptr ||
        (value != &trace && (++i == arguments.size()))) {
      err << "npuemu report: unexpected argument \"" << argument << "\"\n"
          << kUsage;
      return kExitUsage;
    }
    *value = arguments[i];
  }
  if (trace.empty()) {
    err << kUsage;
    return kExitUsage;
  }
  if (text) {
    const int code = PrintEvents(trace, out, err);
    if (code != kExitOk) return code;
  }
  TraceFindings findings(suppressions);
  const absl::Status status = findings.Add(trace);
  if (!status.ok()) {
    err << "npuemu report: " << status.message() << "\n";
    return kExitBadFile;
  }
  Symbols symbols;
  if (text) {
    for (const Finding& finding : findings.all()) {
      out << TextOf(finding, &symbols);
    }
    return kExitOk;
  }
  for (const Wanted& file : files) {
    std::string error;
    if (file.path.empty() ||
        WriteFile(file.path, file.text(findings, &symbols), &error)) {
      continue;
    }
    err << "npuemu report: " << error << "\n";
    return kExitInternal;
  }
  return kExitOk;
}

}  // namespace npuemu::cli
