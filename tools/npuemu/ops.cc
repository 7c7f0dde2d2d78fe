// npuemu ops: the operators of this version.

#include "kernels/ops/registry.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/op_text.h"

namespace npuemu::cli {

int Ops(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  constexpr char kUsage[] = "usage: npuemu ops [NAME]\n";
  if (arguments.empty()) {
    PrintOpList(kernels::AllOps(), out);
    return kExitOk;
  }
  if (arguments[0] == "--help") {
    out << kUsage << "Lists the operators, or describes one: tensors (? "
        << "optional, * a list), dtype\ncombinations, attributes, "
        << "exactness.\n";
    return kExitOk;
  }
  if (arguments.size() != 1 || arguments[0].compare(0, 1, "-") == 0) {
    err << "npuemu ops: unexpected argument \"" << arguments.back() << "\"\n"
        << kUsage;
    return kExitUsage;
  }
  const kernels::OpDef* op = kernels::FindOp(arguments[0]);
  if (op == nullptr) {
    err << "npuemu ops: unknown operator \"" << arguments[0]
        << "\"; `npuemu ops` lists the operators\n";
    return kExitUsage;
  }
  PrintOp(*op, out);
  return kExitOk;
}

}  // namespace npuemu::cli
