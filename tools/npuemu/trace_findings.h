// File: trace_findings.h
// The findings of traces: the same detector as in the process, run over what it
// wrote, so that a killed process has a report too.

#ifndef TOOLS_NPUEMU_TRACE_FINDINGS_H_
#define TOOLS_NPUEMU_TRACE_FINDINGS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "emulator/hazard/findings.h"
#include "emulator/trace/trace_stream.h"

namespace npuemu::cli {

class TraceFindings {
 public:
  explicit TraceFindings(const std::string& suppressions = "")
      : suppressions_(suppressions) {}

  // Errors: kInvalidParam for what is no trace, or suppressions that cannot be
  // read.
  absl::Status Add(const std::string& path);

  const std::vector<Finding>& all() const { return all_; }
  std::vector<Finding>& all() { return all_; }
  const TraceHeader& header() const { return header_; }  // of the first trace
  uint64_t suppressed() const { return suppressed_; }
  // Why a trace ends early; "" if none does.
  const std::string& incomplete() const { return incomplete_; }

 private:
  const std::string suppressions_;
  std::vector<std::unique_ptr<TraceReader>> readers_;  // names are theirs
  std::vector<Finding> all_;
  TraceHeader header_;
  uint64_t suppressed_ = 0;
  std::string incomplete_;
};

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_TRACE_FINDINGS_H_
