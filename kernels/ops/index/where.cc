// Operators whose number of results only the data shows: Where, NonZero,
// MaskedSelect, Unique, UniqueWithCounts. The output is declared as large as it
// can get; the results stand first, the rest of a list of places is -1, of
// values zero bits. One item: results follow each other in ascending order of
// x.

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "kernels/op/broadcast.h"
#include "kernels/op/lanes.h"
#include "kernels/op/move.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

int64_t OneItem(const OpCall&, int) { return 1; }

// Whether element i is not zero: -0 is zero, NaN is not.
class NonZeros {
 public:
  NonZeros(DataType type, int64_t count, const std::byte* x)
      : type_(type), lane_(LaneOf(type)), x_(x), count_(count) {}

  bool At(int64_t i) {
    if (i < first_ || i >= first_ + kBlock) return Load(i);
    return flags_[i - first_];
  }

 private:
  static constexpr int64_t kBlock = 256;

  bool Load(int64_t i) {
    int64_t lanes[kBlock];
    first_ = i;
    const int64_t here = std::min(kBlock, count_ - i);
    LoadLanes(type_, lane_, x_, i, here, 1, lanes);
    for (int64_t k = 0; k < here; ++k) {
      switch (lane_) {
        case Lane::kFloat:
          flags_[k] = reinterpret_cast<const float*>(lanes)[k] != 0;
          break;
        case Lane::kInt32:
          flags_[k] = reinterpret_cast<const int32_t*>(lanes)[k] != 0;
          break;
        case Lane::kBool:
          flags_[k] = reinterpret_cast<const bool*>(lanes)[k];
          break;
        default:
          flags_[k] = lanes[k] != 0;
      }
    }
    return flags_[0];
  }

  DataType type_;
  Lane lane_;
  const std::byte* x_;
  int64_t count_;
  int64_t first_ = -kBlock;
  bool flags_[kBlock] = {};
};

// [count, rank], or [rank, count] if transposed; count is that of x.
OpStatus InferPlaces(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const auto dtype = AttrOr<DataType>(call.attrs, "dtype", DataType::kInt64);
  if (dtype != DataType::kInt64 && dtype != DataType::kInt32) {
    return OpError(call, "attribute dtype", NameOf(dtype), "int32 or int64");
  }
  const TensorSpec& x = call.inputs[0];
  const auto rank = static_cast<int64_t>(x.shape.size());
  Shape shape = {x.count(), rank};
  if (BoolAttr(call, "transpose")) shape = {rank, x.count()};
  *outputs = {{dtype, Format::kNd, shape}};
  return {};
}

OpStatus ComputePlaces(const OpCall& call, const Operands& operands, int,
                       int64_t, int64_t) {
  const TensorSpec& x = call.inputs[0];
  const int64_t count = x.count();
  const auto rank = static_cast<int64_t>(x.shape.size());
  const bool transpose = BoolAttr(call, "transpose");
  const size_t width = ElementBytes(call.outputs[0].dtype);
  std::byte* y = operands.outputs[0].data;
  std::memset(y, 0xff, static_cast<size_t>(count * rank) * width);
  NonZeros flags(x.dtype, count, DataOf(call, operands, 0));
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    if (!flags.At(i)) continue;
    int64_t rest = i;
    for (int64_t d = rank; d-- > 0;) {
      const int64_t extent = x.shape[static_cast<size_t>(d)];
      const int64_t digit = rest % extent;
      rest /= extent;
      const int64_t to = transpose ? d * count + found : found * rank + d;
      std::memcpy(y + static_cast<size_t>(to) * width, &digit, width);
    }
    ++found;
  }
  return {};
}

// x and mask broadcast to each other.
OpStatus InferMasked(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const auto shape = BroadcastShape(call.inputs[0].shape, call.inputs[1].shape);
  if (!shape || ElementCount(*shape) < 0) {
    return OpError(
        call, "input mask shape", ToString(call.inputs[1].shape),
        "a shape that broadcasts with " + ToString(call.inputs[0].shape));
  }
  *outputs = {call.inputs[0]};
  outputs->front().shape = {ElementCount(*shape)};
  return {};
}

OpStatus ComputeMasked(const OpCall& call, const Operands& operands, int,
                       int64_t, int64_t) {
  const Shape& x = call.inputs[0].shape;
  const Shape& mask = call.inputs[1].shape;
  const auto plan = PlanBroadcast({x, mask}, *BroadcastShape(x, mask));
  const int64_t count = call.outputs[0].count();
  const size_t width = ElementBytes(call.inputs[0].dtype);
  const std::byte* from = DataOf(call, operands, 0);
  const std::byte* taken = DataOf(call, operands, 1);
  std::byte* y = operands.outputs[0].data;
  size_t found = 0;
  const auto place = [&](size_t operand, int64_t i) {
    int64_t offset = 0;
    for (size_t d = plan.extents.size(); d-- > 0;) {
      offset += i % plan.extents[d] * plan.strides[operand][d];
      i /= plan.extents[d];
    }
    return static_cast<size_t>(offset);
  };
  for (int64_t i = 0; i < count; ++i) {
    if (taken[place(1, i)] == std::byte{0}) continue;
    std::memcpy(y + found++ * width, from + place(0, i) * width, width);
  }
  std::memset(y + found * width, 0,
              (static_cast<size_t>(count) - found) * width);
  return {};
}

OpStatus InferUnique(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const TensorSpec& x = call.inputs[0];
  if (x.shape.size() != 1) {
    return OpError(call, "input x shape", ToString(x.shape), "one extent");
  }
  const auto dtype = AttrOr<DataType>(call.attrs, "out_idx", DataType::kInt32);
  if (dtype != DataType::kInt64 && dtype != DataType::kInt32) {
    return OpError(call, "attribute out_idx", NameOf(dtype), "int32 or int64");
  }
  outputs->assign(call.op->outputs.size(), {dtype, Format::kNd, x.shape});
  outputs->front() = x;
  return {};
}

// Different values in the order of their first places, and for each element
// which it is. Zeros are one value, every NaN is one of its own.
OpStatus ComputeUnique(const OpCall& call, const Operands& operands, int,
                       int64_t, int64_t) {
  const TensorSpec& x = call.inputs[0];
  const int64_t count = x.count();
  const size_t width = ElementBytes(x.dtype);
  const size_t index_width = ElementBytes(call.outputs[1].dtype);
  const std::byte* from = DataOf(call, operands, 0);
  std::byte* y = operands.outputs[0].data;
  std::unordered_map<uint64_t, int64_t> seen;
  IntList counts;
  const bool is_float = LaneOf(x.dtype) == Lane::kFloat;
  int64_t found = 0;
  for (int64_t i = 0; i < count; ++i) {
    uint64_t bits = 0;
    std::memcpy(&bits, from + static_cast<size_t>(i) * width, width);
    bool alone = false;
    if (is_float) {
      float value = 0;
      LoadLanes(x.dtype, Lane::kFloat, from, i, 1, 1, &value);
      alone = value != value;
      if (value == 0) bits = 0;
    }
    int64_t index = found;
    if (!alone) {
      const auto [place, is_new] = seen.emplace(bits, found);
      index = place->second;
      alone = is_new;
    }
    if (alone) counts.push_back(0);
    ++counts[static_cast<size_t>(index)];
    if (alone) {
      std::memcpy(y + static_cast<size_t>(found++) * width,
                  from + static_cast<size_t>(i) * width, width);
    }
    std::memcpy(operands.outputs[1].data + static_cast<size_t>(i) * index_width,
                &index, index_width);
  }
  std::memset(y + static_cast<size_t>(found) * width, 0,
              static_cast<size_t>(count - found) * width);
  for (int64_t i = 0; i < count && call.outputs.size() > 2; ++i) {
    const int64_t often = i < found ? counts[static_cast<size_t>(i)] : 0;
    std::memcpy(operands.outputs[2].data + static_cast<size_t>(i) * index_width,
                &often, index_width);
  }
  return {};
}

using InferFn = OpStatus (*)(const OpCall&, std::vector<TensorSpec>*);
using ComputeFn = OpStatus (*)(const OpCall&, const Operands&, int, int64_t,
                               int64_t);

OpDef Make(OpDef op, InferFn infer, ComputeFn compute) {
  op.infer = infer;
  op.items = OneItem;
  op.compute = compute;
  op.cost = CostMove;
  op.exactness =
      "exact; declare the largest output: results come first, then -1 or zeros";
  return op;
}

}  // namespace

#define FOUND(type, infer, compute)                         \
  const OpDef& type##Op() {                                 \
    static const OpDef& op =                                \
        *new OpDef(Make(Signature(#type), infer, compute)); \
    return op;                                              \
  }

FOUND(Where, InferPlaces, ComputePlaces)
FOUND(NonZero, InferPlaces, ComputePlaces)
FOUND(MaskedSelect, InferMasked, ComputeMasked)
FOUND(Unique, InferUnique, ComputeUnique)
FOUND(UniqueWithCounts, InferUnique, ComputeUnique)

}  // namespace npuemu::kernels
