// File: element_io.h
// How blocks of elements reach a rule of elementwise.h as lanes and come back:
// one Source an input, one Sink an output, their buffers in a Scratch. Private
// to elementwise.cc.

#ifndef KERNELS_OP_ELEMENT_IO_H_
#define KERNELS_OP_ELEMENT_IO_H_

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/op/broadcast.h"
#include "kernels/op/element_rule.h"
#include "kernels/op/lanes.h"
#include "kernels/op/op_def.h"
#include "kernels/op/stream_out.h"

namespace npuemu::kernels {

// Elements of a block at most.
inline constexpr int64_t kElementBlock = 512;

inline Lane LaneOfOperand(const ElementwiseRule& rule, DataType type) {
  return rule.raw && type != DataType::kBool ? RawLaneOf(type) : LaneOf(type);
}

// Buffers of one call: the usual ones without an allocation.
class Scratch {
 public:
  // Buffers that lie 4 KiB apart would share their places in the cache's store
  // buffer: each is followed by a gap.
  std::byte* Take(size_t bytes) {
    bytes += kGap;
    if (used_ + bytes <= sizeof(inline_)) {
      used_ += bytes;
      return inline_ + used_ - bytes;
    }
    more_.emplace_back(new std::byte[bytes]);
    return more_.back().get();
  }

 private:
  static constexpr size_t kGap = 192;
  alignas(64) std::byte inline_[4 * (kElementBlock * sizeof(float) + kGap)];
  size_t used_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> more_;
};

// One input of a call, read block by block.
class Source {
 public:
  // `plan` is null where the input is as the output.
  void Open(const ElementwiseRule& rule, const TensorSpec& spec,
            const TensorView& view, const BroadcastPlan* plan, size_t index,
            int64_t most, Scratch* scratch) {
    spec_ = &spec;
    data_ = view.data;
    plan_ = plan;
    index_ = index;
    if (spec.absent()) {
      // Wide enough for any lane: 0 is 0 in all of them, another number is a
      // float's.
      buffer_ = scratch->Take(kElementBlock * sizeof(int64_t));
      std::fill_n(buffer_, kElementBlock * sizeof(int64_t), std::byte{0});
      if (rule.absent != 0 || std::signbit(rule.absent)) {
        std::fill_n(reinterpret_cast<float*>(buffer_), most, rule.absent);
      }
      fixed_ = true;
      return;
    }
    lane_ = LaneOfOperand(rule, spec.dtype);
    bytes_ = LaneBytes(lane_);
    direct_ = plan == nullptr && IsDirect(spec.dtype, lane_);
    if (direct_) return;
    buffer_ = scratch->Take(kElementBlock * bytes_);
    if (plan != nullptr && spec.count() == 1) {
      fixed_ = true;
      LoadLanes(spec.dtype, lane_, data_, 0, most, 0, buffer_);
    }
  }

  const void* Lanes(int64_t begin, int64_t count) {
    if (fixed_) return buffer_;
    if (direct_) return data_ + static_cast<size_t>(begin) * bytes_;
    if (plan_ == nullptr) {
      LoadLanes(spec_->dtype, lane_, data_, begin, count, 1, buffer_);
      return buffer_;
    }
    ForEachRun(*plan_, index_, begin, count,
               [&](int64_t done, int64_t offset, int64_t length, int64_t step) {
                 LoadLanes(spec_->dtype, lane_, data_, offset, length, step,
                           buffer_ + static_cast<size_t>(done) * bytes_);
               });
    return buffer_;
  }

 private:
  const TensorSpec* spec_ = nullptr;
  const std::byte* data_ = nullptr;
  const BroadcastPlan* plan_ = nullptr;
  size_t index_ = 0;
  Lane lane_ = Lane::kFloat;
  size_t bytes_ = 0;
  bool direct_ = false;
  bool fixed_ = false;
  std::byte* buffer_ = nullptr;
};

// Whether results go past the caches. In place, they are in them already.
inline bool IsStreamed(const OpCall& call, const Operands& operands,
                       size_t output) {
  const TensorSpec& spec = call.outputs[output];
  if (spec.absent() || spec.bytes() < kStreamedBytes) return false;
  for (const TensorView& x : operands.inputs) {
    if (x.data == operands.outputs[output].data) return false;
  }
  return true;
}

// Where the results of a block go.
class Sink {
 public:
  Sink() = default;
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() {
    if (streamed_) StreamFence();
  }

  void Open(const ElementwiseRule& rule, const OpCall& call,
            const Operands& operands, size_t output, Scratch* scratch) {
    const TensorSpec& spec = call.outputs[output];
    if (spec.absent()) {
      buffer_ = scratch->Take(kElementBlock * sizeof(int64_t));
      return;
    }
    spec_ = &spec;
    data_ = operands.outputs[output].data;
    lane_ = LaneOfOperand(rule, spec.dtype);
    direct_ = IsDirect(spec.dtype, lane_) || lane_ == Lane::kBool;
    saturate_ = operands.saturate &&
                !(rule.selects && spec.dtype == DataType::kFloat16);
    streamed_ = IsStreamed(call, operands, output);
    const size_t lanes = kElementBlock * LaneBytes(lane_);
    if (!direct_ || streamed_) buffer_ = scratch->Take(lanes);
    if (!direct_ && streamed_) elements_ = scratch->Take(lanes);
  }

  void* Lanes(int64_t begin) {
    return direct_ && !streamed_ ? At(begin) : buffer_;
  }

  void Commit(int64_t begin, int64_t count) {
    if (spec_ == nullptr || (direct_ && !streamed_)) return;
    if (!streamed_) {
      StoreLanes(lane_, spec_->dtype, buffer_, count, saturate_, data_, begin);
      return;
    }
    if (!direct_) {
      StoreLanes(lane_, spec_->dtype, buffer_, count, saturate_, elements_, 0);
    }
    StreamOut(direct_ ? buffer_ : elements_, At(begin),
              BytesOf(spec_->dtype, count));
  }

 private:
  std::byte* At(int64_t begin) const {
    return data_ + BytesOf(spec_->dtype, begin);
  }

  const TensorSpec* spec_ = nullptr;
  std::byte* data_ = nullptr;
  Lane lane_ = Lane::kFloat;
  bool direct_ = false;
  bool streamed_ = false;
  bool saturate_ = false;
  std::byte* buffer_ = nullptr;    // lanes
  std::byte* elements_ = nullptr;  // what is streamed, where it is no lanes
};

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ELEMENT_IO_H_
