#include "emulator/memory/fault_handler.h"

#include <dlfcn.h>
#include <execinfo.h>
#include <ucontext.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string_view>

#include "emulator/base/status.h"
#include "emulator/memory/text_buffer.h"

extern "C" __attribute__((weak, visibility("default"))) void __tsan_init();

namespace npuemu {
namespace {

constexpr int kSignals[] = {SIGSEGV, SIGBUS};

std::atomic<const DeviceMemory*> g_memory{nullptr};
std::atomic<TouchHandler> g_touch{nullptr};
struct sigaction g_previous[2];
bool g_installed[2] = {false, false};

void Handle(int signal, siginfo_t* info, void* context);

int IndexOf(int signal) { return signal == SIGSEGV ? 0 : 1; }

bool IsOurs(const struct sigaction& action) {
  return (action.sa_flags & SA_SIGINFO) != 0 && action.sa_sigaction == Handle;
}

bool IsInstalledOnTop(int signal) {
  struct sigaction current = {};
  return sigaction(signal, nullptr, &current) == 0 && IsOurs(current);
}

// "prog+0x11a9": module and offset, as addr2line takes them. dladdr takes the
// loader's lock only, as backtrace_symbols_fd does, and allocates nothing.
void AppendSite(TextBuffer& out, const void* site) {
  Dl_info info = {};
  if (dladdr(site, &info) == 0 || info.dli_fname == nullptr) {
    out.Hex(reinterpret_cast<uint64_t>(site));
    return;
  }
  std::string_view file = info.dli_fname;
  file.remove_prefix(file.rfind('/') + 1);  // npos + 1 is 0
  out.Text(file).Text("+").Hex(reinterpret_cast<uint64_t>(site) -
                               reinterpret_cast<uint64_t>(info.dli_fbase));
}

bool IsWrite(void* context) {
#if defined(__x86_64__)
  const auto* user = static_cast<const ucontext_t*>(context);
  constexpr int64_t kWrite = 2;  // bit 1 of the page-fault error code
  return (user->uc_mcontext.gregs[REG_ERR] & kWrite) != 0;
#else
  (void)context;
  return false;
#endif
}

// Behind the instruction's first byte, as a return address would be.
const void* PlaceOf(void* context) {
#if defined(__x86_64__)
  const auto* user = static_cast<const ucontext_t*>(context);
  return reinterpret_cast<const void*>(user->uc_mcontext.gregs[REG_RIP] + 1);
#else
  (void)context;
  return nullptr;
#endif
}

// "read", "write", or "access" where the processor does not say.
std::string_view AccessKind(void* context) {
#if defined(__x86_64__)
  return IsWrite(context) ? "write" : "read";
#else
  (void)context;
  return "access";
#endif
}

void Report(const DeviceMemory& memory, uint64_t address, void* context) {
  TextBuffer line;
  line.Text("npuemu: host ").Text(AccessKind(context));
  line.Text(" of device address ").Hex(address).Text(" (");
  Allocation record = {};
  const bool known = memory.DescribeFromSignal(address, &record);
  const int device = memory.DeviceOf(address);
  AppendName(line, address, known ? &record : nullptr, device,
             memory.OffsetOf(address));
  if (known) {
    line.Text(", ").Decimal(record.requested).Text(" bytes");
    if (record.site != nullptr) {
      line.Text(", allocated at ");
      AppendSite(line, record.site);
    }
  }
  line.Text("); copy it with aclrtMemcpy first\n");
  const std::string_view text = line.view();
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
  if (__tsan_init != nullptr) {  // TSan prints no stack for a restored action
    void* frames[32];
    backtrace_symbols_fd(frames, backtrace(frames, 32), STDERR_FILENO);
  }
}

// Lets the earlier action have the signal.
void PassOn(int signal, siginfo_t* info, void* context) {
  const struct sigaction& previous = g_previous[IndexOf(signal)];
  if ((previous.sa_flags & SA_SIGINFO) != 0) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_IGN && info->si_code <= 0) {
    return;  // sent by somebody, and ignored
  } else if (previous.sa_handler == SIG_DFL || previous.sa_handler == SIG_IGN) {
    // A fault happens again on return; a sent signal must be sent again.
    sigaction(signal, &previous, nullptr);
    if (info->si_code <= 0) raise(signal);
  } else {
    previous.sa_handler(signal);
  }
}

void Handle(int signal, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  const DeviceMemory* memory = g_memory.load(std::memory_order_acquire);
  const bool is_fault = info->si_code > 0;  // else si_addr means nothing
  const TouchHandler touch = g_touch.load(std::memory_order_acquire);
  if (info->si_code == SEGV_ACCERR && touch != nullptr &&
      touch(reinterpret_cast<uint64_t>(info->si_addr), IsWrite(context),
            PlaceOf(context))) {
    errno = saved_errno;
    return;
  }
  if (is_fault && memory != nullptr && memory->IsDeviceAddress(info->si_addr)) {
    Report(*memory, reinterpret_cast<uint64_t>(info->si_addr), context);
    // Where somebody else's handler called ours, it must stay in place.
    if (IsInstalledOnTop(signal)) {
      sigaction(signal, &g_previous[IndexOf(signal)], nullptr);
      errno = saved_errno;
      return;
    }
  }
  errno = saved_errno;
  PassOn(signal, info, context);
}

}  // namespace

void SetTouchHandler(TouchHandler handler) {
  g_touch.store(handler, std::memory_order_release);
}

absl::Status InstallFaultHandler(const DeviceMemory* memory) {
  g_memory.store(memory, std::memory_order_release);
  if (__tsan_init != nullptr) {  // the first backtrace() loads a library
    void* frame[1];
    backtrace(frame, 1);
  }
  for (const int signal : kSignals) {
    bool& installed = g_installed[IndexOf(signal)];
    if (installed) continue;
    struct sigaction action = {};
    action.sa_sigaction = Handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    if (sigaction(signal, &action, &g_previous[IndexOf(signal)]) != 0) {
      return FaultError(Fault::kInternalError,
                        "sigaction for the device address handler failed");
    }
    installed = true;
  }
  return absl::OkStatus();
}

void UninstallFaultHandler() {
  g_memory.store(nullptr, std::memory_order_release);
  for (const int signal : kSignals) {
    bool& installed = g_installed[IndexOf(signal)];
    if (!installed || !IsInstalledOnTop(signal)) continue;
    sigaction(signal, &g_previous[IndexOf(signal)], nullptr);
    installed = false;
  }
}

}  // namespace npuemu
