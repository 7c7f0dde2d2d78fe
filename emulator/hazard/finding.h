// File: finding.h
// One finding: facts only. finding_text.h prints it, tools/npuemu writes files.

#ifndef EMULATOR_HAZARD_FINDING_H_
#define EMULATOR_HAZARD_FINDING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "emulator/base/sim_time.h"

namespace npuemu {

// What a site does with the bytes.
enum class Deed : uint8_t { kCalls, kSubmits, kReads, kWrites, kFrees, kWaits };

// A place in a program or library.
struct CodeSite {
  std::string place;       // "pipeline+0x1234"; "" if unknown
  const char* module = "";  // its path
  uint64_t offset = 0;      // in it, behind the call
};

// One side: a task, or a call of the host. Names are static or live as long as
// the log's reader.
struct Site {
  Deed deed = Deed::kCalls;
  const char* call = "";      // API function
  const char* op = "";        // of a task: operator or function
  const char* argument = "";  // "x1", "dst"; "" where there is none
  uint64_t task = 0;          // 0: the host's
  int stream = -1;
  uint64_t thread = 0;
  CodeSite code;               // that made the call
  std::vector<CodeSite> callers;  // of it, with --stacks full
  SimTime time;                // of the call
};

// The memory that the bytes belong to.
struct Block {
  uint64_t number = 0;  // of all allocations, from 1; 0: none
  uint64_t begin = 0;
  uint64_t bytes = 0;
  Site made;
  Site freed;  // call "": it lives
};

struct Finding {
  int rule = 0;          // of H1 to H45
  std::string message;   // what is wrong, a sentence
  std::vector<Site> sites;  // what came first in this run is first
  bool has_bytes = false;
  int device = -1;       // -1: pinned host memory
  uint64_t begin = 0;    // as in kRead: offsets, half-open
  uint64_t end = 0;
  Block block;
  std::string fix;       // "" where the message says it
  uint64_t count = 1;    // how often it was found
  // What --verify-races saw, lines; "" where it did not look. Benign: the bytes
  // are equal in both orders.
  std::string verified;
  bool benign = false;

  // Equal for equal sites, in every run of the same program.
  std::string Fingerprint() const;
};

const char* WordOf(Deed deed);

}  // namespace npuemu

#endif  // EMULATOR_HAZARD_FINDING_H_
