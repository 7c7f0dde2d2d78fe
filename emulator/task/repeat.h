// File: repeat.h
// A task that is submitted several times: a graph keeps one and submits copies.

#ifndef EMULATOR_TASK_REPEAT_H_
#define EMULATOR_TASK_REPEAT_H_

#include <memory>

#include "emulator/task/task.h"

namespace npuemu {

// A task that does what `kept` does: its body and hooks are those of `kept`,
// which it keeps alive. The kept body may run more than once, and copies that
// share no bytes at the same time.
Task Repeat(const std::shared_ptr<Task>& kept);

// Makes a copy that was not decided yet do what `kept` does, at the same place
// in its stream: only body, operands and cost change.
void Renew(const std::shared_ptr<Task>& kept, Task* copy);

}  // namespace npuemu

#endif  // EMULATOR_TASK_REPEAT_H_
