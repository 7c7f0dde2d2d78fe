// npuemu run: a child process with NPUEMU_* set from the flags.

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "emulator/hazard/hazard.h"
#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/hazard_files.h"
#include "tools/npuemu/options.h"
#include "tools/npuemu/program.h"
#include "tools/npuemu/timeline_files.h"
#include "tools/npuemu/verify.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] =
    "usage: npuemu run [options] -- PROGRAM [ARG...]\n";

void PrintHelp(std::ostream& out) {
  out << kUsage
      << "Runs a program on the simulated node. An option given here wins over "
         "its\nenvironment variable, which the library reads too if a program "
         "is started\nwithout npuemu.\n\n";
  PrintOptions(out);
  out << "\nExit code: the program's own; 128+n if signal n ended it; 64 for "
         "wrong usage or\na program that cannot be started; 66 for findings "
         "(--fail-on); 70 for an internal\nerror or a report that cannot be "
         "written.\n";
}

// What an earlier run left would be taken for this one's. FILE.1 and so on are
// removed only if they are traces.
void RemoveOldTraces(const std::string& path) {
  std::remove(path.c_str());
  std::remove((path + ".incomplete").c_str());
  for (int n = 1;; ++n) {
    const std::string name = path + "." + std::to_string(n);
    std::remove((name + ".incomplete").c_str());
    if (!TraceReader::Open(name).ok()) return;
    std::remove(name.c_str());
  }
}

// A process that was killed leaves its trace without an end; it is read up to
// its last record.
void KeepTracesOfTheKilled(const std::string& path) {
  std::string name = path;
  for (int n = 1;; ++n) {
    const bool killed =
        std::rename((name + ".incomplete").c_str(), name.c_str()) == 0;
    if (!killed && access(name.c_str(), F_OK) != 0) return;
    name = path + "." + std::to_string(n);
  }
}

// What findings are made of: where the trace goes, and what is made of it when
// the program has ended.
class Reports {
 public:
  explicit Reports(const Config& config) : config_(config) {}
  ~Reports() {
    if (!temporary_.empty()) RemoveOldTraces(temporary_);
  }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  // The trace's path, "" for none. False, with a reason, if there can be none.
  bool Prepare(std::string* trace, std::string* error) {
    *trace = config_.trace;
    const bool wanted = config_.fail_on != "never" || config_.verify_races;
    if (!config_.report_dir.empty()) {
      std::error_code code;
      std::filesystem::create_directories(config_.report_dir, code);
      if (code || access(config_.report_dir.c_str(), W_OK | X_OK) != 0) {
        *error = "--report-dir: cannot write to \"" + config_.report_dir +
                 "\": " + (code ? code.message() : std::strerror(errno));
        return false;
      }
      if (trace->empty()) *trace = config_.report_dir + "/trace";
    } else if (wanted && trace->empty()) {
      std::string name = TemporaryName("trace");
      const int fd = mkstemp(name.data());
      if (fd < 0) {
        *error = "the trace of the run: cannot write \"" + name +
                 "\": " + std::strerror(errno);
        return false;
      }
      close(fd);
      *trace = temporary_ = name;
    }
    trace_ = *trace;
    return true;
  }

  // The exit code in place of the program's.
  int Finish(const Arguments& program, int code, std::ostream& err) const {
    if (trace_.empty() || (config_.report_dir.empty() &&
                           config_.fail_on == "never" &&
                           !config_.verify_races)) {
      return code;
    }
    TraceFindings findings(config_.suppressions);
    const std::vector<std::string> traces = TracesOf(trace_);
    for (const std::string& trace : traces) {
      const absl::Status status = findings.Add(trace);
      if (!status.ok()) err << "npuemu run: " << status.message() << "\n";
    }
    if (config_.verify_races) VerifyRaces(program, &findings, err);
    if (!config_.report_dir.empty() && !Write(findings, traces, err)) {
      return code != 0 ? code : kExitInternal;
    }
    for (const Finding& finding : findings.all()) {
      const bool fails =
          config_.fail_on == "hazard" ||
          (config_.fail_on == "error" &&
           FindHazard(finding.rule)->severity == Severity::kError);
      if (fails && code == 0) return kExitFindings;
    }
    return code;
  }

 private:
  static std::vector<std::string> TracesOf(const std::string& path) {
    std::vector<std::string> traces;
    std::string name = path;
    for (int n = 1; access(name.c_str(), F_OK) == 0; ++n) {
      traces.push_back(name);
      name = path + "." + std::to_string(n);
    }
    return traces;
  }

  // The timeline is that of the first process.
  bool Write(const TraceFindings& findings,
             const std::vector<std::string>& traces, std::ostream& err) const {
    Symbols symbols;
    Timeline timeline;
    if (!traces.empty()) (void)timeline.Add(traces[0]);  // told already
    const std::pair<const char*, std::string> files[] = {
        {"hazards.json", HazardsJson(findings, &symbols)},
        {"hazards.sarif", HazardsSarif(findings, &symbols)},
        {"junit.xml", HazardsJunit(findings, &symbols)},
        {"timeline.json", PerfettoJson(timeline)},
        {"report.html", HtmlReport(timeline, findings, &symbols)}};
    for (const auto& [name, text] : files) {
      std::string error;
      if (WriteFile(config_.report_dir + "/" + name, text, &error)) continue;
      err << "npuemu run: " << error << "\n";
      return false;
    }
    if (!findings.all().empty()) {
      err << "npuemu run: " << findings.all().size() << " findings in "
          << config_.report_dir << "/report.html\n";
    }
    return true;
  }

  const Config config_;
  std::string trace_;
  std::string temporary_;  // a trace that nobody asked for
};

}  // namespace

int Run(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  auto options = ParseOptions(arguments, std::getenv);
  if (!options.ok()) {
    err << "npuemu run: " << options.status().message() << "\n" << kUsage;
    return kExitUsage;
  }
  if (options->help) {
    PrintHelp(out);
    return kExitOk;
  }
  const Arguments program(arguments.begin() + options->used, arguments.end());
  if (program.empty()) {
    err << "npuemu run: no PROGRAM given\n" << kUsage;
    return kExitUsage;
  }
  for (const auto& [name, value] : options->environment) {
    setenv(name.c_str(), value.c_str(), 1);
  }
  Reports reports(options->config);
  std::string trace;
  std::string error;
  if (!reports.Prepare(&trace, &error)) {
    err << "npuemu run: " << error << "\n";
    return kExitUsage;
  }
  if (!trace.empty()) {
    RemoveOldTraces(trace);
    setenv("NPUEMU_TRACE", trace.c_str(), 1);
    setenv("NPUEMU_TRACE_FRESH", "1", 1);
  }
  const int code = RunProgram("npuemu run", program, err);
  if (!trace.empty()) KeepTracesOfTheKilled(trace);
  return reports.Finish(program, code, err);
}

}  // namespace npuemu::cli
