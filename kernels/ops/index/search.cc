// Operators SearchSorted (PyTorch), LowerBound, UpperBound and InTopK, InTopKD
// (TensorFlow). Items are output elements; comparisons only.

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/op/cost.h"
#include "kernels/op/move.h"
#include "kernels/ops/index/order.h"
#include "kernels/ops/signatures.h"

namespace npuemu::kernels {
namespace {

// A sequence of one extent is for all values; otherwise there is one for each
// place of all extents but the last.
OpStatus InferSearch(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const Shape& sequence = call.inputs[0].shape;
  const Shape& values = call.inputs[1].shape;
  const bool fits =
      sequence.size() == 1 ||
      (!sequence.empty() && sequence.size() == values.size() &&
       std::equal(sequence.begin(), sequence.end() - 1, values.begin()));
  if (!fits) {
    return OpError(call, "input sorted_sequence shape", ToString(sequence),
                   "one extent, or the first extents of " + ToString(values));
  }
  if (Has(call, 2) && call.inputs[2].shape != sequence) {
    return OpError(call, "input sorter shape", ToString(call.inputs[2].shape),
                   ToString(sequence));
  }
  const AttrSpec& attr = call.op->attrs[0];  // dtype or out_type
  const auto dtype = AttrOr<DataType>(call.attrs, attr.name,
                                      std::get<DataType>(attr.fallback));
  if (dtype != DataType::kInt64 && dtype != DataType::kInt32) {
    return OpError(call, AttrName(attr.name), NameOf(dtype), "int32 or int64");
  }
  *outputs = {{dtype, Format::kNd, values}};
  return {};
}

// Keys of a sequence in the order that the sorter says.
OpStatus SequenceKeys(const OpCall& call, const Operands& operands,
                      int64_t first, int64_t extent, IntList* keys) {
  const DataType type = call.inputs[0].dtype;
  const std::byte* x = DataOf(call, operands, 0);
  keys->resize(static_cast<size_t>(extent));
  OrderKeys(type, x, first, 1, extent, keys->data());
  if (!Has(call, 2)) return {};
  const std::byte* sorter = DataOf(call, operands, 2);
  const IntList unsorted = *keys;
  for (int64_t i = 0; i < extent; ++i) {
    const int64_t at = IntAt(DataType::kInt64, sorter, first + i);
    if (at < 0 || at >= extent) return BadIndex(call, 2, at, extent);
    (*keys)[static_cast<size_t>(i)] = unsorted[static_cast<size_t>(at)];
  }
  return {};
}

// The first place whose element is not below the value; with right, above it.
OpStatus ComputeSearch(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  const Shape& sequence = call.inputs[0].shape;
  const Shape& values = call.inputs[1].shape;
  const int64_t extent = sequence.back();
  const int64_t width =
      sequence.size() == 1 ? call.inputs[1].count() : values.back();
  const bool right =
      BoolAttr(call, "right") || std::strcmp(call.op->type, "UpperBound") == 0;
  const size_t bytes = ElementBytes(call.outputs[0].dtype);
  const std::byte* x = DataOf(call, operands, 1);
  IntList keys;
  for (int64_t at = begin; at < end;) {
    const int64_t row = at / width;
    OpStatus s = SequenceKeys(call, operands, row * extent, extent, &keys);
    if (!s.ok()) return s;
    for (const int64_t last = std::min(end, (row + 1) * width); at < last;
         ++at) {
      int64_t key = 0;
      OrderKeys(call.inputs[1].dtype, x, at, 1, 1, &key);
      const auto found = right
                             ? std::upper_bound(keys.begin(), keys.end(), key)
                             : std::lower_bound(keys.begin(), keys.end(), key);
      const int64_t place = found - keys.begin();
      std::memcpy(operands.outputs[0].data + static_cast<size_t>(at) * bytes,
                  &place, bytes);
    }
  }
  return {};
}

OpStatus InferInTopK(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus s = CheckInputs(call); !s.ok()) return s;
  const Shape& x = call.inputs[0].shape;
  if (x.size() != 2 || call.inputs[1].shape != Shape{x[0]}) {
    return OpError(call, "input x2 shape", ToString(call.inputs[1].shape),
                   "the first of two extents of x1, " + ToString(x));
  }
  if (call.inputs.size() > 2 && call.inputs[2].count() != 1) {
    return OpError(call, "input k shape", ToString(call.inputs[2].shape),
                   "one element");
  }
  *outputs = {{InferredType(call, 0), Format::kNd, {x[0]}}};
  return {};
}

// Whether fewer than k of the row are greater than its target. A target out of
// range, or a row with a number that is not finite, is in no top.
OpStatus ComputeInTopK(const OpCall& call, const Operands& operands, int,
                       int64_t begin, int64_t end) {
  int64_t k = 0;
  if (call.inputs.size() > 2) {
    k = IntAt(call.inputs[2].dtype, DataOf(call, operands, 2), 0);
  } else {
    k = IntAttr(call, "k");
  }
  const int64_t classes = call.inputs[0].shape[1];
  const auto* x = reinterpret_cast<const float*>(DataOf(call, operands, 0));
  for (int64_t row = begin; row < end; ++row) {
    const float* scores = x + row * classes;
    const int64_t target =
        IntAt(call.inputs[1].dtype, DataOf(call, operands, 1), row);
    bool known = target >= 0 && target < classes;
    int64_t greater = 0;
    for (int64_t j = 0; j < classes && known; ++j) {
      known = std::isfinite(scores[j]);
      greater += scores[j] > scores[target];
    }
    operands.outputs[0].data[row] = std::byte{known && greater < k};
  }
  return {};
}

Work Cost(const OpCall& call) {
  Work work = MoveWork(call);
  work.vector_cycles = 8 * VectorCycles(kVcmp, call.inputs[0].count() * 4) +
                       8 * VectorCycles(kVcmp, call.inputs[1].count() * 4);
  return work;
}

OpDef Make(OpDef op, bool search) {
  op.infer = search ? InferSearch : InferInTopK;
  op.items = ItemsOfOutput;
  op.compute = search ? ComputeSearch : ComputeInTopK;
  op.cost = Cost;
  op.exactness = search ? "exact: comparisons, NaN above infinity (7.3)"
                        : "exact: comparisons";
  return op;
}

}  // namespace

const OpDef& SearchSortedOp() {
  static const OpDef& op = *new OpDef(Make(Signature("SearchSorted"), true));
  return op;
}

const OpDef& LowerBoundOp() {
  static const OpDef& op = *new OpDef(Make(Signature("LowerBound"), true));
  return op;
}

const OpDef& UpperBoundOp() {
  static const OpDef& op = *new OpDef(Make(Signature("UpperBound"), true));
  return op;
}

const OpDef& InTopKOp() {
  static const OpDef& op = *new OpDef(Make(Signature("InTopK"), false));
  return op;
}

const OpDef& InTopKDOp() {
  static const OpDef& op = *new OpDef(Make(Signature("InTopKD"), false));
  return op;
}

}  // namespace npuemu::kernels
