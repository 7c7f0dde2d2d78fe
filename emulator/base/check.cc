#include "emulator/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace npuemu {
namespace {

void (*g_print_context)() = nullptr;

}  // namespace

void SetCheckContext(void (*print_context)()) {
  g_print_context = print_context;
}

void CheckFailed(const char* file, int line, const char* expr) {
  std::fprintf(stderr,
               "npuemu: internal error: %s:%d: check failed: %s\n"
               "npuemu: this is a bug of npuemu, not of your program; please "
               "report it with the lines below\n",
               file, line, expr);
  // Only once: a check that fails while printing must still end the process.
  auto* print = g_print_context;
  g_print_context = nullptr;
  if (print != nullptr) print();
  std::abort();
}

}  // namespace npuemu
