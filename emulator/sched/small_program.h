// File: small_program.h
// Test only. Random programs of a few tasks over streams, events, notifies,
// callbacks and host waits, and all their legal orders, found by a slow search
// that knows the rules and nothing of the scheduler.

#ifndef EMULATOR_SCHED_SMALL_PROGRAM_H_
#define EMULATOR_SCHED_SMALL_PROGRAM_H_

#include <set>
#include <string>
#include <vector>

#include "emulator/base/prng.h"

namespace npuemu {

// One host operation. Each but kSync and an elided wait is one task; its
// letter is 'a' + its place in the program (kCallback: of what runs behind it).
struct SmallOp {
  enum Kind {
    kKernel,
    kRecord,        // a fresh signal per record (R58)
    kWait,          // for the latest record; nothing if there is none (R59)
    kLevelRecord,   // a fixed-id event (R61)
    kLevelWait,
    kLevelReset,
    kNotifyRecord,  // R74
    kNotifyWait,
    kValueWrite,    // memory: 1 from then on (R75)
    kValueWait,
    kCallback,      // three tasks: deliver, wait, reset (R109)
    kSync,          // the host waits for the stream (R41)
  };
  Kind kind = kKernel;
  int stream = 0;
  int object = 0;  // event or notify, 0 or 1
};

struct SmallProgram {
  int streams = 1;
  std::vector<SmallOp> ops;

  std::string ToText() const;
};

// 1 to `most` tasks. `callbacks`: with host functions.
SmallProgram RandomSmallProgram(Prng& prng, int most, bool callbacks);

// Every order of letters that is legal; one that ends in a state from which
// nothing can go on has a '!' at its end.
std::set<std::string> AllLegalOrders(const SmallProgram& program);

}  // namespace npuemu

#endif  // EMULATOR_SCHED_SMALL_PROGRAM_H_
