// File: worker_threads.h
// oneTBB's threads that work for this project: a hang is not blamed on them
// (design 4), and ThreadSanitizer looks away. Thread-safe.

#ifndef EMULATOR_TASK_WORKER_THREADS_H_
#define EMULATOR_TASK_WORKER_THREADS_H_

namespace npuemu {

// The calling thread works for us until LeaveWork(). It is counted from its
// first work until it ends.
void EnterWork();
void LeaveWork();

// Those that live now.
int WorkerThreads();

// Whether the calling thread is counted.
bool IsWorkerThread();

}  // namespace npuemu

#endif  // EMULATOR_TASK_WORKER_THREADS_H_
