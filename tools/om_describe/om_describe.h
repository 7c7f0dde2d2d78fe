// File: om_describe.h
// `npuemu om FILE`: what a .om file holds, as text: header, partitions,
// model attributes, operators by type, then every operator with descriptors
// and attributes. Long lists and strings are cut and say so. Thread-safe.

#ifndef TOOLS_OM_DESCRIBE_OM_DESCRIBE_H_
#define TOOLS_OM_DESCRIBE_OM_DESCRIBE_H_

#include <cstddef>
#include <ostream>
#include <span>
#include <string>

#include "absl/status/status.h"

namespace npuemu::om {

// Reads the file and describes it. Errors: kReadModelFailure if it cannot be
// read, else those of DescribeBytes.
absl::Status Describe(const std::string& path, std::ostream& out);

// The same for bytes in memory. What could be read before an error is
// written. Errors: kParseModel, kDeserializeModel.
absl::Status DescribeBytes(std::span<const std::byte> bytes, std::ostream& out);

}  // namespace npuemu::om

#endif  // TOOLS_OM_DESCRIBE_OM_DESCRIBE_H_
