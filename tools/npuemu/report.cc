// npuemu report: what a trace holds, as text, and its findings as files.

#include <string>

#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/hazard_files.h"
#include "tools/npuemu/timeline_files.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] =
    "usage: npuemu report TRACE [--html F] [--perfetto F] [--json F] "
    "[--sarif F]\n                           [--junit F] "
    "[--suppressions F]\n";

constexpr char kHelp[] =
    "Without an option: the options of a recorded run, its events, one a line "
    "(kind,\nvirtual time in ns, device, stream, task, name and two numbers: "
    "emulator/event/\nevent.def), and its findings. With options: the findings "
    "as files.\n"
    "  --html F    timeline and findings, one page that needs nothing else\n"
    "  --perfetto F   timeline for ui.perfetto.dev and chrome://tracing\n"
    "  --json F    hazards.json, see docs/hazards.md\n"
    "  --sarif F   SARIF 2.1.0\n  --junit F   JUnit XML, a test case for each "
    "hazard\n  --suppressions F   findings not to report\n"
    "Files and lines come from the DWARF of the program, where it has one.\n";

struct Wanted {
  const char* flag;
  std::string (*text)(const Timeline&, const TraceFindings&, Symbols*);
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

// What the command line asks for.
struct Request {
  std::string trace;
  std::string suppressions;
  Wanted files[5] = {
      {"--html", HtmlReport, ""},
      {"--perfetto",
       [](const Timeline& timeline, const TraceFindings&, Symbols*) {
         return PerfettoJson(timeline);
       }, ""},
      {"--json",
       [](const Timeline&, const TraceFindings& findings, Symbols* symbols) {
         return HazardsJson(findings, symbols);
       }, ""},
      {"--sarif",
       [](const Timeline&, const TraceFindings& findings, Symbols* symbols) {
         return HazardsSarif(findings, symbols);
       }, ""},
      {"--junit",
       [](const Timeline&, const TraceFindings& findings, Symbols* symbols) {
         return HazardsJunit(findings, symbols);
       }, ""}};
  bool text = true;  // no file is wanted

  bool NeedsTimeline() const {
    return !files[0].path.empty() || !files[1].path.empty();
  }

  // The argument that is wrong; null if none is.
  const std::string* Parse(const Arguments& arguments) {
    for (size_t i = 0; i < arguments.size(); ++i) {
      const std::string& argument = arguments[i];
      std::string* value = argument == "--suppressions" ? &suppressions
                                                        : nullptr;
      for (Wanted& file : files) {
        if (argument != file.flag) continue;
        value = &file.path;
        text = false;
      }
      if (value != nullptr) {
        if (++i == arguments.size()) return &argument;
        *value = arguments[i];
      } else if (argument[0] != '-' && trace.empty()) {
        trace = argument;
      } else {
        return &argument;
      }
    }
    return nullptr;
  }
};

int WriteFiles(const Request& request, const TraceFindings& findings,
               Symbols* symbols, std::ostream& err) {
  Timeline timeline;
  if (request.NeedsTimeline()) {
    const absl::Status status = timeline.Add(request.trace);
    if (!status.ok()) {
      err << "npuemu report: " << status.message() << "\n";
      return kExitBadFile;
    }
  }
  for (const Wanted& file : request.files) {
    std::string error;
    if (file.path.empty() ||
        WriteFile(file.path, file.text(timeline, findings, symbols), &error)) {
      continue;
    }
    err << "npuemu report: " << error << "\n";
    return kExitInternal;
  }
  return kExitOk;
}

}  // namespace

int PrintReport(const Arguments& arguments, std::ostream& out,
                std::ostream& err) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    out << kUsage << kHelp;
    return kExitOk;
  }
  Request request;
  const std::string* wrong = request.Parse(arguments);
  if (wrong != nullptr || request.trace.empty()) {
    if (wrong != nullptr) {
      err << "npuemu report: unexpected argument \"" << *wrong << "\"\n";
    }
    err << kUsage;
    return kExitUsage;
  }
  if (request.text) {
    const int code = PrintEvents(request.trace, out, err);
    if (code != kExitOk) return code;
  }
  TraceFindings findings(request.suppressions);
  const absl::Status status = findings.Add(request.trace);
  if (!status.ok()) {
    err << "npuemu report: " << status.message() << "\n";
    return kExitBadFile;
  }
  Symbols symbols;
  if (!request.text) return WriteFiles(request, findings, &symbols, err);
  for (const Finding& finding : findings.all()) {
    out << TextOf(finding, &symbols);
  }
  return kExitOk;
}

}  // namespace npuemu::cli
