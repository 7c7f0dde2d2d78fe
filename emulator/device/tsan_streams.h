// File: tsan_streams.h
// Tells ThreadSanitizer what streams do with the program's memory: each stream
// is a fiber, and the edges are those of hazard/happens_before.h. A race of a
// host thread with a copy then is a report of TSan, whose second stack ends in
// the call that submitted the copy.
//
// Host memory alone: device memory is out of the reach of compiled code, and
// the race detector looks at it. TSan knows the host threads' own edges.
//
// Differences, each an edge too many, so that a race may be missed but none is
// invented: a notify and a fixed-id event know of all their records; a value
// wait knows of all values written.
//
// Thread safety: under the node's lock.

#ifndef EMULATOR_DEVICE_TSAN_STREAMS_H_
#define EMULATOR_DEVICE_TSAN_STREAMS_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "emulator/base/tsan.h"
#include "emulator/event/event.h"
#include "emulator/task/task.h"

namespace npuemu {

class TsanStreams : public Observer {
 public:
  // Whether an address is device memory.
  explicit TsanStreams(std::function<bool(uint64_t)> on_device)
      : on_device_(std::move(on_device)) {}
  ~TsanStreams() override;

  // The calling thread submitted it.
  void OnSubmitted(const Task& task);
  void OnEvent(const Event& event) override;
  // The calling thread itself touches these bytes now.
  void OnHostAccess(uint64_t begin, uint64_t end, bool write) const;

 private:
  // Its address is what is acquired and released; TSan forgets it when it is
  // freed.
  using Point = std::shared_ptr<const uint64_t>;
  struct Access {
    uint64_t begin;
    uint64_t end;
    bool write;
  };
  struct Queued {
    uint64_t task = 0;
    Point submitted;
    absl::InlinedVector<Point, 2> awaits;
    Point sets;  // null: nothing
    bool delivers = false;
    absl::InlinedVector<Access, 2> accesses;
    std::vector<const void*> callers;  // the outermost first
  };
  struct Stream {
    tsan::Fiber fiber = nullptr;
    std::deque<Queued> pending;
    uint64_t ended = 0;           // tasks that ran or were dropped
    std::deque<Point> ends;       // of the last of them
    absl::InlinedVector<Point, 2> passed;  // for its next task
  };

  static void Touch(const Access& access);
  Stream& StreamFor(int id);
  Point PointOf(uint64_t signal);
  void OnRun(Stream& stream);
  void OnSync(const Stream& stream, uint64_t tasks) const;
  static void End(Stream& stream, Point end);

  const std::function<bool(uint64_t)> on_device_;
  std::map<int, Stream> streams_;
  std::unordered_map<uint64_t, Point> signals_;
  std::unordered_map<uint64_t, uint64_t> latest_;  // object -> signal
  std::unordered_map<uint64_t, Point> deliveries_;  // by task
  const Point values_ = std::make_shared<const uint64_t>(0);
};

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_TSAN_STREAMS_H_
