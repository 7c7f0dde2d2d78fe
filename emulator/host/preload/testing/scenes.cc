// scenes NAME: small programs whose output shows the order of their threads.
// Run under the preloaded library by preload_test.

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

// What happened, in order. The atomic index needs no lock that would be seen.
std::array<char, 4096> g_trace;
std::atomic<size_t> g_length{0};
void Mark(char c) { g_trace[g_length++] = c; }
void Print() { std::printf("%.*s\n", static_cast<int>(g_length), &g_trace[0]); }

char Letter(int i) { return static_cast<char>('a' + i); }

void InThreads(int count, const std::function<void(int)>& body) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(body, i);
  for (std::thread& thread : threads) thread.join();
}

void Mutex() {
  std::mutex mutex;
  InThreads(3, [&](int i) {
    for (int step = 0; step < 5; ++step) {
      const std::lock_guard<std::mutex> guard(mutex);
      Mark(Letter(i));
      sched_yield();
      Mark(Letter(i));
    }
  });
}

// Without a lock: an update is lost if the switch falls in between.
void Counter() {
  volatile int counter = 0;
  InThreads(2, [&](int) {
    for (int step = 0; step < 3; ++step) {
      const int seen = counter;
      sched_yield();
      counter = seen + 1;
    }
  });
  std::printf("counter %d\n", counter);
}

// As Counter, where yields are rare decisions: a mutex of somebody else.
void Unrelated() {
  volatile int counter = 0;
  InThreads(2, [&](int) {
    std::mutex own;
    const int seen = counter;
    own.lock();
    counter = seen + 1;
    own.unlock();
  });
  std::printf("counter %d\n", counter);
}

void Condition() {
  std::mutex mutex;
  std::condition_variable changed;
  int turn = 0;
  InThreads(3, [&](int i) {
    for (int round = 0; round < 3; ++round) {
      std::unique_lock<std::mutex> lock(mutex);
      changed.wait(lock, [&] { return turn % 3 == i; });
      Mark(Letter(i));
      ++turn;
      changed.notify_all();
    }
  });
}

void TimedWait() {
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_lock<std::mutex> lock(mutex);
  const auto begin = std::chrono::steady_clock::now();
  const auto status = changed.wait_for(lock, 3600s);
  const auto spent = std::chrono::steady_clock::now() - begin;
  std::printf("%s after an hour: %d\n",
              status == std::cv_status::timeout ? "timeout" : "woken",
              spent >= 3600s && spent < 3601s);
}

void Semaphore() {
  sem_t items;
  sem_init(&items, 0, 0);
  InThreads(3, [&](int i) {
    for (int step = 0; step < 3; ++step) {
      if (i == 0) {
        Mark('+');
        sem_post(&items);
        sem_post(&items);
      } else {
        sem_wait(&items);
        Mark(Letter(i));
      }
    }
  });
}

void Barrier() {
  pthread_barrier_t barrier;
  pthread_barrier_init(&barrier, nullptr, 3);
  std::atomic<int> serial{0};
  InThreads(3, [&](int i) {
    for (int round = 0; round < 3; ++round) {
      Mark(static_cast<char>('0' + round));
      Mark(Letter(i));
      if (pthread_barrier_wait(&barrier) != 0) ++serial;
    }
  });
  std::printf("serial %d\n", serial.load());
  pthread_barrier_destroy(&barrier);
}

void ReadWrite() {
  pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
  InThreads(4, [&](int i) {
    for (int step = 0; step < 3; ++step) {
      if (i == 0) {
        pthread_rwlock_wrlock(&lock);
        Mark('[');
        sched_yield();
        Mark(']');
      } else {
        pthread_rwlock_rdlock(&lock);
        Mark(Letter(i));
        sched_yield();
      }
      pthread_rwlock_unlock(&lock);
    }
  });
}

void Spin() {
  pthread_spinlock_t lock;
  pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE);
  InThreads(2, [&](int i) {
    for (int step = 0; step < 3; ++step) {
      pthread_spin_lock(&lock);
      Mark(Letter(i));
      sched_yield();
      Mark(Letter(i));
      pthread_spin_unlock(&lock);
    }
  });
}

void Once() {
  std::once_flag flag;
  InThreads(3, [&](int i) {
    std::call_once(flag, [&] {
      Mark('(');
      sched_yield();
      Mark(')');
    });
    Mark(Letter(i));
  });
}

// An hour each, in no time.
void Sleep() {
  InThreads(3, [&](int i) {
    std::this_thread::sleep_for(std::chrono::hours(3 - i));
    Mark(Letter(i));
  });
}

void Detach() {
  static std::atomic<int> left{3};
  for (int i = 0; i < 3; ++i) {
    std::thread([i] {
      Mark(Letter(i));
      sched_yield();
      Mark(Letter(i));
      --left;
    }).detach();
  }
  while (left > 0) sched_yield();
}

void* ExitEarly(void*) {
  struct Last {
    std::mutex mutex;
    ~Last() {
      const std::lock_guard<std::mutex> guard(mutex);
      Mark('d');
    }
  };
  thread_local Last last;
  last.mutex.lock();
  last.mutex.unlock();
  Mark('e');
  pthread_exit(reinterpret_cast<void*>(7));
}

void Exit() {
  pthread_t threads[2];
  for (pthread_t& thread : threads) {
    pthread_create(&thread, nullptr, ExitEarly, nullptr);
  }
  for (pthread_t thread : threads) {
    void* value = nullptr;
    pthread_join(thread, &value);
    Mark(static_cast<char>('0' + reinterpret_cast<intptr_t>(value)));
  }
}

void Fork() {
  std::mutex mutex;
  InThreads(2, [&](int i) {
    const std::lock_guard<std::mutex> guard(mutex);
    Mark(Letter(i));
  });
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    Mutex();
    Print();
    std::fflush(stdout);
    _exit(3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("child %d\n", WEXITSTATUS(status));
}

void AtomicWait() {
  std::atomic<int> turn{0};
  InThreads(2, [&](int i) {
    for (int round = 0; round < 3; ++round) {
      for (int seen = turn; seen % 2 != i; seen = turn) turn.wait(seen);
      Mark(Letter(i));
      ++turn;
      turn.notify_all();
    }
  });
}

// Waits for another thread without any call.
void Spinning() {
  std::atomic<bool> go{false};
  InThreads(2, [&](int i) {
    if (i == 0) {
      while (!go) {
      }
    } else {
      go = true;
    }
  });
  std::printf("done\n");
}

void Pipe() {
  int ends[2];
  if (pipe(ends) != 0) return;
  InThreads(2, [&](int i) {
    char byte = 'x';
    if (i == 0) {
      if (read(ends[0], &byte, 1) == 1) std::printf("read %c\n", byte);
    } else if (write(ends[1], &byte, 1) != 1) {
      std::printf("no write\n");
    }
  });
}

void Deadlock() {
  std::mutex first;
  std::mutex second;
  InThreads(2, [&](int i) {
    std::mutex& one = i == 0 ? first : second;
    std::mutex& other = i == 0 ? second : first;
    one.lock();
    sched_yield();
    other.lock();
  });
}

void Cancel() {
  pthread_t thread;
  pthread_create(
      &thread, nullptr,
      [](void*) -> void* {
        pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
        pthread_cond_t never = PTHREAD_COND_INITIALIZER;
        pthread_mutex_lock(&mutex);
        while (true) pthread_cond_wait(&never, &mutex);
      },
      nullptr);
  sched_yield();
  pthread_cancel(thread);
  void* value = nullptr;
  pthread_join(thread, &value);
  std::printf("canceled %d\n", value == PTHREAD_CANCELED);
}

const std::map<std::string, void (*)()>& Scenes() {
  static const std::map<std::string, void (*)()> scenes = {
      {"atomic-wait", AtomicWait}, {"barrier", Barrier},
      {"cancel", Cancel},          {"condition", Condition},
      {"counter", Counter},        {"deadlock", Deadlock},
      {"detach", Detach},          {"exit", Exit},
      {"fork", Fork},              {"mutex", Mutex},
      {"once", Once},              {"pipe", Pipe},
      {"read-write", ReadWrite},   {"semaphore", Semaphore},
      {"sleep", Sleep},            {"spin", Spin},
      {"spinning", Spinning},      {"timed-wait", TimedWait},
      {"unrelated", Unrelated},
  };
  return scenes;
}

}  // namespace

int main(int argc, char** argv) {
  const auto scene = Scenes().find(argc > 1 ? argv[1] : "");
  if (scene == Scenes().end()) return 64;
  scene->second();
  Print();
  return 0;
}
