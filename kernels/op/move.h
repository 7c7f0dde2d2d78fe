// File: move.h
// Operators that only move elements: each is one *plan* that computes the
// output's spec and the map of its places (axis_map.h). Items are output
// elements; bits are copied. Also what plans and other operators of that kind
// share: attributes, axes, checks. Thread-safe.

#ifndef KERNELS_OP_MOVE_H_
#define KERNELS_OP_MOVE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kernels/op/axis_map.h"
#include "kernels/op/op_def.h"

namespace npuemu::kernels {

struct Move {
  TensorSpec y;
  AxisMap map;
  size_t source = 0;  // the input that is read
  // Otherwise the output is this many parts of equal size, one after the
  // other, and `part` fills in the map of each.
  int64_t parts = 0;
  std::function<void(int64_t, AxisMap*)> part;
  int over = -1;          // an input of y's shape, seen where the map fills
  uint64_t fill = 0;      // bits of the fill value
  bool constant = false;  // the map's source is the one element `value`
  uint64_t value = 0;
};

// `operands` is null when only the spec is wanted; values of inputs are then
// those that are known.
using PlanFn = OpStatus (*)(const OpCall& call, const Operands* operands,
                            Move* move);

OpStatus InferMove(PlanFn plan, const OpCall& call,
                   std::vector<TensorSpec>* outputs);
OpStatus ComputeMove(PlanFn plan, const OpCall& call, const Operands& operands,
                     int64_t begin, int64_t end);

// Bytes only: the data moves, nothing is computed.
Work CostMove(const OpCall& call);

// Completes a signature with a plan.
template <PlanFn plan>
OpDef MoveOp(OpDef op, std::vector<int> value_inputs = {}) {
  op.infer = [](const OpCall& call, std::vector<TensorSpec>* outputs) {
    return InferMove(plan, call, outputs);
  };
  op.items = ItemsOfOutput;
  op.compute = [](const OpCall& call, const Operands& operands, int,
                  int64_t begin, int64_t end) {
    return ComputeMove(plan, call, operands, begin, end);
  };
  op.cost = CostMove;
  op.exactness = "exact: bits are moved (docs/moves.md)";
  op.value_inputs = std::move(value_inputs);
  return op;
}

#define MOVE(type, plan, ...)                                      \
  const OpDef& type##Op() {                                        \
    static const OpDef& op =                                       \
        *new OpDef(MoveOp<plan>(Signature(#type), {__VA_ARGS__})); \
    return op;                                                     \
  }

// Extents of all inputs are valid and there are as many as the signature has;
// infer may see others.
OpStatus CheckInputs(const OpCall& call);

// Whether the output that compute was given is what the values say.
OpStatus CheckOutput(const OpCall& call, const TensorSpec& y, size_t index = 0);

inline bool Has(const OpCall& call, size_t index) {
  return index < call.inputs.size() && !call.inputs[index].absent();
}

inline int64_t IntAttr(const OpCall& call, const char* name) {
  return AttrOr<int64_t>(call.attrs, name, 0);
}
inline bool BoolAttr(const OpCall& call, const char* name) {
  return AttrOr<bool>(call.attrs, name, false);
}
inline std::string StringAttr(const OpCall& call, const char* name) {
  return AttrOr<std::string>(call.attrs, name, "");
}
using IntList = std::vector<int64_t>;
inline IntList IntsAttr(const OpCall& call, const char* name) {
  return AttrOr<IntList>(call.attrs, name, {});
}

// "input axes", "attribute axes".
std::string InputName(const OpCall& call, size_t index);
inline std::string AttrName(const char* name) {
  return std::string("attribute ") + name;
}

inline size_t ElementBytes(DataType type) {
  return static_cast<size_t>(BitsOf(type)) / 8;
}

// An axis in [-rank, rank), from the end if negative.
OpStatus AxisOf(const OpCall& call, const std::string& argument, int64_t axis,
                size_t rank, size_t* place);

// The one element of an int32 or int64 input.
OpStatus ReadInt(const OpCall& call, size_t index, const Operands* operands,
                 int64_t* value);

// Attribute block_size, whose square fits in 32 bits.
OpStatus BlockSize(const OpCall& call, int64_t* block);

// As many as expected, or an error about `argument`.
OpStatus CheckLength(const OpCall& call, const std::string& argument,
                     size_t given, size_t expected);

// Elements of extents [first, last); the whole must be valid.
int64_t Product(const Shape& shape, size_t first, size_t last);

// Row-major strides in elements; zeros for a tensor without elements, whose
// other extents may be of any size.
IntList SafeStrides(const Shape& shape);

// The memory of an input: the const bytes or the operand.
const std::byte* DataOf(const OpCall& call, const Operands& operands,
                        size_t index);

// Element i of an input of integers, whatever their type.
int64_t IntAt(DataType type, const std::byte* data, int64_t i);

// The error about an index in the data of an input.
OpStatus BadIndex(const OpCall& call, size_t input, int64_t index,
                  int64_t extent);

// The bits of a number as an element: floats rounded once from f32, integers
// clamped, bool is != 0.
uint64_t NumberBits(DataType type, int64_t number);

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_MOVE_H_
