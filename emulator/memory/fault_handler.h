// File: fault_handler.h
// Names a device address that host code touched. The handler for SIGSEGV and
// SIGBUS prints one line,
//
//   npuemu: host write of device address 0x410000000010 (d0:alloc#3+0x10,
//   4096 bytes, allocated at prog+0x11a9); copy it with aclrtMemcpy first
//
// puts the earlier action back and returns, so that the access faults again
// under it: a core dump, a sanitizer's report or the program's own handler
// (design 3.5). Any other fault goes to the earlier action at once.

#ifndef EMULATOR_MEMORY_FAULT_HANDLER_H_
#define EMULATOR_MEMORY_FAULT_HANDLER_H_

#include "absl/status/status.h"
#include "emulator/memory/device_memory.h"

namespace npuemu {

// Installs the handler for `memory`, which must live until
// UninstallFaultHandler. A second call only changes the memory. Not
// thread-safe; the handler itself may run on any thread.
// Error kInternalError: sigaction failed.
absl::Status InstallFaultHandler(const DeviceMemory* memory);

// What the program does with memory that we protected. True: it may go on, the
// access happens again. Called on the thread that faults; null: nobody.
using TouchHandler = bool (*)(uint64_t address, bool write, const void* place);
void SetTouchHandler(TouchHandler handler);

// Puts the earlier actions back, except where somebody else has installed a
// handler since: then ours stays below it and passes everything on.
void UninstallFaultHandler();

}  // namespace npuemu

#endif  // EMULATOR_MEMORY_FAULT_HANDLER_H_
