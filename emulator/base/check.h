// File: check.h
// NPUEMU_CHECK stops the process in every build when one of *our* invariants
// is broken: it prints the seed and the last events, then aborts. A user's
// mistake never comes here; it is a Fault (status.h).

#ifndef EMULATOR_BASE_CHECK_H_
#define EMULATOR_BASE_CHECK_H_

#include <cstdint>

namespace npuemu {

// Called by a failed check before abort(); prints context (seed, last events).
// Not thread-safe to set; the runtime sets it once.
void SetCheckContext(void (*print_context)());

[[noreturn]] void CheckFailed(const char* file, int line, const char* expr);

}  // namespace npuemu

#define NPUEMU_CHECK(cond)                              \
  do {                                                  \
    if (__builtin_expect(!(cond), 0)) {                 \
      ::npuemu::CheckFailed(__FILE__, __LINE__, #cond); \
    }                                                   \
  } while (false)

#endif  // EMULATOR_BASE_CHECK_H_
