// File: thread_queue.h
// The peer of the launch benchmarks: a worker thread with a locked queue, the
// simplest way to mock a stream.

#ifndef TOOLS_BENCH_THREAD_QUEUE_H_
#define TOOLS_BENCH_THREAD_QUEUE_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace npuemu::bench {

class ThreadQueue {
 public:
  ThreadQueue() : worker_([this] { Loop(); }) {}
  ~ThreadQueue() {
    Push(nullptr);  // ends the worker
    worker_.join();
  }

  void Push(std::function<void()> task) {
    const std::lock_guard<std::mutex> guard(mutex_);
    tasks_.push_back(std::move(task));
    wake_.notify_one();
  }

  // Until everything pushed so far has run.
  void Wait() {
    std::unique_lock<std::mutex> lock(mutex_);
    idle_.wait(lock, [&] { return tasks_.empty() && !busy_; });
  }

 private:
  void Loop() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      wake_.wait(lock, [&] { return !tasks_.empty(); });
      std::function<void()> task = std::move(tasks_.front());
      tasks_.pop_front();
      if (task == nullptr) return;
      busy_ = true;
      lock.unlock();
      task();
      lock.lock();
      busy_ = false;
      if (tasks_.empty()) idle_.notify_all();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable idle_;
  std::deque<std::function<void()>> tasks_;
  bool busy_ = false;
  std::thread worker_;
};

}  // namespace npuemu::bench

#endif  // TOOLS_BENCH_THREAD_QUEUE_H_
