#include "emulator/task/repeat.h"

namespace npuemu {
namespace {

void RepeatHooks(const std::shared_ptr<Task>& kept, Task* copy) {
  if (kept->hooks == nullptr) return;
  const TaskHooks& hooks = *kept->hooks;
  if (hooks.value_ready != nullptr) {
    copy->Hooks().value_ready = [kept] { return kept->hooks->value_ready(); };
  }
  if (hooks.on_submitted != nullptr) {
    copy->Hooks().on_submitted = [kept](const Task& task) {
      kept->hooks->on_submitted(task);
    };
  }
  if (hooks.on_decided != nullptr) {
    copy->Hooks().on_decided = [kept](const Task& task) {
      kept->hooks->on_decided(task);
    };
  }
}

}  // namespace

void Renew(const std::shared_ptr<Task>& kept, Task* copy) {
  copy->name = kept->name;
  copy->unit = kept->unit;
  copy->parallel = kept->parallel;
  copy->exact_reads = kept->exact_reads;
  copy->exact_writes = kept->exact_writes;
  copy->cores = kept->cores;
  copy->cost = kept->cost;
  copy->reads = kept->reads;
  copy->writes = kept->writes;
  copy->names = kept->names;
  copy->body = nullptr;
  if (kept->body == nullptr) return;
  copy->body = [kept](BlockPlan* plan) {
    return plan == nullptr ? kept->body.Run() : kept->body.Describe(plan);
  };
}

Task Repeat(const std::shared_ptr<Task>& kept) {
  Task copy;
  Renew(kept, &copy);
  copy.object = kept->object;
  copy.wait = kept->wait;
  copy.wait_for = kept->wait_for;
  copy.timeout = kept->timeout;
  copy.effect = kept->effect;
  copy.target = kept->target;
  RepeatHooks(kept, &copy);
  return copy;
}

}  // namespace npuemu
