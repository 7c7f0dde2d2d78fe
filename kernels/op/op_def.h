// File: op_def.h
// What an operator is: one OpDef value per operator type, made by its own
// file under kernels/ops and found through FindOp (kernels/ops/registry.h).
//
// A call runs in three steps: CheckCall refuses what is wrong with a sentence,
// infer gives the output specs, and compute fills a range of independent
// *items* (elements, rows, output tiles) of one phase. All members after infer
// need CheckCall and CheckOutputs to have succeeded.
// Phases run one after the other; the items of one phase may run in any order,
// split anywhere, on any thread, and give the same bytes (arithmetic.md 7.7).
// Compute is pure: it touches nothing but the operands it is given.
// Thread-safe.

#ifndef KERNELS_OP_OP_DEF_H_
#define KERNELS_OP_OP_DEF_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "kernels/numeric/element.h"
#include "kernels/op/attrs.h"
#include "kernels/tensor/tensor.h"

namespace npuemu::kernels {

template <typename... Ts>
std::vector<DataType> DataTypesOf(Types<Ts...>) {
  return {Element<Ts>::kType...};
}

// Success, or the sentence that names operator, argument, given and expected.
struct [[nodiscard]] OpStatus {
  std::string message;
  bool ok() const { return message.empty(); }
};

enum class ParamKind { kRequired, kOptional, kDynamic };

// One input or output. `dtypes` is column-aligned over all params of the
// operator: combination i uses dtypes[i] of each.
struct ParamSpec {
  const char* name;
  ParamKind kind;
  std::vector<DataType> dtypes;
};

struct AttrSpec {
  const char* name;
  AttrKind kind;
  bool required;
  AttrValue fallback;  // when not required
};

// Where the dtype combinations come from; COVERAGE.md and `npuemu ops` say it.
enum class DtypeBasis { kTable, kPrototype };

// Which engine runs the operator (design 4, cost model).
enum class Engine { kCube, kVector, kAiCpu };

struct OpDef;
struct ElementwiseRule;
struct RowRule;

// A call as described, before any memory is known.
struct OpCall {
  const OpDef* op = nullptr;
  std::vector<TensorSpec> inputs;  // absent() for unused optional ones
  std::vector<TensorSpec> outputs;
  Attrs attrs;
  // Bytes of inputs whose value is known when the call is made (const or host
  // inputs); empty otherwise. Same length as inputs, or empty.
  std::vector<std::span<const std::byte>> const_inputs;
};

// The memory of a call.
struct Operands {
  std::vector<TensorView> inputs;
  std::vector<TensorView> outputs;
  std::span<std::byte> workspace;
  // CTRL[48] == 0: saturate instead of Inf/NaN (arithmetic.md 7.0).
  bool saturate = false;
};

// What a call costs, over all its items; the cost model makes time of it.
struct Work {
  uint64_t cube_cycles = 0;    // arithmetic.md 6.2, summed over cores
  uint64_t vector_cycles = 0;  // arithmetic.md 6.3, summed over cores
  uint64_t bytes_read = 0;
  uint64_t bytes_written = 0;
};

struct OpDef {
  const char* type;
  Engine engine;
  DtypeBasis basis;
  std::vector<ParamSpec> inputs;
  std::vector<ParamSpec> outputs;
  std::vector<AttrSpec> attrs;

  // Output specs of a checked call (dtype, format, shape). With `inputs` whose
  // value is needed but not known (axes in device memory), an error says so.
  OpStatus (*infer)(const OpCall& call, std::vector<TensorSpec>* outputs);

  // Bytes of workspace; null means none.
  size_t (*workspace)(const OpCall& call) = nullptr;

  // Number of phases; null means one.
  int (*phases)(const OpCall& call) = nullptr;

  // Independent items of a phase.
  int64_t (*items)(const OpCall& call, int phase);

  // Computes items [begin, end) of the phase. An error is a device exception
  // (for example an axis value out of range that only the data shows).
  OpStatus (*compute)(const OpCall& call, const Operands& operands, int phase,
                      int64_t begin, int64_t end);

  Work (*cost)(const OpCall& call);

  // One sentence: internal precision, order, source; shown by `npuemu ops`.
  const char* exactness;

  // Outputs may lie over inputs of the same bytes; all other overlaps are
  // resolved before compute sees them (Detached).
  bool in_place = false;

  // Of element-wise operators (elementwise.h); never freed.
  const ElementwiseRule* elementwise = nullptr;

  // Of operators by rows (rows.h); never freed.
  const RowRule* rows = nullptr;

  // Parameters whose value infer needs (axes, perm, dims).
  std::vector<int> value_inputs = {};

  // Inputs that are also written: state that stays where it is, as variables
  // of TensorFlow do. compute finds their views again behind the outputs
  // (AppendUpdated); they are neither constant nor in host memory.
  std::vector<int> updated_inputs = {};

  // Formats that inputs and outputs may have. The plain ones are all read as
  // row-major: a kernel sees extents, not their names.
  std::vector<Format> formats = {Format::kNd, Format::kNchw, Format::kNhwc};

  // Attributes that the prototype lacks, that programs set and devices take
  // without an effect.
  std::vector<AttrSpec> ignored_attrs = {};

  // Of operators that a user's library adds: the library's name.
  const char* library = nullptr;
};

// Counts, presence, formats, dtype combination, attribute names and kinds,
// extents. Missing optional attributes are filled with their fallback, ignored
// ones are dropped.
OpStatus CheckCall(OpCall* call);

// Whether the outputs of a checked call have the dtype and shape that infer
// gives. If a value input is not known yet, only infer's own checks are left
// out and the shapes are believed; compute checks them against the value.
OpStatus CheckOutputs(const OpCall& call);

// The dtype of output `index` in the first combination that fits the inputs,
// and the output's own dtype if it is declared.
DataType InferredType(const OpCall& call, size_t index);

// Which of `given` inputs belong to value_inputs: behind a dynamic parameter
// they are counted from the end.
std::vector<size_t> ValueInputs(const OpDef& op, size_t given);

// Whether the value of input `index` is known when the call is made.
inline bool IsConst(const OpCall& call, size_t index) {
  return index < call.const_inputs.size() &&
         call.const_inputs[index].data() != nullptr;
}

// Appends the views of updated inputs to the outputs, where compute writes
// them.
void AppendUpdated(const OpCall& call, Operands* operands);

// What error sentences call the inputs: "input x1", "input values0".
std::vector<std::string> InputNames(const OpCall& call);

// items of operators whose items are the elements of their first output.
int64_t ItemsOfOutput(const OpCall& call, int phase);

// infer of operators whose output is as the first input.
OpStatus InferSame(const OpCall& call, std::vector<TensorSpec>* outputs);

// The error sentence: "Add: input x2: given float, expected float16".
OpStatus OpError(const OpCall& call, const std::string& argument,
                 const std::string& given, const std::string& expected);

// Copies of inputs that overlap an output in a way that the operator does not
// allow: kernels read all inputs as they were when the call began, however
// items are split. Updated inputs have their second views.
class Detached {
 public:
  Detached(const OpCall& call, const Operands& given);
  const Operands& operands() const { return *operands_; }

 private:
  const Operands* operands_;  // the caller's, or own_
  Operands own_;
  std::vector<std::vector<std::byte>> copies_;
};

// Runs all phases on the calling thread; the reference order of execution.
OpStatus RunSerially(const OpCall& call, const Operands& operands);

// The attribute of a call; if it is left out what the signature has for it,
// `none` if that has nothing.
template <typename T>
T AttrOf(const OpCall& call, std::string_view name, T none = {}) {
  for (const AttrSpec& attr : call.op->attrs) {
    if (name != attr.name) continue;
    const T* fallback = std::get_if<T>(&attr.fallback);
    if (fallback != nullptr) none = *fallback;
  }
  return AttrOr<T>(call.attrs, name, std::move(none));
}

}  // namespace npuemu::kernels

#endif  // KERNELS_OP_OP_DEF_H_
