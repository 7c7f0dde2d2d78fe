// File: atc.h
// `atc --singleop=FILE --output=DIR --soc_version=SOC`: writes one .om file an
// operator of the JSON file. One wrong operator does not stop the others, but
// makes the run fail. Network models (--model) are refused. One run, one
// thread.

#ifndef TOOLS_ATC_ATC_H_
#define TOOLS_ATC_ATC_H_

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "acl_shim/om/single_op_model.h"

namespace npuemu::atc {

// What ATC asks about operators.
struct OpKnowledge {
  // Called before the others; an error ends the run.
  absl::Status (*load)();
  bool (*is_known)(std::string_view op_type);
  // Whether an operator can be made of this; the error names the argument.
  absl::Status (*check)(const om::SingleOpModel& model);
};

// Runs ATC with `args` (without the program name); prints to `out` what the
// real one prints to stdout. Returns the exit code.
int RunAtc(const std::vector<std::string>& args, const OpKnowledge& ops,
           std::ostream& out);

}  // namespace npuemu::atc

#endif  // TOOLS_ATC_ATC_H_
