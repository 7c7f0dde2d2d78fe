// File: trace_stream.h
// Writes and reads a trace (FORMAT.md). Reader and writer stand together: what
// one knows the other must.
//
// Thread safety: several threads may use a writer after Share(); a reader is
// for one.

#ifndef EMULATOR_TRACE_TRACE_STREAM_H_
#define EMULATOR_TRACE_TRACE_STREAM_H_

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/status.h"
#include "emulator/event/event.h"

namespace npuemu {

constexpr uint32_t kTraceVersion = 2;

// What decides a run besides the program: options by flag, environment.
using TraceHeader = std::map<std::string, std::string>;

class TraceWriter {
 public:
  // Writes to `path`.incomplete until Finish. `limit`: bytes of the file at
  // most. `fresh`: where there is a trace already, it is another process's, and
  // this one gets path.1, path.2, ... Fault kInvalidParam if it cannot be
  // written.
  static absl::StatusOr<std::unique_ptr<TraceWriter>> Create(
      const std::string& path, const TraceHeader& header, uint64_t limit,
      bool fresh = false);
  ~TraceWriter();

  // Others than the caller will write too: a lock for each record.
  void Share() { shared_ = true; }

  // Not in a forked child: its calls are refused before they are logged.
  void Write(const Event& event);
  // An event each, in one record. At most kMostArguments.
  static constexpr size_t kMostArguments = 20;
  void WriteArguments(std::span<const Argument> arguments, const char* call,
                      SimTime time);
  // The process ends in order: nothing more is written.
  void Finish();

 private:
  static constexpr uint64_t kWindow = 1 << 20;

  TraceWriter(std::string path, int fd, uint64_t limit);
  std::unique_lock<std::mutex> Guard() {
    return shared_ ? std::unique_lock(mutex_) : std::unique_lock<std::mutex>();
  }
  bool NextWindow();
  // Where the fields of a record go; null if none is written any more.
  unsigned char* Begin();
  // They end before `end`: the record counts.
  void End(uint8_t kind, const unsigned char* end);
  uint64_t NameId(const char* name);
  uint64_t FindNameId(const char* name);
  unsigned char* At(uint64_t offset) const { return window_ + offset; }

  const std::string path_;
  const int fd_;
  const uint64_t limit_;
  const int pid_;  // a forked child must not end it
  bool shared_ = false;
  std::mutex mutex_;
  unsigned char* window_ = nullptr;
  uint64_t window_begin_ = 0;
  uint64_t used_ = 0;  // of the window
  bool full_ = false;
  uint64_t last_task_ = 0;
  int64_t last_time_ = 0;
  uint64_t names_ = 0;
  // Event names are static texts: by address first, else by content.
  struct KnownName {
    const char* text = nullptr;
    uint64_t id = 0;
  };
  KnownName known_names_[64];
  std::map<std::string, uint64_t, std::less<>> ids_;
};

class TraceReader {
 public:
  // Fault kInvalidParam for what is no trace, or of another version.
  static absl::StatusOr<std::unique_ptr<TraceReader>> Open(
      const std::string& path);
  ~TraceReader();

  const TraceHeader& header() const { return header_; }

  // The next event; nullopt at the end, or where a record is damaged. Its name
  // lives as long as the reader.
  std::optional<Event> Next();

  // After Next() gave nullopt.
  bool complete() const { return complete_; }  // the process ended in order
  bool limited() const { return limited_; }    // --trace-limit was reached
  // Empty, or what is wrong with the record at the end.
  const std::string& damage() const { return damage_; }

 private:
  TraceReader() = default;
  std::optional<Event> Damaged(const char* what);
  bool Number(unsigned code, size_t end, uint64_t* value);
  bool Tagged(size_t end, unsigned* kind, uint64_t* value);
  bool Decode(size_t end, Event* event);
  bool DecodeArguments(size_t end);
  SimTime Later(uint64_t difference);

  std::string_view bytes_;  // the file, mapped
  size_t at_ = 0;
  TraceHeader header_;
  std::deque<std::string> names_;
  std::deque<Event> arguments_;  // read and not yet given out
  uint64_t last_task_ = 0;
  int64_t last_time_ = 0;
  bool complete_ = false;
  bool limited_ = false;
  bool over_ = false;
  std::string damage_;
};

}  // namespace npuemu

#endif  // EMULATOR_TRACE_TRACE_STREAM_H_
