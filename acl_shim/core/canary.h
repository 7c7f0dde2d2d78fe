// File: canary.h
// A seeded bug for tools/canary: in a build with NPUEMU_CANARY defined, the
// function that the environment variable NPUEMU_CANARY names returns success
// without doing its work. Some test must fail then (design 3.4). In every
// other build this is nothing.

#ifndef ACL_SHIM_CORE_CANARY_H_
#define ACL_SHIM_CORE_CANARY_H_

#ifdef NPUEMU_CANARY
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#endif

namespace npuemu::shim {

#ifdef NPUEMU_CANARY

// Notes in the file NPUEMU_CANARY_USED which functions a program calls.
inline void NoteUse(const char* function) {
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

inline bool SkipsWork(const char* function) {
  NoteUse(function);
  static const char* victim = std::getenv("NPUEMU_CANARY");
  return victim != nullptr && std::strcmp(victim, function) == 0;
}

#else

constexpr bool SkipsWork(const char*) { return false; }

#endif

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_CANARY_H_
