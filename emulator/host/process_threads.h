// File: process_threads.h
// The threads of this process as the kernel sees them, for whoever must tell
// waiting from hanging. Wall-clock facts: no result may depend on them.
// Thread-safe.

#ifndef EMULATOR_HOST_PROCESS_THREADS_H_
#define EMULATOR_HOST_PROCESS_THREADS_H_

namespace npuemu {

int CountThreads();

// Whether no thread but the calling one runs or could run.
bool OtherThreadsAreAsleep();

}  // namespace npuemu

#endif  // EMULATOR_HOST_PROCESS_THREADS_H_
