#include "tools/npuemu/program.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "tools/npuemu/child.h"
#include "tools/npuemu/toolkit.h"

namespace npuemu::cli {
namespace {

void PutFirst(const char* variable, std::string path) {
  const char* old = std::getenv(variable);
  if (old != nullptr && *old != '\0') path += std::string(":") + old;
  setenv(variable, path.c_str(), 1);
}

// The observer of the host's threads comes first (design 5). It is preloaded
// into the program and its children only, so this process must not use it.
void SetEnvironment() {
  const std::string folder = ToolkitLibraryFolder();
  if (folder.empty()) return;
  PutFirst("LD_LIBRARY_PATH", folder);
  const std::string observer = folder + "/libnpuemu_host.so";
  if (access(observer.c_str(), R_OK) == 0) PutFirst("LD_PRELOAD", observer);
}

}  // namespace

int RunProgram(const char* name, const Arguments& program, std::ostream& err) {
  SetEnvironment();
  const ChildResult result = RunChild(program);
  if (result.start_error != 0) {
    err << name << ": cannot start \"" << program[0]
        << "\": " << std::strerror(result.start_error) << "\n";
    return kExitUsage;
  }
  return result.exit_code;
}

std::string TemporaryName(const char* what) {
  const char* folder = std::getenv("TMPDIR");
  return std::string(folder == nullptr ? P_tmpdir : folder) + "/npuemu-" +
         what + "-XXXXXX";
}

}  // namespace npuemu::cli
