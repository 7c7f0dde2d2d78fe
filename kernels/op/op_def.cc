#include "kernels/op/op_def.h"

#include <algorithm>

#include "kernels/numeric/float_env.h"

namespace npuemu::kernels {
namespace {

// How many operands each parameter takes; empty if `given` cannot be split.
// At most one parameter of a side is dynamic.
std::vector<size_t> Widths(const std::vector<ParamSpec>& params, size_t given) {
  std::vector<size_t> widths(params.size(), 1);
  if (given == params.size()) return widths;
  for (size_t i = 0; i < params.size(); ++i) {
    if (params[i].kind != ParamKind::kDynamic) continue;
    if (given < params.size()) return {};
    widths[i] = given - (params.size() - 1);
    return widths;
  }
  // Trailing optional parameters may be left out altogether.
  for (size_t i = given; i < params.size(); ++i) {
    if (params[i].kind != ParamKind::kOptional) return {};
    widths[i] = 0;
  }
  return given < params.size() ? widths : std::vector<size_t>();
}

std::string Join(const std::vector<DataType>& dtypes) {
  std::vector<DataType> seen;
  std::string text;
  for (DataType dtype : dtypes) {
    if (std::find(seen.begin(), seen.end(), dtype) != seen.end()) continue;
    seen.push_back(dtype);
    if (!text.empty()) text += ", ";
    text += NameOf(dtype);
  }
  return text;
}

// One operand together with the parameter it belongs to.
struct Bound {
  const ParamSpec* param;
  const TensorSpec* spec;
  std::string name;  // "input x1"
};

OpStatus Bind(const OpCall& call, bool is_input, std::vector<Bound>* bound) {
  const auto& params = is_input ? call.op->inputs : call.op->outputs;
  const auto& specs = is_input ? call.inputs : call.outputs;
  const std::string side = is_input ? "input " : "output ";
  const std::vector<size_t> widths = Widths(params, specs.size());
  if (widths.empty() && !(params.empty() && specs.empty())) {
    return OpError(call, side + "count", std::to_string(specs.size()),
                   std::to_string(params.size()));
  }
  size_t next = 0;
  for (size_t p = 0; p < params.size(); ++p) {
    for (size_t i = 0; i < widths[p]; ++i) {
      std::string name = side + params[p].name;
      if (params[p].kind == ParamKind::kDynamic) name += std::to_string(i);
      bound->push_back({&params[p], &specs[next++], std::move(name)});
    }
  }
  return {};
}

OpStatus CheckOperand(const OpCall& call, const Bound& operand) {
  const TensorSpec& spec = *operand.spec;
  if (spec.absent()) {
    if (operand.param->kind == ParamKind::kOptional) return {};
    return OpError(call, operand.name, "none", "a tensor");
  }
  const auto& dtypes = operand.param->dtypes;
  if (std::find(dtypes.begin(), dtypes.end(), spec.dtype) == dtypes.end()) {
    return OpError(call, operand.name, NameOf(spec.dtype), Join(dtypes));
  }
  const auto& formats = call.op->formats;
  if (std::find(formats.begin(), formats.end(), spec.format) == formats.end()) {
    std::string expected;
    for (Format format : formats) {
      expected += (expected.empty() ? "" : ", ") + std::string(NameOf(format));
    }
    return OpError(call, operand.name + " format", NameOf(spec.format),
                   expected);
  }
  if (spec.count() < 0) {
    return OpError(call, operand.name + " shape", ToString(spec.shape),
                   "extents >= 0 whose product fits in int64");
  }
  return {};
}

// Whether column `i` of the dtype table fits all operands up to `end`.
bool ColumnFits(const std::vector<Bound>& operands, size_t end, size_t i) {
  for (size_t k = 0; k < end; ++k) {
    const Bound& operand = operands[k];
    if (operand.spec->absent()) continue;
    if (operand.param->dtypes[i] != operand.spec->dtype) return false;
  }
  return true;
}

// Some column must fit. If none does, names the first operand that rules out
// what those before it left, and what it could have been instead.
OpStatus CheckCombination(const OpCall& call,
                          const std::vector<Bound>& operands) {
  if (operands.empty()) return {};
  const size_t columns = operands[0].param->dtypes.size();
  std::vector<DataType> expected;
  for (size_t end = 1; end <= operands.size(); ++end) {
    const Bound& last = operands[end - 1];
    bool fits = false;
    std::vector<DataType> possible;
    for (size_t i = 0; i < columns; ++i) {
      if (ColumnFits(operands, end, i)) fits = true;
      if (ColumnFits(operands, end - 1, i)) {
        possible.push_back(last.param->dtypes[i]);
      }
    }
    if (fits) continue;
    std::string before;
    for (size_t k = 0; k + 1 < end; ++k) {
      if (operands[k].spec->absent()) continue;
      before += (before.empty() ? "" : ", ") + operands[k].name + " " +
                NameOf(operands[k].spec->dtype);
    }
    return OpError(call, last.name, NameOf(last.spec->dtype),
                   Join(possible) + " beside " + before);
  }
  return {};
}

// The spec of this name; null.
const AttrSpec* SpecOf(const std::vector<AttrSpec>& specs,
                       const std::string& name) {
  for (const AttrSpec& spec : specs) {
    if (name == spec.name) return &spec;
  }
  return nullptr;
}

OpStatus CheckAttrs(OpCall* call) {
  const OpDef& op = *call->op;
  for (const auto& [name, value] : call->attrs) {
    const AttrSpec* found = SpecOf(op.attrs, name);
    if (found == nullptr) found = SpecOf(op.ignored_attrs, name);
    if (found == nullptr) {
      std::string known;
      for (const AttrSpec& spec : op.attrs) {
        known += (known.empty() ? "" : ", ") + std::string(spec.name);
      }
      return OpError(*call, "attribute name", name,
                     known.empty() ? "no attribute" : known);
    }
    if (KindOf(value) != found->kind) {
      return OpError(*call, "attribute " + name, NameOf(KindOf(value)),
                     NameOf(found->kind));
    }
  }
  for (const AttrSpec& spec : op.ignored_attrs) call->attrs.erase(spec.name);
  for (const AttrSpec& spec : op.attrs) {
    if (call->attrs.count(spec.name) != 0) continue;
    if (spec.required) {
      return OpError(*call, std::string("attribute ") + spec.name, "none",
                     NameOf(spec.kind));
    }
    call->attrs.emplace(spec.name, spec.fallback);
  }
  return {};
}

}  // namespace

OpStatus OpError(const OpCall& call, const std::string& argument,
                 const std::string& given, const std::string& expected) {
  return {std::string(call.op->type) + ": " + argument + ": given " + given +
          ", expected " + expected};
}

int64_t ItemsOfOutput(const OpCall& call, int) {
  return call.outputs[0].count();
}

OpStatus InferSame(const OpCall& call, std::vector<TensorSpec>* outputs) {
  *outputs = {call.inputs[0]};
  return {};
}

std::vector<std::string> InputNames(const OpCall& call) {
  std::vector<Bound> operands;
  if (!Bind(call, true, &operands).ok()) return {};
  std::vector<std::string> names;
  for (Bound& operand : operands) names.push_back(std::move(operand.name));
  return names;
}

OpStatus CheckCall(OpCall* call) {
  if (call->op == nullptr) return {"operator: given none, expected a type"};
  std::vector<Bound> operands;
  if (OpStatus s = Bind(*call, true, &operands); !s.ok()) return s;
  if (OpStatus s = Bind(*call, false, &operands); !s.ok()) return s;
  for (const Bound& operand : operands) {
    if (OpStatus s = CheckOperand(*call, operand); !s.ok()) return s;
  }
  if (OpStatus s = CheckCombination(*call, operands); !s.ok()) return s;
  if (!call->const_inputs.empty() &&
      call->const_inputs.size() != call->inputs.size()) {
    return OpError(*call, "const input count",
                   std::to_string(call->const_inputs.size()),
                   std::to_string(call->inputs.size()));
  }
  for (size_t i = 0; i < call->inputs.size(); ++i) {
    if (!IsConst(*call, i)) continue;
    if (call->const_inputs[i].size() < call->inputs[i].bytes()) {
      return OpError(*call, "const input " + std::to_string(i),
                     std::to_string(call->const_inputs[i].size()) + " bytes",
                     std::to_string(call->inputs[i].bytes()) + " bytes");
    }
  }
  return CheckAttrs(call);
}

OpStatus CheckOutputs(const OpCall& call) {
  for (size_t index : ValueInputs(*call.op, call.inputs.size())) {
    if (!call.inputs[index].absent() && !IsConst(call, index)) return {};
  }
  std::vector<TensorSpec> inferred;
  if (OpStatus s = call.op->infer(call, &inferred); !s.ok()) return s;
  if (call.op->outputs.back().kind == ParamKind::kDynamic &&
      inferred.size() != call.outputs.size()) {
    return OpError(call, "output count", std::to_string(call.outputs.size()),
                   std::to_string(inferred.size()));
  }
  for (size_t i = 0; i < std::min(inferred.size(), call.outputs.size()); ++i) {
    const TensorSpec& given = call.outputs[i];
    const std::string name = "output " + std::to_string(i);
    if (given.absent()) continue;
    if (given.dtype != inferred[i].dtype) {
      return OpError(call, name, NameOf(given.dtype),
                     NameOf(inferred[i].dtype));
    }
    if (given.shape != inferred[i].shape) {
      return OpError(call, name + " shape", ToString(given.shape),
                     ToString(inferred[i].shape));
    }
  }
  return {};
}

std::vector<size_t> ValueInputs(const OpDef& op, size_t given) {
  std::vector<size_t> found;
  for (int param : op.value_inputs) {
    auto index = static_cast<size_t>(param);
    for (size_t p = 0; p < static_cast<size_t>(param); ++p) {
      if (op.inputs[p].kind != ParamKind::kDynamic) continue;
      index = given + index - op.inputs.size();
    }
    if (index < given) found.push_back(index);
  }
  return found;
}

DataType InferredType(const OpCall& call, size_t index) {
  const auto& results = call.op->outputs[index].dtypes;
  const bool declared =
      index < call.outputs.size() && !call.outputs[index].absent();
  for (size_t column = 0; column < results.size(); ++column) {
    bool fits = !declared || results[column] == call.outputs[index].dtype;
    for (size_t i = 0; i < call.op->inputs.size() && fits; ++i) {
      if (i >= call.inputs.size() || call.inputs[i].absent()) continue;
      fits = call.inputs[i].dtype == call.op->inputs[i].dtypes[column];
      if (call.op->inputs[i].kind == ParamKind::kDynamic) break;
    }
    if (fits) return results[column];
  }
  return DataType::kUndefined;
}

namespace {

bool Overlap(const TensorView& a, const TensorView& b) {
  return a.data != nullptr && b.data != nullptr && a.data < b.data + b.bytes &&
         b.data < a.data + a.bytes;
}

}  // namespace

void AppendUpdated(const OpCall& call, Operands* operands) {
  for (int index : call.op->updated_inputs) {
    operands->outputs.push_back(operands->inputs[static_cast<size_t>(index)]);
  }
}

Detached::Detached(const OpCall& call, const Operands& given)
    : operands_(&given) {
  if (!call.op->updated_inputs.empty()) {
    own_ = given;
    AppendUpdated(call, &own_);
    operands_ = &own_;
  }
  for (size_t i = 0; i < given.inputs.size(); ++i) {
    const TensorView& x = given.inputs[i];
    for (const TensorView& y : operands_->outputs) {
      if (!Overlap(x, y)) continue;
      if (call.op->in_place && x.data == y.data && x.bytes == y.bytes) continue;
      if (operands_ != &own_) own_ = given;
      operands_ = &own_;
      copies_.emplace_back(x.data, x.data + x.bytes);
      own_.inputs[i].data = copies_.back().data();
      break;
    }
  }
}

OpStatus RunSerially(const OpCall& call, const Operands& given) {
  const DefaultFloatEnv env;
  const Detached detached(call, given);
  const Operands& operands = detached.operands();
  const int phases = call.op->phases == nullptr ? 1 : call.op->phases(call);
  for (int phase = 0; phase < phases; ++phase) {
    const int64_t items = call.op->items(call, phase);
    if (items <= 0) continue;
    OpStatus status = call.op->compute(call, operands, phase, 0, items);
    if (!status.ok()) return status;
  }
  return {};
}

}  // namespace npuemu::kernels
