// File: worker_threads.h
// oneTBB's threads that work for this project: a hang is not blamed on them
// (design 4). Thread-safe.

#ifndef EMULATOR_TASK_WORKER_THREADS_H_
#define EMULATOR_TASK_WORKER_THREADS_H_

namespace npuemu {

// Counts the calling thread, once, until it ends.
void CountWorkerThread();

// Those that live now.
int WorkerThreads();

// Whether the calling thread is counted.
bool IsWorkerThread();

}  // namespace npuemu

#endif  // EMULATOR_TASK_WORKER_THREADS_H_
