#include "emulator/event/event_log.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "emulator/base/check.h"

namespace npuemu {
namespace {

constexpr const char* kWords[] = {
#define EVENT(id, word) word,
#include "emulator/event/event.def"
#undef EVENT
};

class TextTraceObserver : public Observer {
 public:
  explicit TextTraceObserver(FILE* file) : file_(file) {}
  ~TextTraceObserver() override {
    if (file_ == stdout) {
      std::fflush(file_);
    } else {
      std::fclose(file_);
    }
  }
  void OnEvent(const Event& event) override {
    if (IsDetail(event.kind)) return;
    const std::string line = ToText(event) + "\n";
    std::fwrite(line.data(), 1, line.size(), file_);
  }

 private:
  FILE* file_;
};

}  // namespace

std::string ToText(const Event& event) {
  std::string line = absl::StrFormat(
      "%-14s %12d", kWords[static_cast<size_t>(event.kind)],
      Nanoseconds(event.time));
  if (event.kind == EventKind::kRun) {
    absl::StrAppendFormat(&line, " +%d", (event.end - event.time).count());
  }
  if (event.device >= 0) absl::StrAppendFormat(&line, " d%d", event.device);
  if (event.stream >= 0) absl::StrAppendFormat(&line, " s%d", event.stream);
  if (event.task != 0) absl::StrAppendFormat(&line, " t%d", event.task);
  // The sentence may hold addresses; the rule does not.
  if (event.kind != EventKind::kMisuse) absl::StrAppend(&line, " ", event.name);
  const uint64_t b = event.kind == EventKind::kCall ? 0 : event.b;
  if (event.a != 0 || b != 0) {
    absl::StrAppendFormat(&line, " %d %d", event.a, b);
  }
  return line;
}

Event EventOf(const Argument& argument, const char* call, SimTime time) {
  Event event;
  event.kind = EventKind::kArgument;
  event.device = argument.device;
  event.time = time;
  event.name = call;
  event.a = static_cast<uint64_t>(argument.kind);
  event.b = argument.value;
  return event;
}

void Observer::OnArguments(std::span<const Argument> arguments,
                           const char* call, SimTime time) {
  for (const Argument& argument : arguments) {
    OnEvent(EventOf(argument, call, time));
  }
}

EventLog::EventLog(size_t keep) : ring_(keep) { NPUEMU_CHECK(keep >= 1); }

void EventLog::TellActor() {
  told_actor_ = actor_;
  Event event;
  event.kind = EventKind::kTurn;
  event.a = actor_;
  Append(event);
}

void EventLog::AddObserver(std::unique_ptr<Observer> observer) {
  observers_.push_back(std::move(observer));
}

std::vector<Event> EventLog::Last() const {
  std::vector<Event> last;
  const size_t kept = count_ < ring_.size() ? count_ : ring_.size();
  for (size_t i = count_ - kept; i < count_; ++i) {
    last.push_back(ring_[i % ring_.size()]);
  }
  return last;
}

absl::StatusOr<std::unique_ptr<Observer>> TextTrace(const std::string& path) {
  FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "we");
  if (file == nullptr) {
    return FaultError(
        Fault::kInvalidParam,
        absl::StrCat("--timeline (NPUEMU_TIMELINE): cannot write \"", path,
                     "\": ", std::strerror(errno)));
  }
  return std::make_unique<TextTraceObserver>(file);
}

}  // namespace npuemu
