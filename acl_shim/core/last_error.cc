#include "acl_shim/core/last_error.h"

#include <unistd.h>

#include <atomic>
#include <mutex>

#include "absl/strings/str_format.h"

namespace npuemu::shim {
namespace {

thread_local int32_t t_last_error = 0;
thread_local std::string t_message;
thread_local std::string t_taken;

std::atomic<bool> g_process_level{false};

struct ProcessMessage {
  std::mutex mutex;
  std::string text;
};

ProcessMessage& Shared() {
  static auto* message = new ProcessMessage();
  return *message;
}

}  // namespace

std::string FormatMessage(const char* function, const absl::Status& status,
                          SimTime when) {
  const FaultInfo& info = InfoOf(FaultOf(status));
  const std::string id = MessageIdOf(status);
  const bool internal = id == "EEXXXX";
  std::string text = absl::StrFormat(
      "[PID: %d] +%dns %s(%s): %s%s failed: %s\n", getpid(), Nanoseconds(when),
      info.title, id, internal ? "Internal error! " : "", function,
      std::string(status.message()));
  absl::StrAppendFormat(&text, "        TraceBack (most recent call last):\n");
  absl::StrAppendFormat(&text, "        %s returned %d (%s)\n", function,
                        static_cast<int>(info.fault), info.name + 1);
  return text;
}

void StoreError(const char* function, const absl::Status& status,
                SimTime when) {
  t_last_error = static_cast<int32_t>(FaultOf(status));
  std::string text = FormatMessage(function, status, when);
  if (g_process_level) {
    const std::lock_guard<std::mutex> guard(Shared().mutex);
    Shared().text = std::move(text);
  } else {
    t_message = std::move(text);
  }
}

int32_t LastError(bool reset) {
  const int32_t code = t_last_error;
  if (reset) t_last_error = 0;
  return code;
}

const char* TakeRecentMessage() {
  t_taken.clear();
  if (g_process_level) {
    const std::lock_guard<std::mutex> guard(Shared().mutex);
    std::swap(t_taken, Shared().text);
  } else {
    std::swap(t_taken, t_message);
  }
  return t_taken.empty() ? nullptr : t_taken.c_str();
}

void SetProcessLevelMessages(bool process_level) {
  g_process_level = process_level;
}

}  // namespace npuemu::shim
