// npuemu replay: the program again, under the options and decisions of a trace.
// The comparison runs inside the program's process (emulator/replay).

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "emulator/trace/trace_stream.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/program.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] = "usage: npuemu replay TRACE -- PROGRAM [ARG...]\n";

constexpr char kHelp[] =
    "Runs the program again as `npuemu run --trace TRACE` recorded it: with "
    "its options\nand decisions. Everything that happens is compared; the "
    "first difference ends the\nprogram and is shown with both sides.\n\n"
    "Exit code: the program's own; 68 for a difference, or where the recorded "
    "order\ncannot be followed; 64 for wrong usage; 65 for a TRACE that "
    "cannot be read.\n";

std::string EnvironmentName(std::string flag) {
  for (char& c : flag) {
    c = c == '-' ? '_' : static_cast<char>(std::toupper(c));
  }
  return "NPUEMU_" + flag;
}

void SetOptions(const TraceHeader& header, const std::string& path) {
  unsetenv("ASCEND_RT_VISIBLE_DEVICES");
  for (const char* variable : {"NPUEMU_TRACE", "NPUEMU_THREAD_SCRIPT"}) {
    unsetenv(variable);
  }
  for (const auto& [key, value] : header) {
    const bool ours = key != "ASCEND_RT_VISIBLE_DEVICES";
    setenv((ours ? EnvironmentName(key) : key).c_str(), value.c_str(), 1);
  }
  char* real = realpath(path.c_str(), nullptr);
  setenv("NPUEMU_REPLAY", real == nullptr ? path.c_str() : real, 1);
  std::free(real);
}

// The recorded decisions among host threads, "id*count id ...", in a file that
// the preloaded library reads. Empty: no file.
class Picks {
 public:
  explicit Picks(TraceReader& reader) {
    std::FILE* file = nullptr;
    uint64_t last = 0;
    int count = 0;
    const auto flush = [&] {
      if (count > 0) {
        std::fprintf(file, "%llu*%d\n", static_cast<unsigned long long>(last),
                     count);
      }
    };
    std::string name = TemporaryName("picks");
    const int fd = mkstemp(name.data());
    if (fd < 0) return;
    path_ = name;
    file = fdopen(fd, "w");
    while (const auto event = reader.Next()) {
      if (event->kind != EventKind::kPick) continue;
      if (count > 0 && event->a != last) {
        flush();
        count = 0;
      }
      last = event->a;
      ++count;
    }
    flush();
    std::fclose(file);
    setenv("NPUEMU_THREAD_PICKS", ("@" + path_).c_str(), 1);
  }
  ~Picks() {
    if (!path_.empty()) unlink(path_.c_str());
  }
  Picks(const Picks&) = delete;
  Picks& operator=(const Picks&) = delete;

 private:
  std::string path_;
};

}  // namespace

int Replay(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  if (arguments.size() == 1 && (arguments[0] == "--help" ||
                                arguments[0] == "-h")) {
    out << kUsage << kHelp;
    return kExitOk;
  }
  if (arguments.size() < 3 || arguments[1] != "--") {
    err << "npuemu replay: expected a TRACE, --, and a PROGRAM\n" << kUsage;
    return kExitUsage;
  }
  auto reader = TraceReader::Open(arguments[0]);
  if (!reader.ok()) {
    err << "npuemu replay: " << reader.status().message() << "\n";
    return kExitBadFile;
  }
  const TraceHeader& header = (*reader)->header();
  SetOptions(header, arguments[0]);
  const Arguments program(arguments.begin() + 2, arguments.end());
  const auto controlled = header.find("control-threads");
  if (controlled == header.end() || controlled->second != "true") {
    return RunProgram("npuemu replay", program, err);
  }
  const Picks picks(**reader);
  return RunProgram("npuemu replay", program, err);
}

}  // namespace npuemu::cli
