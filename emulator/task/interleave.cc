#include "emulator/task/interleave.h"

#include <algorithm>

namespace npuemu {
namespace {

bool Touches(const RangeList& writes, const RangeList& others) {
  return std::any_of(writes.begin(), writes.end(), [&](const MemoryRange& w) {
    return std::any_of(others.begin(), others.end(),
                       [&](const MemoryRange& o) { return Overlap(w, o); });
  });
}

// How many tasks from the front start in ascending order.
size_t AscendingPart(std::span<const Task> tasks) {
  size_t count = 1;
  while (count < tasks.size() &&
         tasks[count].start >= tasks[count - 1].start) {
    ++count;
  }
  return count;
}

// Calls mark(i, j) for each race of one part.
template <typename Mark>
void ForEachRace(std::span<const Task> part, Mark mark) {
  std::vector<size_t> active;  // those that may not have ended yet
  for (size_t i = 0; i < part.size(); ++i) {
    if (part[i].body == nullptr) continue;
    std::erase_if(active, [&](size_t j) {
      return part[j].end <= part[i].start;
    });
    for (size_t j : active) {
      if (part[i].end > part[i].start && Conflict(part[i], part[j])) {
        mark(i, j);
      }
    }
    active.push_back(i);
  }
}

struct Step {
  SimTime time;
  size_t task;
  absl::AnyInvocable<Fault()> run;
};

void AddSteps(Task& task, size_t place, bool split, std::vector<Step>* steps) {
  if (task.body == nullptr || task.fault != Fault::kNone) return;
  BlockPlan plan;
  if (split) {
    plan.cost = task.end - task.start;
    plan.cores = task.cores;
    task.fault = task.body.Describe(&plan);
    if (task.fault != Fault::kNone) return;
  }
  for (BlockStep& step : plan.steps) {
    steps->push_back({task.start + step.at, place, std::move(step.run)});
  }
  if (plan.steps.empty()) {
    steps->push_back({task.start, place, [&task] { return task.body.Run(); }});
  }
}

void RunPart(std::span<Task> part, const std::vector<bool>& split,
             size_t first) {
  std::vector<Step> steps;
  for (size_t i = 0; i < part.size(); ++i) {
    AddSteps(part[i], i, split[first + i], &steps);
  }
  // A task's own steps of one time stay in their order.
  std::stable_sort(steps.begin(), steps.end(),
                   [](const Step& a, const Step& b) {
                     return a.time != b.time ? a.time < b.time
                                             : a.task < b.task;
                   });
  for (Step& step : steps) {
    Task& task = part[step.task];
    if (task.fault == Fault::kNone) task.fault = step.run();
  }
}

}  // namespace

bool Conflict(const Task& a, const Task& b) {
  return Touches(a.writes, b.reads) || Touches(a.writes, b.writes) ||
         Touches(b.writes, a.reads);
}

std::vector<bool> FindRaces(std::span<const Task> tasks) {
  std::vector<bool> races;
  for (size_t first = 0; first < tasks.size();) {
    const size_t count = AscendingPart(tasks.subspan(first));
    ForEachRace(tasks.subspan(first, count), [&](size_t i, size_t j) {
      races.resize(tasks.size());
      races[first + i] = races[first + j] = true;
    });
    first += count;
  }
  return races;
}

void RunInterleaved(std::span<Task> tasks, const std::vector<bool>& split) {
  for (size_t first = 0; first < tasks.size();) {
    const size_t count = AscendingPart(tasks.subspan(first));
    RunPart(tasks.subspan(first, count), split, first);
    first += count;
  }
}

}  // namespace npuemu
