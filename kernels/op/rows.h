// File: rows.h
// Operators that compute by rows: the axes of a tensor (its *view*) are divided
// into those along a row and those kept, and a function computes one row from
// contiguous lanes: floats as f32, integers and bool as int64 (arithmetic.md
// 7.8). What an operator says of itself is a RowRule:
//
//   RowOp(Signature("SoftmaxGrad"),
//         {.inputs = "xx", .outputs = "x", .axes = "axes",
//          .stages = {{"01", "0", Grad}}, .steps = {kVmul, kVcadd, kVmul}})
//
// An operand's role is a letter: x has all axes of the view, r the kept ones
// (one value a row), c those along a row, g and h what the layout says, b
// broadcasts to the view, 1 is a number. o is x if mode is 0 and else r; p is r
// if mode is 0 and else 1. Items are rows. Thread-safe (pure).

#ifndef KERNELS_OP_ROWS_H_
#define KERNELS_OP_ROWS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/op/cost.h"
#include "kernels/op/op_def.h"
#include "kernels/op/row.h"

namespace npuemu::kernels {

// Which axes of the view a stage's rows have.
enum class Span {
  kRows,     // those along
  kColumns,  // those kept: a row of the stage is a column
  kTotal,    // one row of the values that belong to rows
  kOwn,      // those that role g has not: a row has one value of it
};

struct RowStage {
  const char* loads;   // "01t": inputs and temporaries that the stage reads
  const char* stores;  // "0t"
  void (*run)(Row& row);
  void (*run_ints)(Row& row) = nullptr;  // if input 0 holds integers
  bool blocks = false;                   // run takes a row piece by piece
  Span span = Span::kRows;
};

enum class NoAxes { kNone, kAll, kRefused };

struct RowRule {
  const char* inputs;
  const char* outputs;
  const char* temps = "";
  // The axes along a row: an attribute (int or list), "1" for input 1, "-1" for
  // the last one, nothing for all.
  const char* axes = "";
  // What an empty list means; kRefused with an input: exactly one axis.
  NoAxes no_axes = NoAxes::kAll;
  const char* keep = "";  // the attribute keep_dims
  // Instead of `axes`; operands are null if only the call is known.
  OpStatus (*layout)(const OpCall& call, const Operands* operands,
                     RowLayout* layout) = nullptr;
  // What infer checks beside roles, or does to outputs.
  OpStatus (*check)(const OpCall& call, const RowLayout& layout,
                    std::vector<TensorSpec>* outputs) = nullptr;
  std::vector<RowStage> stages = {};
  std::vector<const char*> numbers = {};  // attributes: Row::a
  std::vector<Instruction> steps = {};    // for each 256 bytes of input 0
  bool away = false;      // bf16 results: ties away from zero (ROUND, 7.8)
  bool floats = false;    // integers are cast to f32
  bool nonempty = false;  // a row without elements is refused
  Engine engine = Engine::kVector;  // the AI CPU does not saturate
  const char* exactness =
      "the sequence of docs/rows.md in f32, sums by 64 lanes and a tree (7.8), "
      "one cast back; integers wrap";
};

// Of operators that the AI core has not.
inline RowRule OnAiCpu(RowRule rule) {
  rule.engine = Engine::kAiCpu;
  return rule;
}

// Completes a signature.
OpDef RowOp(OpDef signature, RowRule rule);

OpStatus InferRows(const OpCall& call, std::vector<TensorSpec>* outputs);
OpStatus LayoutOf(const OpCall& call, const Operands* operands,
                  RowLayout* layout);

// The axes that `values` name, row_shape and column_shape of them.
OpStatus LayAxes(const OpCall& call, const std::string& argument,
                 const std::vector<int64_t>& values, bool keep,
                 RowLayout* layout);

// Whether input or output `i` of the call is there.
bool HasInput(const OpCall& call, size_t i);

// The axes of a role, and how many elements marked axes have; -1 if too many.
std::vector<bool> AxesOfRole(const RowLayout& layout, char role,
                             const Shape& shape);
int64_t CountOf(const Shape& view, const std::vector<bool>& mask);

// ROW_OP(Name, {...}) or ROW_OP(Name, RuleMadeBy(...)) defines NameOp().
#define ROW_OP(type, ...)                                                      \
  const OpDef& type##Op() {                                                    \
    static const OpDef& op = *new OpDef(RowOp(Signature(#type), __VA_ARGS__)); \
    return op;                                                                 \
  }

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_ROWS_H_
