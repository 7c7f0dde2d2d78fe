#include "tools/npuemu/op_text.h"

#include <algorithm>
#include <iomanip>
#include <set>
#include <string>
#include <vector>

namespace npuemu::cli {
namespace {

using kernels::DataType;
using kernels::OpDef;
using kernels::ParamKind;
using kernels::ParamSpec;

const char* NameOf(kernels::Engine engine) {
  switch (engine) {
    case kernels::Engine::kCube: return "cube";
    case kernels::Engine::kVector: return "vector";
    case kernels::Engine::kAiCpu: return "AI CPU";
  }
  return "?";
}

// The word of the list, and the sentence of the details.
const char* BasisWord(const OpDef& op) {
  if (op.library != nullptr) return "library";
  return op.basis == kernels::DtypeBasis::kTable ? "table" : "prototype";
}

std::string BasisSentence(const OpDef& op) {
  if (op.library != nullptr) return "library " + std::string(op.library);
  return op.basis == kernels::DtypeBasis::kTable
             ? "the published AI-core table of the 910B"
             : "the operator prototype; no table is published";
}

// Every dtype of any tensor of the operator, in the order of aclDataType.
std::string AllDtypes(const OpDef& op) {
  std::set<DataType> types;
  for (const auto* params : {&op.inputs, &op.outputs}) {
    for (const ParamSpec& param : *params) {
      types.insert(param.dtypes.begin(), param.dtypes.end());
    }
  }
  std::string text;
  for (DataType type : types) {
    if (!text.empty()) text += ' ';
    text += kernels::NameOf(type);
  }
  return text;
}

std::string LabelOf(const ParamSpec& param) {
  switch (param.kind) {
    case ParamKind::kRequired: return param.name;
    case ParamKind::kOptional: return std::string(param.name) + "?";
    case ParamKind::kDynamic: return std::string(param.name) + "*";
  }
  return param.name;
}

// A row per tensor, a column per dtype combination.
void PrintParams(const char* title, const std::vector<ParamSpec>& params,
                 std::ostream& out) {
  for (const ParamSpec& param : params) {
    out << std::left << std::setw(8) << title << std::setw(18)
        << LabelOf(param);
    for (DataType type : param.dtypes) {
      out << " " << std::setw(8) << kernels::NameOf(type);
    }
    out << "\n";
  }
}

}  // namespace

void PrintOpList(std::span<const OpDef* const> ops, std::ostream& out) {
  out << std::left << std::setw(36) << "operator" << std::setw(8) << "engine"
      << std::setw(11) << "basis" << "dtypes\n";
  for (const OpDef* op : ops) {
    out << std::left << std::setw(36) << op->type << std::setw(8)
        << NameOf(op->engine) << std::setw(11) << BasisWord(*op)
        << AllDtypes(*op);
    if (op->library != nullptr) out << "   (" << op->library << ")";
    out << "\n";
  }
}

void PrintOp(const OpDef& op, std::ostream& out) {
  out << op.type << " on the " << NameOf(op.engine) << " engine\n"
      << "exactness: " << op.exactness << "\n"
      << "dtypes by " << BasisSentence(op)
      << "; column i of each row belongs together:\n";
  PrintParams("input", op.inputs, out);
  PrintParams("output", op.outputs, out);
  for (const kernels::AttrSpec& attr : op.attrs) {
    out << std::left << std::setw(8) << "attr" << std::setw(18) << attr.name
        << " " << kernels::NameOf(attr.kind);
    if (attr.required) {
      out << ", required\n";
    } else {
      out << ", default " << kernels::ToString(attr.fallback) << "\n";
    }
  }
}

}  // namespace npuemu::cli
