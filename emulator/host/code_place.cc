#include "emulator/host/code_place.h"

#include <dlfcn.h>
#include <link.h>
#include <unistd.h>

#include <climits>

#include "emulator/base/intern.h"

namespace npuemu {
namespace {

// The main program has no name in the linker's list.
const char* ProgramPath() {
  static const char* path = [] {
    char buffer[PATH_MAX];
    const ssize_t got = readlink("/proc/self/exe", buffer, sizeof(buffer));
    return got <= 0 ? "the program"
                    : Intern({buffer, static_cast<size_t>(got)});
  }();
  return path;
}

}  // namespace

CodePlace PlaceOfCode(const void* address) {
  dl_find_object found;
  if (address == nullptr ||
      _dl_find_object(const_cast<void*>(address), &found) != 0) {
    return {};
  }
  const link_map* map = found.dlfo_link_map;
  CodePlace place;
  place.module = map->l_name == nullptr || map->l_name[0] == '\0'
                     ? ProgramPath()
                     : Intern(map->l_name);
  place.offset = reinterpret_cast<uint64_t>(address) - map->l_addr;
  return place;
}

}  // namespace npuemu
