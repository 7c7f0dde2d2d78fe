// A thread pool: jobs are taken by whichever thread is free, each with the
// stream of its thread; what a job computes depends on the job only (R24).
#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "check.h"

class Pool {
 public:
  explicit Pool(int threads) : mul_(NewBinary("Mul")) {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { Serve(); });
    }
  }
  void Push(void* data) {
    const std::lock_guard<std::mutex> guard(mutex_);
    jobs_.push_back(data);
    changed_.notify_one();
  }
  void Close() {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      closed_ = true;
      changed_.notify_all();
    }
    for (std::thread& thread : threads_) thread.join();
  }

 private:
  void Serve() {
    CHECK(aclrtSetDevice(0));
    aclrtStream stream = NewStream();
    for (;;) {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return closed_ || !jobs_.empty(); });
      if (jobs_.empty()) break;
      void* data = jobs_.front();
      jobs_.pop_front();
      lock.unlock();
      for (int i = 0; i < 3; ++i) Run(mul_, data, data, data, stream);
      CHECK(aclrtSynchronizeStream(stream));
    }
    CHECK(aclrtDestroyStream(stream));
    CHECK(aclrtResetDevice(0));
  }

  aclopHandle* mul_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<void*> jobs_;
  bool closed_ = false;
  std::vector<std::thread> threads_;
};

int main(int argc, char** argv) {
  Start(argc, argv);
  std::array<void*, 10> data;
  Pool pool(3);
  for (size_t i = 0; i < data.size(); ++i) {
    data[i] = NewNumbers(static_cast<int32_t>(i), 2);
    pool.Push(data[i]);
  }
  pool.Close();
  for (void* block : data) ShowDevice("eighth power", block, kBytes);
  return Finish();
}
