// File: byte_diff.h
// How the bytes of a race differ between the two orders, as typed values.

#ifndef TOOLS_NPUEMU_BYTE_DIFF_H_
#define TOOLS_NPUEMU_BYTE_DIFF_H_

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/numeric/data_type.h"

namespace npuemu::cli {

struct ByteDiff {
  struct Element {
    uint64_t index;
    std::string a;
    std::string b;
  };
  std::string type;        // "float16"; "bytes" for what has none of its own
  uint64_t elements = 0;   // of the shorter one
  uint64_t differing = 0;
  std::vector<Element> first;  // at most 4
  bool has_ulp = false;    // floating point, and no NaN among what differs
  uint64_t max_ulp = 0;    // units in the last place
};

// `type`: of both; kUndefined compares bytes, as do types without values here.
ByteDiff Compare(kernels::DataType type, const std::string& a,
                 const std::string& b);

}  // namespace npuemu::cli

#endif  // TOOLS_NPUEMU_BYTE_DIFF_H_
