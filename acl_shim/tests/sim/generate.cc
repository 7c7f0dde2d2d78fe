#include <algorithm>

#include "acl_shim/tests/sim/program.h"
#include "emulator/base/prng.h"

namespace npuemu::sim {
namespace {

// Actors: 0 is the host, 1 + s is stream s. A clock says, for each actor, how
// much of what it did is known to have happened.
using Clock = std::vector<uint32_t>;

void Join(Clock* clock, const Clock& other) {
  for (size_t i = 0; i < clock->size(); ++i) {
    (*clock)[i] = std::max((*clock)[i], other[i]);
  }
}

struct Access {
  int actor = 0;
  uint32_t time = 0;  // 0: none
};

struct Buffer {
  Access write;
  std::vector<Access> reads;  // since the write
};

class Generator {
 public:
  explicit Generator(uint64_t seed) : prng_(Prng(seed).Fork("program")) {
    program_.seed = seed;
    program_.streams = 1 + Below(4);
    program_.events = 2 + Below(4);
    program_.device_buffers = 2 + Below(5);
    program_.host_buffers = 1 + Below(3);
    clocks_.assign(Actors(), Clock(Actors(), 0));
    events_.assign(static_cast<size_t>(program_.events), {});
    device_.resize(static_cast<size_t>(program_.device_buffers));
    host_.resize(static_cast<size_t>(program_.host_buffers));
  }

  Program Run() {
    const int steps = 5 + Below(60);
    for (int i = 0; i < steps; ++i) AddStep();
    return std::move(program_);
  }

 private:
  struct Event {
    bool recorded = false;
    Clock clock;
  };

  size_t Actors() const { return 1 + static_cast<size_t>(program_.streams); }
  int Below(int bound) {
    return static_cast<int>(prng_.Below(static_cast<uint64_t>(bound)));
  }
  Clock& ClockOf(int actor) { return clocks_[static_cast<size_t>(actor)]; }
  Buffer& DeviceAt(int i) { return device_[static_cast<size_t>(i)]; }
  Buffer& HostAt(int i) { return host_[static_cast<size_t>(i)]; }

  void Push(const Step& step) { program_.steps.push_back(step); }

  // What a stream is given happens after everything the host did before.
  void Submit(int stream) { Join(&ClockOf(1 + stream), ClockOf(0)); }

  void Record(int stream, int event) {
    Submit(stream);
    Event& e = events_[static_cast<size_t>(event)];
    e.recorded = true;
    e.clock = ClockOf(1 + stream);
    Push({StepKind::kRecord, stream, event});
  }

  void Wait(int stream, int event) {
    Submit(stream);
    const Event& e = events_[static_cast<size_t>(event)];
    if (e.recorded) Join(&ClockOf(1 + stream), e.clock);
    Push({StepKind::kWait, stream, event});
  }

  void SyncStream(int stream) {
    Join(&ClockOf(0), ClockOf(1 + stream));
    Push({StepKind::kSyncStream, stream});
  }

  // Makes `access` happen before what `actor` does next.
  void Order(const Access& access, int actor) {
    if (access.time == 0 || access.actor == actor) return;
    const auto from = static_cast<size_t>(access.actor);
    if (actor != 0) Submit(actor - 1);
    if (ClockOf(actor)[from] >= access.time) return;
    const int stream = access.actor - 1;  // the host is never behind
    if (actor == 0) {
      SyncStream(stream);
    } else {
      const int event = Below(program_.events);
      Record(stream, event);
      Wait(actor - 1, event);
    }
  }

  void Read(Buffer* buffer, int actor) { Order(buffer->write, actor); }
  void Write(Buffer* buffer, int actor) {
    Order(buffer->write, actor);
    for (const Access& read : std::vector<Access>(buffer->reads)) {
      Order(read, actor);
    }
  }

  // The step itself: one tick of its actor.
  void Do(const Step& step, int actor, std::vector<Buffer*> reads,
          std::vector<Buffer*> writes) {
    for (Buffer* buffer : reads) Read(buffer, actor);
    for (Buffer* buffer : writes) Write(buffer, actor);
    if (actor != 0) Submit(actor - 1);
    const uint32_t time = ++ClockOf(actor)[static_cast<size_t>(actor)];
    for (Buffer* buffer : reads) buffer->reads.push_back({actor, time});
    for (Buffer* buffer : writes) *buffer = {{actor, time}, {}};
    Push(step);
  }

  void AddStep() {
    const int stream = Below(program_.streams);
    const int from = Below(program_.device_buffers);
    const int from2 = Below(program_.device_buffers);
    const int to = Below(program_.device_buffers);
    const int host = Below(program_.host_buffers);
    const int event = Below(program_.events);
    const auto value = static_cast<uint32_t>(Below(200));
    const int actor = 1 + stream;
    switch (Below(16)) {
      case 0: case 1: case 2: case 3:
        return Do({StepKind::kLaunch, stream, from, from2, to, value % 4},
                  actor, {&DeviceAt(from), &DeviceAt(from2)}, {&DeviceAt(to)});
      case 4: case 5:
        return Do({StepKind::kCopyIn, stream, host, 0, to}, actor,
                  {&HostAt(host)}, {&DeviceAt(to)});
      case 6:
        return Do({StepKind::kCopyOut, stream, from, 0, host}, actor,
                  {&DeviceAt(from)}, {&HostAt(host)});
      case 7:
        if (from == to) return;
        return Do({StepKind::kCopyDevice, stream, from, 0, to}, actor,
                  {&DeviceAt(from)}, {&DeviceAt(to)});
      case 8:
        return Do({StepKind::kSet, stream, 0, 0, to, value}, actor, {},
                  {&DeviceAt(to)});
      case 9:
        return Do({StepKind::kHostFunc, stream, 0, 0, host, value}, actor,
                  {&HostAt(host)}, {&HostAt(host)});
      case 10:
        return Do({StepKind::kHostWrite, 0, 0, 0, host, value}, 0,
                  {&HostAt(host)}, {&HostAt(host)});
      case 11:
        return Do({StepKind::kHostCheck, 0, host}, 0, {&HostAt(host)}, {});
      case 12:
        return Below(2) == 0 ? Record(stream, event) : Wait(stream, event);
      case 13:
        return Sync(stream, event);
      case 14:
        return Push({StepKind::kPoll, stream, event});
      default:
        return Push({StepKind::kMisuse, stream, event, 0, to,
                     value % kMisuses});
    }
  }

  void Sync(int stream, int event) {
    switch (Below(3)) {
      case 0:
        return SyncStream(stream);
      case 1: {
        const Event& e = events_[static_cast<size_t>(event)];
        if (e.recorded) Join(&ClockOf(0), e.clock);
        return Push({StepKind::kSyncEvent, 0, event});
      }
      default:
        for (int s = 0; s < program_.streams; ++s) {
          Join(&ClockOf(0), ClockOf(1 + s));
        }
        return Push({StepKind::kSyncDevice});
    }
  }

  Prng prng_;
  Program program_;
  std::vector<Clock> clocks_;
  std::vector<Event> events_;
  std::vector<Buffer> device_;
  std::vector<Buffer> host_;
};

}  // namespace

Program Generate(uint64_t seed) { return Generator(seed).Run(); }

Program WithoutWaits(const Program& program) {
  Program without = program;
  std::erase_if(without.steps, [](const Step& step) {
    return step.kind == StepKind::kWait;
  });
  return without;
}

}  // namespace npuemu::sim
