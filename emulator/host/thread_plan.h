// File: thread_plan.h
// Decisions that are given, not chosen: scripts of tests and the picks of a
// recorded run.

#ifndef EMULATOR_HOST_THREAD_PLAN_H_
#define EMULATOR_HOST_THREAD_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace npuemu {

// A step of a script, `thread[:label[xN]]`: `thread` runs until it arrives at
// switch point `label` for the Nth time since the step began; without a label
// until it blocks or ends. It must run at least once. A switch point lies
// before what its label names, except pthread_create's: behind it, so that
// "0:pthread_create 1" runs the new thread first.
struct ThreadStep {
  int thread = 0;
  std::string label;
  int count = 1;
  std::string text;  // as it was written, for messages
};

// Steps separated by white space. An error is returned in *error.
std::optional<std::vector<ThreadStep>> ParseThreadScript(std::string_view text,
                                                         std::string* error);

// Thread ids of successive decisions, separated by white space; `id*count`
// stands for count equal ones.
std::optional<std::vector<int>> ParseThreadPicks(std::string_view text,
                                                 std::string* error);

// `text`, or the content of FILE if it is "@FILE".
std::optional<std::string> TextOrFile(const std::string& text,
                                      std::string* error);

}  // namespace npuemu

#endif  // EMULATOR_HOST_THREAD_PLAN_H_
