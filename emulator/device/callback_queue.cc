#include "emulator/device/callback_queue.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "emulator/base/tsan.h"
#include "emulator/device/context.h"
#include "emulator/device/graph.h"
#include "emulator/device/host_wait.h"
#include "emulator/device/host_watch.h"
#include "emulator/device/stream.h"
#include "emulator/host/host_hooks.h"

namespace npuemu {
namespace {

// Runs one function with the lock released and reports its return.
void RunWork(Node& node, Lock& lock, CallbackQueue* queue, HostWork work,
             uint64_t actor) {
  const NpuemuHostHooks& hooks = HostHooks();
  if (node.log().checking()) {
    node.turns().Take(lock, actor);
    Event begins;
    begins.kind = EventKind::kHostFunction;
    begins.task = work.task;
    begins.time = queue->clock;
    node.log().Append(begins);
    node.EndWatches();
  }
  lock.unlock();
  hooks.leave();
  hooks.switch_point("host function");
  SetInHostFunction(true);
  {
    const tsan::Theirs theirs;
    work.function(work.user_data);
  }
  SetInHostFunction(false);
  hooks.enter();
  lock.lock();
  node.turns().Take(lock, actor);
  if (node.host_watch() != nullptr) node.host_watch()->AcceptChanges();
  queue->clock = work.returns;
  Event event;
  event.kind = EventKind::kCallback;
  event.device = static_cast<int16_t>(queue->device);
  event.task = work.task;
  event.time = queue->clock;
  event.name = "host function";
  event.b = work.signal == nullptr ? 0 : work.signal->id;
  node.log().Append(event);
  if (work.signal != nullptr) {
    node.scheduler().HostReturned(work.signal);
  }
  node.Changed();
}

// Waits for work or the end. The thread runs the program's functions: if
// threads are controlled, it is.
void AwaitWork(Lock& lock, CallbackQueue* queue) {
  const NpuemuHostHooks& hooks = HostHooks();
  const auto ready = [&] { return queue->stop || !queue->work.empty(); };
  if (!hooks.controlled) {
    queue->host_wake.wait(lock, ready);
    return;
  }
  while (!ready()) {
    lock.unlock();
    hooks.leave();
    hooks.block("a host function to run", kNpuemuIdle);
    hooks.enter();
    lock.lock();
  }
}

void HostThreadLoop(Node* node, std::shared_ptr<CallbackQueue> queue,
                    uint64_t actor) {
  const tsan::Ours ours;
  const NpuemuHostHooks& hooks = HostHooks();
  hooks.enter();
  Lock lock(node->mutex());
  while (true) {
    AwaitWork(lock, queue.get());
    if (queue->stop) break;
    // What the stream did before is there, whoever executes it now.
    node->scheduler().FlushFor(lock, actor);
    if (queue->stop) break;
    HostWork work = std::move(queue->work.front());
    queue->work.pop_front();
    RunWork(*node, lock, queue.get(), std::move(work), actor);
  }
  lock.unlock();
  hooks.leave();
}

}  // namespace

void CallbackQueue::Unbind(Stream* stream) {
  std::erase(streams, stream);
}

absl::Status LaunchHostFunction(Call& call, Stream* stream,
                                HostFunction function, void* user_data,
                                bool block) {
  const std::shared_ptr<CallbackQueue> queue = stream->callbacks;
  Task deliver = ControlTask(call.name);
  deliver.unit = Unit::kHost;
  Node* node = &call.node;
  // Executions of a graph may overlap: each has its own.
  const auto signal = !block               ? nullptr
                      : InCapture(*stream) ? stream->graph->NewSignal()
                                           : stream->callback_signal;
  if (block) {
    deliver.effect = EffectKind::kDeliver;
    deliver.target = signal;
  }
  deliver.Hooks().on_decided = [=](const Task& task) {
    queue->last_return =
        std::max(queue->last_return, task.end) + CostModel::kCallback;
    queue->work.push_back(
        {function, user_data, task.target, queue->last_return, task.id});
    if (task.target != nullptr) {
      task.target->returns.push_back(queue->last_return);
    }
    queue->host_wake.notify_all();
    node->Changed();
  };
  RETURN_IF_ERROR(Submit(call, stream, std::move(deliver)));
  if (!block) return absl::OkStatus();
  // Three submissions, no lock around them (R109, I14).
  call.SwitchPoint("WAIT");
  Task wait = ControlTask("callback-wait");
  wait.wait = WaitKind::kLevel;
  wait.wait_for = signal;
  RETURN_IF_ERROR(Submit(call, stream, std::move(wait)));
  call.SwitchPoint("RESET");
  Task reset = ControlTask("callback-reset");
  reset.effect = EffectKind::kReset;
  reset.target = signal;
  return Submit(call, stream, std::move(reset));
}

absl::Status LaunchOnContextThread(Call& call, Stream* stream,
                                   HostFunction function, void* user_data) {
  if (stream->callbacks == nullptr) {
    Context* context = stream->context;
    if (context->host_functions == nullptr) {
      auto queue = std::make_shared<CallbackQueue>(context->device().id);
      call.node.AddInternalThread();
      HostHooks().own_thread();
      queue->host_thread =
          std::thread(HostThreadLoop, &call.node, queue,
                      kActorContext + static_cast<uint64_t>(context->id()));
      context->host_functions = queue;
    }
    stream->callbacks = context->host_functions;
    stream->callbacks->Bind(stream);
    stream->host_function_launched = true;
  }
  return LaunchHostFunction(call, stream, function, user_data, /*block=*/true);
}

absl::Status ProcessReport(Call& call,
                           const std::shared_ptr<CallbackQueue>& queue,
                           std::optional<SimDuration> timeout) {
  Goal goal;
  for (Stream* stream : queue->streams) {
    goal.roots.push_back({&stream->queue, stream->queue.submitted});
  }
  goal.done = [&] { return !queue->work.empty(); };
  const WaitOptions options = {"a host function to run",
                               Fault::kRtReportTimeout, timeout,
                               Fault::kRtReportTimeout, /*may_idle=*/true};
  RETURN_IF_ERROR(WaitFor(call, goal, options));
  // What is there now; functions that these make ready wait for the next call.
  std::deque<HostWork> available = std::move(queue->work);
  queue->work.clear();
  for (HostWork& work : available) {
    RunWork(call.node, call.lock, queue.get(), std::move(work), call.Actor());
  }
  call.WaitedUntil(queue->clock);
  return absl::OkStatus();
}

void StopHostThread(Call& call, CallbackQueue* queue) {
  if (!queue->host_thread.joinable()) return;
  queue->stop = true;
  queue->host_wake.notify_all();
  HostHooks().wake();
  // A function on this very thread may end its own context: nobody to wait for.
  if (queue->host_thread.get_id() == std::this_thread::get_id()) {
    queue->host_thread.detach();
    return;
  }
  call.lock.unlock();
  HostHooks().leave();
  queue->host_thread.join();
  HostHooks().enter();
  call.lock.lock();
  call.node.RemoveInternalThread();
}

}  // namespace npuemu
