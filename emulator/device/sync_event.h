// File: sync_event.h
// Events of all three families and notifies (semantics.md section 4, R56-R74).

#ifndef EMULATOR_DEVICE_SYNC_EVENT_H_
#define EMULATOR_DEVICE_SYNC_EVENT_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "emulator/device/node.h"
#include "emulator/device/stream.h"

namespace npuemu {

// Flag bits (R56).
constexpr uint32_t kEventSync = 0x1;
constexpr uint32_t kEventProgress = 0x2;
constexpr uint32_t kEventTimeLine = 0x8;
constexpr uint32_t kEventDeviceUseOnly = 0x10;
constexpr uint32_t kEventExternal = 0x20;
constexpr uint32_t kEventIpc = 0x40;

// R57: what a record and a wait bind to.
enum class EventFamily {
  kNew,      // aclrtCreateEventExWithFlag: a snapshot per record
  kDefault,  // aclrtCreateEvent: a snapshot per record
  kFixed,    // aclrtCreateEventWithFlag: one level-triggered id
};

// One aclrtRecordEvent.
struct EventRecord {
  std::shared_ptr<Signal> signal;
  std::shared_ptr<Stream> stream;
  uint64_t seq = 0;      // its task in the stream
  bool decided = false;
  bool reset = false;    // aclrtResetEvent was queued after it
  SimTime end;           // when decided
};

// The same inside a capture (R163).
struct CapturedRecord {
  std::weak_ptr<Graph> graph;
  int lane;
  std::shared_ptr<Signal> signal;
};

class SyncEvent {
 public:
  SyncEvent(int id, Device* device, EventFamily family, uint32_t flags);

  const int id;
  Device* const device;
  const EventFamily family;
  const uint32_t flags;
  const uint64_t epoch;  // of the device when made
  bool destroyed = false;
  // False after aclrtDestroyEvent or the reset of its device (R14).
  bool alive() const { return !destroyed && epoch == device->epoch; }
  std::shared_ptr<EventRecord> latest;  // null: never recorded
  std::shared_ptr<CapturedRecord> captured;  // the last; null: none
  int records = 0;                      // calls since the last reset call
  std::shared_ptr<Signal> level;        // kFixed
  // Waits queued and decided, for aclrtQueryEventWaitStatus.
  std::shared_ptr<uint64_t> open_waits = std::make_shared<uint64_t>(0);
};

// Errors: kRtParamInvalid for flags (R56), kRtNoEventResource (R67).
absl::StatusOr<std::shared_ptr<SyncEvent>> CreateEvent(Call& call,
                                                       Device* device,
                                                       EventFamily family,
                                                       uint32_t flags);
void DestroyEvent(Call& call, SyncEvent* event);

absl::Status RecordEvent(Call& call, SyncEvent* event,
                         const std::shared_ptr<Stream>& stream);
// `timeout` of the wait task in virtual time; 0: aclrtSetOpWaitTimeout's.
absl::Status StreamWaitEvent(Call& call, Stream* stream, SyncEvent* event,
                             SimDuration timeout);
absl::Status ResetEvent(Call& call, SyncEvent* event, Stream* stream);

// R63. Complete at the caller's time?
bool QueryEvent(Call& call, SyncEvent* event);
// Whether every wait queued on it has passed.
bool QueryEventWaits(Call& call, SyncEvent* event);

// R64.
absl::Status SynchronizeEvent(Call& call, SyncEvent* event,
                              std::optional<SimDuration> timeout);
// R66, in milliseconds.
absl::StatusOr<float> ElapsedTime(Call& call, const SyncEvent& start,
                                  const SyncEvent& end);
// Virtual time of the latest record; kRtEventTimestampInvalid (107006).
absl::StatusOr<SimTime> Timestamp(const Call& call, const SyncEvent& event);

// R74: a record pairs with one wait, which resets it.
class Notify {
 public:
  Notify(int notify_id, Device* owner)
      : id(notify_id), device(owner), epoch(owner->epoch) {}
  const int id;
  Device* const device;
  const uint64_t epoch;
  bool destroyed = false;
  bool alive() const { return !destroyed && epoch == device->epoch; }
  const std::shared_ptr<Signal> signal = std::make_shared<Signal>();
};

absl::StatusOr<std::shared_ptr<Notify>> CreateNotify(Call& call,
                                                     Device* device);
void DestroyNotify(Call& call, Notify* notify);
absl::Status RecordNotify(Call& call, Notify* notify, Stream* stream);
absl::Status WaitAndResetNotify(Call& call, Notify* notify, Stream* stream,
                                SimDuration timeout);

}  // namespace npuemu

#endif  // EMULATOR_DEVICE_SYNC_EVENT_H_
