#include "emulator/device/transfer.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "emulator/device/capture.h"
#include "emulator/device/context.h"
#include "emulator/device/host_watch.h"
#include "emulator/memory/copy.h"

namespace npuemu {
namespace {

// R90: longer asynchronous copies and sets are several tasks.
constexpr uint64_t kHostPiece = uint64_t{64} << 20;
constexpr uint64_t kDevicePiece = uint64_t{4} << 30;
// Rows of a 2D copy that are tracked one by one; beyond it the whole span,
// which the checks then leave out.
constexpr uint64_t kTrackedRows = 64;
constexpr uint64_t kCheckedRows = 65536;

uint64_t Address(const void* pointer) {
  return reinterpret_cast<uint64_t>(pointer);
}

std::byte* Bytes(void* pointer) { return static_cast<std::byte*>(pointer); }
const std::byte* Bytes(const void* pointer) {
  return static_cast<const std::byte*>(pointer);
}

// The host address behind `pointer`; null for device addresses without memory.
std::byte* ResolveAny(const DeviceMemory& memory, const void* pointer,
                      uint64_t bytes) {
  if (!memory.IsDeviceAddress(pointer)) {
    return Bytes(const_cast<void*>(pointer));
  }
  return memory.Translate(Address(pointer), bytes);
}

absl::StatusOr<std::byte*> ResolveNow(Call& call, const void* pointer,
                                      uint64_t bytes, const char* argument) {
  std::byte* host = ResolveAny(call.node.memory(), pointer, bytes);
  if (call.node.host_watch() != nullptr &&
      !call.node.memory().IsDeviceAddress(pointer)) {
    host = call.node.host_memory().View(pointer);
  }
  if (host != nullptr) return host;
  return FaultError(
      Fault::kRtParamInvalid,
      absl::StrFormat("%s failed because %d bytes at %s = %p (%s) are not "
                      "device memory. Expected value: memory of aclrtMalloc",
                      call.name, bytes, argument, pointer,
                      call.node.memory().Name(Address(pointer))));
}

uint64_t MostRows(const Node& node) {
  return const_cast<Node&>(node).log().checking() ? kCheckedRows : kTrackedRows;
}

void AddRows(RangeList* list, const void* base, uint64_t width,
             uint64_t height, uint64_t pitch, uint64_t most) {
  const uint64_t begin = Address(base);
  if (pitch == width || height > most) {
    list->push_back({begin, begin + pitch * (height - 1) + width});
    return;
  }
  for (uint64_t row = 0; row < height; ++row) {
    list->push_back({begin + row * pitch, begin + row * pitch + width});
  }
}

constexpr const char* kSource[] = {"src"};
constexpr const char* kDestination[] = {"dst"};
constexpr const char* kDevicePointer[] = {"devPtr"};
constexpr AccessNames kCopyNames{kSource, kDestination};
constexpr AccessNames kFillNames{{}, kDevicePointer};

Unit UnitOf(Place dst, Place src) {
  if (src != Place::kDevice) return Unit::kCopyIn;
  return dst == Place::kDevice ? Unit::kCopyDevice : Unit::kCopyOut;
}

// Whether both are device memory, of two devices.
bool BetweenDevices(const DeviceMemory& memory, const void* a, const void* b) {
  const int first = memory.DeviceOf(Address(a));
  const int second = memory.DeviceOf(Address(b));
  return first >= 0 && second >= 0 && first != second;
}

// R96: a copy between two devices needs peer access on A2.
absl::Status CheckPeers(Call& call, const void* dst, const void* src) {
  const DeviceMemory& memory = call.node.memory();
  const int to = memory.DeviceOf(Address(dst));
  const int from = memory.DeviceOf(Address(src));
  if (to < 0 || from < 0 || to == from) return absl::OkStatus();
  ASSIGN_OR_RETURN(const Device* to_device, call.node.FindDevice(to));
  ASSIGN_OR_RETURN(const Device* from_device, call.node.FindDevice(from));
  const bool a3 = std::string_view(call.node.soc().short_name) != "Ascend910B";
  if (a3 || to_device->peers.count(from) > 0 ||
      from_device->peers.count(to) > 0) {
    return absl::OkStatus();
  }
  return FaultError(
      Fault::kRtParamInvalid,
      absl::StrCat(call.name, " copies from device ", from, " to device ", to,
                   " without peer access. Call aclrtDeviceEnablePeerAccess "
                   "first"));
}

// A copy engine moves pieces of at most this many bytes. Decision.
constexpr uint64_t kBurst = 64 << 10;
constexpr uint64_t kMostBursts = 64;

// The pieces of `units` (bytes or rows) with `bytes` in all, each moved when
// its time is over; move(begin, end) in units.
template <typename Move>
void DescribeBursts(BlockPlan* plan, uint64_t units, uint64_t bytes,
                    Move move) {
  const uint64_t bursts = std::min(
      units, std::clamp<uint64_t>(bytes / kBurst, 1, kMostBursts));
  const SimDuration begun = std::min(CostModel::kCopyStart, plan->cost);
  for (uint64_t i = 0; i < bursts; ++i) {
    const SimDuration at = begun + (plan->cost - begun) *
                                       static_cast<int64_t>(i + 1) /
                                       static_cast<int64_t>(bursts);
    plan->steps.push_back({at, [=] {
                             move(units * i / bursts, units * (i + 1) / bursts);
                             return Fault::kNone;
                           }});
  }
}

void DescribeCopy(BlockPlan* plan, std::byte* to, const std::byte* from,
                  const CopyShape& shape) {
  const bool flat = shape.height == 1;
  DescribeBursts(
      plan, flat ? shape.width : shape.height, shape.width * shape.height,
      [=](uint64_t begin, uint64_t end) {
        if (flat) return CopyBytes(to + begin, from + begin, end - begin);
        Copy2d(to + begin * shape.dst_pitch, shape.dst_pitch,
               from + begin * shape.src_pitch, shape.src_pitch, shape.width,
               end - begin);
      });
}

// One side of a queued copy. Pinned memory that the program frees, or no longer
// registers or has mapped, before the copy runs is gone for the device (H10):
// the bytes may be somebody else's by then.
class Side {
 public:
  Side(Node& node, const void* pointer, uint64_t bytes)
      : memory_(&node.memory()),
        host_(PlaceOf(node, pointer, bytes) == Place::kPinned
                  ? &node.host_memory()
                  : nullptr),
        pointer_(pointer),
        bytes_(bytes) {}

  // Null: there is no such memory now.
  std::byte* Resolve() const {
    if (host_ != nullptr) {
      const bool there = host_->IsPinned(pointer_, bytes_) &&
                         host_->IsMapped(pointer_, bytes_);
      return there ? host_->View(pointer_) : nullptr;
    }
    return ResolveAny(*memory_, pointer_, bytes_);
  }

 private:
  const DeviceMemory* memory_;
  const HostMemory* host_;  // null: not pinned
  const void* pointer_;
  uint64_t bytes_;
};

Task CopyTask(Call& call, void* dst, const void* src, const CopyShape& shape,
              Unit unit) {
  Task task;
  task.name = call.name;
  task.unit = unit;
  task.cost =
      call.node.costs().Copy(unit, shape.width * shape.height,
                             BetweenDevices(call.node.memory(), dst, src));
  const uint64_t most = MostRows(call.node);
  AddRows(&task.reads, src, shape.width, shape.height, shape.src_pitch, most);
  AddRows(&task.writes, dst, shape.width, shape.height, shape.dst_pitch, most);
  task.exact_reads = task.exact_writes = shape.height <= most;
  task.names = &kCopyNames;
  const Side to_side(call.node, dst, shape.dst_span());
  const Side from_side(call.node, src, shape.src_span());
  task.body = [=](BlockPlan* plan) -> Fault {
    std::byte* to = to_side.Resolve();
    const std::byte* from = from_side.Resolve();
    if (to == nullptr || from == nullptr) return Fault::kRtSysDma;
    if (plan != nullptr) {
      DescribeCopy(plan, to, from, shape);
      return Fault::kNone;
    }
    Copy2d(to, shape.dst_pitch, from, shape.src_pitch, shape.width,
           shape.height);
    return Fault::kNone;
  };
  return task;
}

// A word that the host may poll for: when it is written, the host may know.
void NoteFlagWhenRun(Call& call, const Stream& stream, Task* task) {
  Node* node = &call.node;
  const int id = stream.queue.id;
  task->body = [=, body = std::move(task->body)](BlockPlan* plan) mutable {
    const Fault fault = plan != nullptr ? body.Describe(plan) : body.Run();
    if (HostWatch* watch = node->host_watch()) watch->NoteFlag(id);
    return fault;
  };
}

// The host side of a copy is watched until somebody has waited for it.
void WatchHost(Call& call, const Stream& stream, void* dst, const void* src,
               const CopyShape& shape, Task* task) {
  HostWatch* watch = call.node.host_watch();
  if (watch == nullptr || shape.height > 1) return;
  std::shared_ptr<WatchedRange> range =
      watch->Begin(src, shape.width, /*source=*/true);
  const bool source = range != nullptr;
  if (!source) range = watch->Begin(dst, shape.width, /*source=*/false);
  if (range == nullptr) {
    if (HostWatch::IsFlag(shape.width)) NoteFlagWhenRun(call, stream, task);
    return;
  }
  task->Hooks().on_submitted = [range](const Task& t) { range->task = t.id; };
  if (source) return;
  Node* node = &call.node;
  task->body = [=, body = std::move(task->body)](BlockPlan* plan) mutable {
    HostWatch* now = node->host_watch();
    if (now != nullptr) now->BeforeWrite(range.get(), plan == nullptr);
    if (plan != nullptr) return body.Describe(plan);
    const Fault fault = body.Run();
    if (now != nullptr) now->AfterWrite(range.get());
    return fault;
  };
}

// A graph copies pinned memory that is no such memory any more (H31): the body
// finds none.
void NotePinnedGone(Call& call, const Stream& stream, const void* dst,
                    const void* src, const CopyShape& shape) {
  if (PlaceOf(call.node, dst, shape.dst_span()) != Place::kPageable &&
      PlaceOf(call.node, src, shape.src_span()) != Place::kPageable) {
    return;
  }
  if (!call.node.log().checking()) return;
  call.Misuse(31,
              "the graph copies pinned host memory that was freed or "
              "unregistered after its capture",
              stream.queue.id);
}

// The host's side is watched from the moment that the task is queued.
absl::Status SubmitPiece(Call& call, Stream* stream, void* dst,
                         const void* src, const CopyShape& shape, Unit unit) {
  Task task = CopyTask(call, dst, src, shape, unit);
  const bool same_device = unit == Unit::kCopyDevice &&
                           !BetweenDevices(call.node.memory(), dst, src);
  if (same_device) return Submit(call, stream, std::move(task));
  if (stream->graph != nullptr) {
    return Keep(call, stream, std::move(task),
                [=](Call& later, const Stream& on, Task* copy) {
                  NotePinnedGone(later, on, dst, src, shape);
                  WatchHost(later, on, dst, src, shape, copy);
                });
  }
  WatchHost(call, *stream, dst, src, shape, &task);
  return Submit(call, stream, std::move(task));
}

absl::Status SubmitCopy(Call& call, Stream* stream, void* dst, const void* src,
                        const CopyShape& shape, Unit unit) {
  const bool same_device = unit == Unit::kCopyDevice &&
                           !BetweenDevices(call.node.memory(), dst, src);
  const uint64_t piece = same_device ? kDevicePiece : kHostPiece;
  if (shape.height > 1 || shape.width <= piece) {
    return SubmitPiece(call, stream, dst, src, shape, unit);
  }
  for (uint64_t at = 0; at < shape.width; at += piece) {
    const uint64_t bytes = std::min(piece, shape.width - at);
    RETURN_IF_ERROR(SubmitPiece(call, stream, Bytes(dst) + at, Bytes(src) + at,
                                Flat(bytes), unit));
    call.SwitchPoint("PIECE");  // R90: others may submit in between
  }
  return absl::OkStatus();
}

absl::Status SubmitSnapshot(Call& call, Stream* stream, void* dst,
                            const void* src, uint64_t bytes) {
  call.node.TouchNow({Address(src), Address(src) + bytes}, /*write=*/false);
  auto captured = std::make_shared<std::vector<std::byte>>(
      Bytes(src), Bytes(src) + bytes);
  Task task = CopyTask(call, dst, captured->data(), Flat(bytes),
                       Unit::kCopyIn);
  task.reads.clear();
  task.body = [captured, body = std::move(task.body)](
                  BlockPlan* plan) mutable {
    return plan == nullptr ? body.Run() : body.Describe(plan);
  };
  return Submit(call, stream, std::move(task));
}

void Fill(std::byte* to, const FillShape& fill) {
  if (fill.unit == 1) {
    FillBytes(to, static_cast<uint8_t>(fill.value), fill.count);
  } else {
    FillWords(to, fill.value, fill.count);
  }
}

Task FillTask(Call& call, void* dst, const FillShape& fill) {
  Task task;
  task.name = call.name;
  task.unit = Unit::kCopyDevice;
  task.cost = call.node.costs().Copy(task.unit, fill.bytes());
  AddRows(&task.writes, dst, fill.bytes(), 1, fill.bytes(), 1);
  task.names = &kFillNames;
  const DeviceMemory* memory = &call.node.memory();
  task.body = [=](BlockPlan* plan) -> Fault {
    std::byte* to = ResolveAny(*memory, dst, fill.bytes());
    if (to == nullptr) return Fault::kRtSysDma;
    if (plan == nullptr) {
      Fill(to, fill);
    } else {
      DescribeBursts(plan, fill.count, fill.bytes(),
                     [=](uint64_t begin, uint64_t end) {
                       Fill(to + begin * fill.unit,
                            {end - begin, fill.value, fill.unit});
                     });
    }
    return Fault::kNone;
  };
  return task;
}

}  // namespace

Place PlaceOf(Node& node, const void* address, uint64_t bytes) {
  if (node.memory().IsDeviceAddress(address)) return Place::kDevice;
  return node.host_memory().IsPinned(address, bytes) ? Place::kPinned
                                                     : Place::kPageable;
}

namespace {

// The calling thread touches these bytes now.
void LogRows(Call& call, EventKind kind, const void* base, uint64_t width,
             uint64_t height, uint64_t pitch, const char* argument) {
  if (kind == EventKind::kWrite && call.node.host_watch() != nullptr) {
    call.node.host_watch()->End(base, pitch * (height - 1) + width);
  }
  if (!call.node.log().checking() || height > kCheckedRows) return;
  RangeList rows;
  AddRows(&rows, base, width, height, pitch, kCheckedRows);
  for (const MemoryRange& row : rows) {
    call.LogAccess(kind, row, argument);
    call.node.TouchNow(row, kind == EventKind::kWrite);
  }
}

}  // namespace

namespace {

// R91: undefined on the device. Rows apart may interleave.
void CheckOverlap(Call& call, const void* dst, const void* src,
                  const CopyShape& shape) {
  if (!call.node.log().checking() || dst == src || shape.height > 1) return;
  const MemoryRange to{Address(dst), Address(dst) + shape.width};
  const MemoryRange from{Address(src), Address(src) + shape.width};
  if (!Overlap(to, from)) return;
  const uint64_t bytes = std::min(to.end, from.end) -
                         std::max(to.begin, from.begin);
  call.Misuse(14, absl::StrCat("source and destination overlap by ", bytes,
                               " of ", shape.width, " bytes (R91)"));
}

}  // namespace

absl::Status CopyNow(Call& call, void* dst, const void* src,
                     const CopyShape& shape) {
  RETURN_IF_ERROR(CheckPeers(call, dst, src));
  ASSIGN_OR_RETURN(std::byte * to,
                   ResolveNow(call, dst, shape.dst_span(), "dst"));
  ASSIGN_OR_RETURN(const std::byte* from,
                   ResolveNow(call, src, shape.src_span(), "src"));
  CheckOverlap(call, dst, src, shape);
  call.node.scheduler().Flush(call.lock);
  Copy2d(to, shape.dst_pitch, from, shape.src_pitch, shape.width,
         shape.height);
  const Place dst_place = PlaceOf(call.node, dst, 1);
  const Place src_place = PlaceOf(call.node, src, 1);
  const bool on_host =
      dst_place != Place::kDevice && src_place != Place::kDevice;
  if (!on_host) {
    call.WaitedUntil(call.now +
                     call.node.costs().Copy(UnitOf(dst_place, src_place),
                                            shape.width * shape.height));
  }
  call.Log(EventKind::kHostCopy, call.node.memory().DeviceOf(Address(dst)), -1,
           0, shape.width * shape.height);
  LogRows(call, EventKind::kRead, src, shape.width, shape.height,
          shape.src_pitch, "src");
  LogRows(call, EventKind::kWrite, dst, shape.width, shape.height,
          shape.dst_pitch, "dst");
  return absl::OkStatus();
}

absl::Status CopyOnStream(Call& call, Stream* stream, void* dst,
                          const void* src, const CopyShape& shape,
                          bool snapshot) {
  RETURN_IF_ERROR(CheckPeers(call, dst, src));
  const Place dst_place = PlaceOf(call.node, dst, shape.dst_span());
  const Place src_place = PlaceOf(call.node, src, shape.src_span());
  if (dst_place != Place::kDevice && src_place != Place::kDevice) {
    return FaultError(
        Fault::kRtFeatureNotSupport,
        absl::StrFormat("%s from host memory %p to host memory %p is not "
                        "supported; expected device memory on one side",
                        call.name, src, dst));
  }
  if (snapshot && src_place != Place::kDevice && shape.height == 1) {
    if (stream->persistent()) {
      return FaultError(Fault::kRtParamInvalid,
                        "ACL_MEMCPY_HOST_TO_BUF_TO_DEVICE is not allowed on a "
                        "stream of a model");
    }
    return SubmitSnapshot(call, stream, dst, src, shape.width);
  }
  if (dst_place == Place::kPageable || src_place == Place::kPageable) {
    RETURN_IF_ERROR(RefusePageable(call, *stream));
    const absl::Status waited = SynchronizeStream(call, stream, std::nullopt);
    if (!waited.ok() && call.node.log().checking()) {
      call.Misuse(7, "a copy with pageable memory waits for its stream, which "
                     "does not end well (R85)", stream->queue.id);
    }
    RETURN_IF_ERROR(waited);
    call.SwitchPoint("COPY");  // R86: the copy is not in the stream (I15)
    return CopyNow(call, dst, src, shape);
  }
  CheckOverlap(call, dst, src, shape);
  return SubmitCopy(call, stream, dst, src, shape,
                    UnitOf(dst_place, src_place));
}

absl::Status FillNow(Call& call, void* dst, const FillShape& fill) {
  ASSIGN_OR_RETURN(std::byte * to,
                   ResolveNow(call, dst, fill.bytes(), "devPtr"));
  call.node.scheduler().Flush(call.lock);
  Fill(to, fill);
  if (PlaceOf(call.node, dst, 1) == Place::kDevice) {
    call.WaitedUntil(call.now + call.node.costs().Copy(Unit::kCopyDevice,
                                                       fill.bytes()));
  }
  call.Log(EventKind::kHostCopy, call.node.memory().DeviceOf(Address(dst)), -1,
           0, fill.bytes());
  LogRows(call, EventKind::kWrite, dst, fill.bytes(), 1, fill.bytes(),
          "devPtr");
  return absl::OkStatus();
}

absl::Status FillOnStream(Call& call, Stream* stream, void* dst,
                          const FillShape& fill) {
  if (PlaceOf(call.node, dst, fill.bytes()) != Place::kDevice) {
    RETURN_IF_ERROR(RefusePageable(call, *stream));
    if (call.node.log().checking()) {
      call.Misuse(8, "a fill of host memory runs at once, not behind the tasks "
                     "of its stream (R93)", stream->queue.id);
    }
    return FillNow(call, dst, fill);
  }
  if (fill.bytes() <= kHostPiece) {
    return Submit(call, stream, FillTask(call, dst, fill));
  }
  // R90: the first block is filled, the others are copies of it.
  FillShape first = fill;
  first.count = kHostPiece / fill.unit;
  RETURN_IF_ERROR(Submit(call, stream, FillTask(call, dst, first)));
  for (uint64_t at = kHostPiece; at < fill.bytes(); at += kHostPiece) {
    call.SwitchPoint("PIECE");  // I16
    const uint64_t bytes = std::min(kHostPiece, fill.bytes() - at);
    RETURN_IF_ERROR(Submit(call, stream,
                           CopyTask(call, Bytes(dst) + at, dst, Flat(bytes),
                                    Unit::kCopyDevice)));
  }
  return absl::OkStatus();
}

}  // namespace npuemu
