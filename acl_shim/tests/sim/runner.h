// File: runner.h
// Runs a program by the public functions of ACL.

#ifndef ACL_SHIM_TESTS_SIM_RUNNER_H_
#define ACL_SHIM_TESTS_SIM_RUNNER_H_

#include <string>
#include <vector>

#include "acl/acl.h"
#include "acl_shim/tests/sim/program.h"

namespace npuemu::sim {

// The models of the operators, once per process. Run is thread-safe:
// programs beside each other share the models, nothing else.
class Session {
 public:
  Session();   // aborts where the device cannot be set
  ~Session();

  // A further thread that runs programs: sets its device.
  void JoinThread();

  // `problem` is empty, or says which step a call answered wrongly.
  Outcome Run(const Program& program, std::string* problem);
};

}  // namespace npuemu::sim

#endif  // ACL_SHIM_TESTS_SIM_RUNNER_H_
