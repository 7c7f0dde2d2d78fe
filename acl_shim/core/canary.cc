// The seeded bug (canary.h), for the rule tests. NPUEMU_CANARY names the
// function that skips its work; the file NPUEMU_CANARY_USED gets the names of
// the functions that a program calls.

#include "acl_shim/core/canary.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>

namespace {

void NoteUse(const char* function) {
  static const char* path = std::getenv("NPUEMU_CANARY_USED");
  if (path == nullptr) return;
  static std::mutex mutex;
  static std::set<std::string> seen;
  const std::lock_guard<std::mutex> guard(mutex);
  if (!seen.insert(function).second) return;
  if (FILE* file = std::fopen(path, "a")) {
    std::fprintf(file, "%s\n", function);
    std::fclose(file);
  }
}

}  // namespace

extern "C" bool npuemu_canary_skips(const char* function) {
  NoteUse(function);
  static const char* victim = std::getenv("NPUEMU_CANARY");
  return victim != nullptr && std::strcmp(victim, function) == 0;
}
