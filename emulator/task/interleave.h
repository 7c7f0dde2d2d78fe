// File: interleave.h
// Tasks that conflict while they overlap in virtual time: a race. Their blocks
// run in the order of virtual time, so that memory is left with the mix that
// the model says, the same each time (design 1.3).
//
// The model. A batch is cut where starts decrease: parts run one after the
// other. In a part, a task that overlaps in [start, end) with one that it
// conflicts with runs in blocks, each step at its own time; any other runs
// whole at its start. Steps run by (time, place in the batch). So tasks that
// do not overlap keep their decided order, and tasks that stream or signals
// order never overlap.
//
// Thread safety: none; the caller holds whatever the bodies need.

#ifndef EMULATOR_TASK_INTERLEAVE_H_
#define EMULATOR_TASK_INTERLEAVE_H_

#include <cstddef>
#include <span>
#include <vector>

#include "emulator/task/task.h"

namespace npuemu {

// Whether running b beside a could change a byte: one writes what the other
// touches.
bool Conflict(const Task& a, const Task& b);

// The tasks that overlap in time with one that they conflict with, by place;
// empty if there are none. O(n * tasks that run at the same time).
std::vector<bool> FindRaces(std::span<const Task> tasks);

// Runs the bodies, those marked in `split` in blocks, and stores the first
// fault of each in its task. split.size() == tasks.size().
void RunInterleaved(std::span<Task> tasks, const std::vector<bool>& split);

}  // namespace npuemu

#endif  // EMULATOR_TASK_INTERLEAVE_H_
