#include "acl_shim/op_library/library_op.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "acl_shim/op_library/call_view.h"
#include "kernels/op/cost.h"

namespace npuemu::shim {
namespace {

using kernels::AttrKind;
using kernels::AttrValue;
using kernels::DataType;
using kernels::OpCall;
using kernels::OpStatus;
using kernels::TensorSpec;

// Counts of a user's cost are cut here: the cost model multiplies them.
constexpr uint64_t kMostWork = uint64_t{1} << 50;

struct LibraryOp : kernels::OpDef {
  const npuemu_op* table = nullptr;
};

const npuemu_op& TableOf(const OpCall& call) {
  return *static_cast<const LibraryOp*>(call.op)->table;
}

OpStatus CheckRanks(const OpCall& call) {
  for (const auto* specs : {&call.inputs, &call.outputs}) {
    for (const TensorSpec& spec : *specs) {
      if (spec.shape.size() <= NPUEMU_MAX_RANK) continue;
      return OpError(call, "extents of a tensor",
                     std::to_string(spec.shape.size()),
                     "at most " + std::to_string(NPUEMU_MAX_RANK));
    }
  }
  return {};
}

OpStatus CheckValues(const OpCall& call) {
  for (size_t i : kernels::ValueInputs(*call.op, call.inputs.size())) {
    if (call.inputs[i].absent() || kernels::IsConst(call, i)) continue;
    const npuemu_op& op = TableOf(call);
    const size_t param =
        ParamOf(op.inputs, op.input_count, call.inputs.size(), i);
    return OpError(call, std::string("value of input ") + op.inputs[param].name,
                   "none", "a constant, or a tensor in host memory");
  }
  return {};
}

// Whether entry `column` of the dtypes fits the tensors of one side.
bool Fits(const npuemu_param* params, size_t count,
          const std::vector<TensorSpec>& specs, size_t column) {
  for (size_t i = 0; i < specs.size(); ++i) {
    if (specs[i].absent()) continue;
    const npuemu_param& param = params[ParamOf(params, count, specs.size(), i)];
    if (static_cast<DataType>(param.dtypes[column]) != specs[i].dtype) {
      return false;
    }
  }
  return true;
}

// A checked call fits one.
size_t ColumnOf(const OpCall& call, const npuemu_op& op) {
  for (size_t column = 0; column < op.dtype_count; ++column) {
    if (Fits(op.inputs, op.input_count, call.inputs, column) &&
        Fits(op.outputs, op.output_count, call.outputs, column)) {
      return column;
    }
  }
  return 0;
}

// What is set before infer is called: all outputs as the first input.
std::vector<npuemu_shape> FirstShapes(const OpCall& call, size_t count) {
  const npuemu_op& op = TableOf(call);
  const size_t column = ColumnOf(call, op);
  std::vector<npuemu_shape> shapes(count);
  for (size_t i = 0; i < count; ++i) {
    const size_t param = ParamOf(op.outputs, op.output_count, count, i);
    shapes[i].dtype = op.outputs[param].dtypes[column];
    if (call.inputs.empty()) continue;
    const kernels::Shape& first = call.inputs[0].shape;
    shapes[i].rank = static_cast<int32_t>(first.size());
    std::copy(first.begin(), first.end(), shapes[i].dims);
  }
  return shapes;
}

OpStatus ToSpec(const OpCall& call, const npuemu_shape& shape, size_t index,
                TensorSpec* spec) {
  const std::string name = "inferred output " + std::to_string(index);
  spec->dtype = static_cast<DataType>(shape.dtype);
  if (kernels::BitsOf(spec->dtype) == 0) {
    return OpError(call, name + " dtype", std::to_string(shape.dtype),
                   "a number of aclDataType");
  }
  if (shape.rank < 0 || shape.rank > NPUEMU_MAX_RANK) {
    return OpError(call, name + " rank", std::to_string(shape.rank),
                   "0 to " + std::to_string(NPUEMU_MAX_RANK));
  }
  spec->shape.assign(shape.dims, shape.dims + shape.rank);
  if (spec->count() < 0) {
    return OpError(call, name + " shape", kernels::ToString(spec->shape),
                   "extents >= 0 whose product fits in int64");
  }
  return {};
}

OpStatus Infer(const OpCall& call, std::vector<TensorSpec>* outputs) {
  if (OpStatus status = CheckRanks(call); !status.ok()) return status;
  if (OpStatus status = CheckValues(call); !status.ok()) return status;
  const npuemu_op& op = TableOf(call);
  const CallView view(call, op);
  std::vector<npuemu_shape> shapes =
      FirstShapes(call, view.get()->output_count);
  if (op.infer != nullptr) {
    OpStatus status =
        view.StatusOf(op.infer(view.get(), shapes.data()), "infer");
    if (!status.ok()) return status;
  }
  outputs->clear();
  for (size_t i = 0; i < shapes.size(); ++i) {
    TensorSpec& spec = outputs->emplace_back();
    spec.format =
        call.inputs.empty() ? kernels::Format::kNd : call.inputs[0].format;
    OpStatus status = ToSpec(call, shapes[i], i, &spec);
    if (!status.ok()) return status;
  }
  return {};
}

size_t Workspace(const OpCall& call) {
  const npuemu_op& op = TableOf(call);
  return op.workspace(CallView(call, op).get());
}

int Phases(const OpCall& call) {
  const npuemu_op& op = TableOf(call);
  return std::max(op.phases(CallView(call, op).get()), 1);
}

int64_t Items(const OpCall& call, int phase) {
  const npuemu_op& op = TableOf(call);
  return op.items(CallView(call, op).get(), phase);
}

// Values that only the device knew are there now: infer is asked, and the
// outputs must be what it says.
OpStatus CheckLate(const OpCall& call, const kernels::Operands& operands) {
  if (CheckValues(call).ok()) return {};
  OpCall known = call;
  known.const_inputs.resize(known.inputs.size());
  for (size_t i : kernels::ValueInputs(*call.op, call.inputs.size())) {
    const kernels::TensorView& input = operands.inputs[i];
    if (!kernels::IsConst(call, i)) {
      known.const_inputs[i] = {input.data, input.bytes};
    }
  }
  return kernels::CheckOutputs(known);
}

OpStatus Compute(const OpCall& call, const kernels::Operands& operands,
                 int phase, int64_t begin, int64_t end) {
  if (OpStatus status = CheckLate(call, operands); !status.ok()) return status;
  const npuemu_op& op = TableOf(call);
  const CallView view(call, op, &operands);
  return view.StatusOf(op.compute(view.get(), phase, begin, end), "compute");
}

kernels::Work Cost(const OpCall& call) {
  kernels::Work work = kernels::MoveWork(call);
  work.vector_cycles = kernels::VectorCycles(
      kernels::kVadd, static_cast<int64_t>(work.bytes_written));
  const npuemu_op& op = TableOf(call);
  if (op.cost == nullptr) return work;
  npuemu_cost cost{work.cube_cycles, work.vector_cycles, work.bytes_read,
                   work.bytes_written};
  op.cost(CallView(call, op).get(), &cost);
  return {.cube_cycles = std::min(cost.cube_cycles, kMostWork),
          .vector_cycles = std::min(cost.vector_cycles, kMostWork),
          .bytes_read = std::min(cost.bytes_read, kMostWork),
          .bytes_written = std::min(cost.bytes_written, kMostWork)};
}

kernels::Engine EngineOf(int32_t engine) {
  if (engine == NPUEMU_ENGINE_CUBE) return kernels::Engine::kCube;
  if (engine == NPUEMU_ENGINE_AI_CPU) return kernels::Engine::kAiCpu;
  return kernels::Engine::kVector;
}

std::vector<kernels::ParamSpec> ParamsOf(const npuemu_param* params,
                                         size_t count, size_t dtype_count) {
  std::vector<kernels::ParamSpec> specs;
  for (size_t i = 0; i < count; ++i) {
    kernels::ParamSpec& spec = specs.emplace_back();
    spec.name = params[i].name;
    spec.kind = static_cast<kernels::ParamKind>(params[i].kind);
    for (size_t k = 0; k < dtype_count; ++k) {
      spec.dtypes.push_back(static_cast<DataType>(params[i].dtypes[k]));
    }
  }
  return specs;
}

// The default; of a required attribute, where there is none, only the kind
// counts.
AttrValue ValueOf(const npuemu_attr& attr) {
  const bool given = attr.required == 0;
  const size_t count = given ? attr.count : 0;
  const auto list = [count](const auto* from) {
    using T = std::decay_t<decltype(*from)>;
    return std::vector<T>(from, from + count);
  };
  switch (attr.type) {
    case NPUEMU_ATTR_BOOL:
      return given && attr.value.i != 0;
    case NPUEMU_ATTR_INT:
      return given ? attr.value.i : int64_t{0};
    case NPUEMU_ATTR_FLOAT:
      return given ? attr.value.f : 0.0f;
    case NPUEMU_ATTR_DATA_TYPE:
      return given ? static_cast<DataType>(attr.value.i) : DataType::kFloat;
    case NPUEMU_ATTR_LIST_BOOL:
      return list(attr.value.bools);
    case NPUEMU_ATTR_LIST_INT:
      return list(attr.value.ints);
    case NPUEMU_ATTR_LIST_FLOAT:
      return list(attr.value.floats);
    case NPUEMU_ATTR_LIST_STRING:
      return std::vector<std::string>(attr.value.strings,
                                      attr.value.strings + count);
    default:
      return std::string(given ? attr.value.s : "");
  }
}

constexpr bool SameKind(npuemu_attr_type type, AttrKind kind) {
  return static_cast<size_t>(type) == static_cast<size_t>(kind) + 1;
}
static_assert(SameKind(NPUEMU_ATTR_BOOL, AttrKind::kBool));
static_assert(SameKind(NPUEMU_ATTR_INT, AttrKind::kInt));
static_assert(SameKind(NPUEMU_ATTR_FLOAT, AttrKind::kFloat));
static_assert(SameKind(NPUEMU_ATTR_STRING, AttrKind::kString));
static_assert(SameKind(NPUEMU_ATTR_DATA_TYPE, AttrKind::kDataType));
static_assert(SameKind(NPUEMU_ATTR_LIST_BOOL, AttrKind::kListBool));
static_assert(SameKind(NPUEMU_ATTR_LIST_INT, AttrKind::kListInt));
static_assert(SameKind(NPUEMU_ATTR_LIST_FLOAT, AttrKind::kListFloat));
static_assert(SameKind(NPUEMU_ATTR_LIST_STRING, AttrKind::kListString));

}  // namespace

std::shared_ptr<const kernels::OpDef> MakeLibraryOp(const npuemu_op& op,
                                                    const char* library) {
  auto def = std::make_shared<LibraryOp>();
  def->table = &op;
  def->library = library;
  def->type = op.type;
  def->engine = EngineOf(op.engine);
  def->basis = kernels::DtypeBasis::kPrototype;
  def->inputs = ParamsOf(op.inputs, op.input_count, op.dtype_count);
  def->outputs = ParamsOf(op.outputs, op.output_count, op.dtype_count);
  for (size_t i = 0; i < op.attr_count; ++i) {
    const npuemu_attr& attr = op.attrs[i];
    def->attrs.push_back({attr.name, static_cast<AttrKind>(attr.type - 1),
                          attr.required != 0, ValueOf(attr)});
  }
  for (size_t i = 0; i < op.input_count; ++i) {
    if (op.inputs[i].needs_value == 0) continue;
    def->value_inputs.push_back(static_cast<int>(i));
  }
  if (op.format_count > 0) def->formats.clear();
  for (size_t i = 0; i < op.format_count; ++i) {
    def->formats.push_back(static_cast<kernels::Format>(op.formats[i]));
  }
  def->infer = Infer;
  if (op.workspace != nullptr) def->workspace = Workspace;
  if (op.phases != nullptr) def->phases = Phases;
  def->items = op.items == nullptr ? kernels::ItemsOfOutput : Items;
  def->compute = Compute;
  def->cost = Cost;
  def->exactness = op.exactness;
  def->in_place = (op.flags & NPUEMU_OP_IN_PLACE) != 0;
  return def;
}

}  // namespace npuemu::shim
