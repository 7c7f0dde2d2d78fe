#include "emulator/host/process_threads.h"

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace npuemu {
namespace {

// Calls f(tid) for every thread of the process.
template <typename F>
void ForEachThread(F f) {
  DIR* folder = opendir("/proc/self/task");
  if (folder == nullptr) return;
  while (const dirent* entry = readdir(folder)) {
    const int tid = std::atoi(entry->d_name);
    if (tid > 0) f(tid);
  }
  closedir(folder);
}

// 'R', 'S', ...; 0 if it ended.
char StateOf(int tid) {
  const std::string path = "/proc/self/task/" + std::to_string(tid) + "/stat";
  FILE* file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return 0;
  char line[512] = {};
  const size_t size = std::fread(line, 1, sizeof(line) - 1, file);
  std::fclose(file);
  const std::string text(line, size);
  const size_t close = text.rfind(')');
  if (close == std::string::npos || close + 2 >= size) return 0;
  return text[close + 2];
}

}  // namespace

int CountThreads() {
  int count = 0;
  ForEachThread([&](int) { ++count; });
  return count;
}

bool OtherThreadsAreAsleep() {
  const auto self = static_cast<int>(syscall(SYS_gettid));
  bool asleep = true;
  ForEachThread([&](int tid) {
    if (tid != self && asleep && StateOf(tid) == 'R') asleep = false;
  });
  return asleep;
}

}  // namespace npuemu
