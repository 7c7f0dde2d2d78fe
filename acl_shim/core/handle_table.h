// File: handle_table.h
// Handles that users hold: tagged values in a table, never dereferenced. Null,
// stale, foreign and wrong-kind values are four different errors (R28, R184,
// H28). Thread-safe.
//
// A value is   0x0a | kind:8 | generation:24 | index:20 | 0000   and looks like
// an aligned address. A slot is reused last-freed-first with a new generation.

#ifndef ACL_SHIM_CORE_HANDLE_TABLE_H_
#define ACL_SHIM_CORE_HANDLE_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "emulator/base/status.h"

namespace npuemu::shim {

// HANDLE_KIND(id, word, function that makes it)
#define NPUEMU_HANDLE_KINDS(X)                                   \
  X(kContext, "context", "aclrtCreateContext")                   \
  X(kStream, "stream", "aclrtCreateStream")                      \
  X(kEvent, "event", "aclrtCreateEvent")                         \
  X(kNotify, "notify", "aclrtCreateNotify")                      \
  X(kTensorDesc, "tensor desc", "aclCreateTensorDesc")           \
  X(kDataBuffer, "data buffer", "aclCreateDataBuffer")           \
  X(kOpAttr, "operator attr", "aclopCreateAttr")                 \
  X(kOpHandle, "operator handle", "aclopCreateHandle")           \
  X(kAllocatorDesc, "allocator desc", "aclrtAllocatorCreateDesc") \
  X(kGraphDumpOption, "graph dump option", "aclCreateGraphDumpOpt") \
  X(kTensor, "tensor", "aclCreateTensor")                         \
  X(kScalar, "scalar", "aclCreateScalar")                         \
  X(kIntArray, "int array", "aclCreateIntArray")                  \
  X(kFloatArray, "float array", "aclCreateFloatArray")            \
  X(kBoolArray, "bool array", "aclCreateBoolArray")               \
  X(kTensorList, "tensor list", "aclCreateTensorList")            \
  X(kScalarList, "scalar list", "aclCreateScalarList")            \
  X(kOpExecutor, "operator executor", "a first phase")           \
  X(kModelRI, "model running instance", "aclmdlRICaptureEnd")     \
  X(kTaskGroup, "task group", "aclmdlRICaptureTaskGrpEnd")        \
  X(kModelRITask, "model task", "aclmdlRIGetTasksByStream")

enum class HandleKind : uint8_t {
#define X(id, word, maker) id,
  NPUEMU_HANDLE_KINDS(X)
#undef X
};

// Never made here, destroyed, or destroyed and its place in use again.
enum class BadValue : uint8_t { kForeign, kStale, kRevived };

// The four errors. `fault` is the code of the API's family for them.
absl::Status NullHandle(HandleKind kind, const char* argument, Fault fault);
absl::Status BadHandle(HandleKind kind, uint64_t value, const char* argument,
                       Fault fault, BadValue why);

template <typename T>
class HandleTable {
 public:
  // `invalid` is the code for stale, foreign and wrong-kind handles.
  HandleTable(HandleKind kind, Fault invalid,
              Fault null = Fault::kInvalidParam)
      : kind_(kind), invalid_(invalid), null_(null) {}

  void* Add(std::shared_ptr<T> object) {
    const std::lock_guard<std::mutex> guard(mutex_);
    uint64_t index = slots_.size();
    if (!free_.empty()) {
      index = free_.back();
      free_.pop_back();
    } else {
      if (index > kMaxIndex) return nullptr;
      slots_.emplace_back();
    }
    Slot& slot = slots_[index];
    slot.object = std::move(object);
    return reinterpret_cast<void*>(Value(index, slot.generation));
  }

  absl::StatusOr<std::shared_ptr<T>> Get(const void* handle,
                                         const char* argument) const {
    const std::lock_guard<std::mutex> guard(mutex_);
    ASSIGN_OR_RETURN(const uint64_t index, Find(handle, argument));
    return slots_[index].object;
  }

  // visit(const T&) for each of `count` handles in order, under one lock and
  // without a reference taken. Ends at the first bad one, whose place is *bad.
  template <typename Handle, typename Visit>
  absl::Status Read(const Handle* handles, size_t count, const char* argument,
                    size_t* bad, Visit visit) const {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (*bad = 0; *bad < count; ++*bad) {
      ASSIGN_OR_RETURN(const uint64_t index, Find(handles[*bad], argument));
      visit(*slots_[index].object);
    }
    return absl::OkStatus();
  }

  // Removes the handle; its value is stale from now on.
  absl::StatusOr<std::shared_ptr<T>> Remove(const void* handle,
                                            const char* argument) {
    const std::lock_guard<std::mutex> guard(mutex_);
    ASSIGN_OR_RETURN(const uint64_t index, Find(handle, argument));
    Slot& slot = slots_[index];
    std::shared_ptr<T> object = std::move(slot.object);
    slot.object = nullptr;
    slot.generation = (slot.generation + 1) & kGenerationMask;
    free_.push_back(index);
    return object;
  }

  // Live handles.
  size_t size() const {
    const std::lock_guard<std::mutex> guard(mutex_);
    return slots_.size() - free_.size();
  }

 private:
  struct Slot {
    uint64_t generation = 0;
    std::shared_ptr<T> object;
  };

  static constexpr uint64_t kMagic = 0x0a;
  static constexpr uint64_t kMaxIndex = (uint64_t{1} << 20) - 1;
  static constexpr uint64_t kGenerationMask = (uint64_t{1} << 24) - 1;

  uint64_t Value(uint64_t index, uint64_t generation) const {
    return kMagic << 56 | static_cast<uint64_t>(kind_) << 48 |
           generation << 24 | index << 4;
  }

  absl::StatusOr<uint64_t> Find(const void* handle,
                                const char* argument) const {
    if (handle == nullptr) return NullHandle(kind_, argument, null_);
    const auto value = reinterpret_cast<uint64_t>(handle);
    const uint64_t index = value >> 4 & kMaxIndex;
    const bool ours = value == Value(index, value >> 24 & kGenerationMask) &&
                      index < slots_.size();
    if (ours && Value(index, slots_[index].generation) == value &&
        slots_[index].object != nullptr) {
      return index;
    }
    const BadValue why = !ours ? BadValue::kForeign
                         : slots_[index].object == nullptr
                             ? BadValue::kStale
                             : BadValue::kRevived;
    return BadHandle(kind_, value, argument, invalid_, why);
  }

  const HandleKind kind_;
  const Fault invalid_;
  const Fault null_;
  mutable std::mutex mutex_;
  std::vector<Slot> slots_;
  std::vector<uint64_t> free_;
};

}  // namespace npuemu::shim

#endif  // ACL_SHIM_CORE_HANDLE_TABLE_H_
