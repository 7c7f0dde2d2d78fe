// npuemu ops: the operators of this version, and those of the user's libraries.

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "acl_shim/aclnn/nn_op.h"
#include "acl_shim/op_library/op_library.h"
#include "kernels/ops/registry.h"
#include "tools/npuemu/command.h"
#include "tools/npuemu/op_text.h"
#include "tools/npuemu/options.h"

namespace npuemu::cli {
namespace {

constexpr char kUsage[] = "usage: npuemu ops [--op-library PATHS] [NAME]\n";

std::vector<const kernels::OpDef*> AllByName() {
  const auto ours = kernels::AllOps();
  const auto added = kernels::AddedOps();
  std::vector<const kernels::OpDef*> all;
  std::merge(ours.begin(), ours.end(), added.begin(), added.end(),
             std::back_inserter(all), [](const auto* a, const auto* b) {
               return std::string_view(a->type) < b->type;
             });
  return all;
}

// The two-phase operators that are modelled, several to a line.
void PrintNnOps(std::ostream& out) {
  const auto names = shim::nn::NnOpNames();
  std::vector<std::string> lines(1);
  size_t modelled = 0;
  for (size_t i = 0; i < names.size(); ++i) {
    if (shim::nn::FindNnOp(i) == nullptr) continue;
    ++modelled;
    const std::string name(names[i]);
    if (lines.back().size() + 1 + name.size() > 80) lines.emplace_back();
    lines.back() += (lines.back().empty() ? "" : " ") + name;
  }
  out << "\naclnn: " << modelled << " of " << names.size()
      << " operators; the others are refused by their first phase\n";
  for (const std::string& line : lines) out << line << "\n";
}

}  // namespace

int Ops(const Arguments& arguments, std::ostream& out, std::ostream& err) {
  auto options = ParseOptions(arguments, std::getenv);
  if (!options.ok()) {
    err << "npuemu ops: " << options.status().message() << "\n" << kUsage;
    return kExitUsage;
  }
  if (options->help) {
    out << kUsage << "Lists the operators, or describes one: tensors (? "
        << "optional, * a list), dtype\ncombinations, attributes, "
        << "exactness. PATHS (or NPUEMU_OP_LIBRARY) are libraries\nwith more "
        << "operators: docs/op_library.md.\n";
    return kExitOk;
  }
  const auto loaded = shim::LoadOpLibraries(options->config.op_library);
  if (!loaded.ok()) {
    err << "npuemu ops: " << loaded.message() << "\n";
    return kExitBadFile;
  }
  const Arguments names(arguments.begin() + options->used, arguments.end());
  if (names.empty()) {
    PrintOpList(AllByName(), out);
    PrintNnOps(out);
    return kExitOk;
  }
  if (names.size() != 1) {
    err << "npuemu ops: unexpected argument \"" << names.back() << "\"\n"
        << kUsage;
    return kExitUsage;
  }
  const kernels::OpDef* op = kernels::FindOp(names[0]);
  if (op == nullptr) {
    err << "npuemu ops: unknown operator \"" << names[0]
        << "\"; `npuemu ops` lists the operators\n";
    return kExitUsage;
  }
  PrintOp(*op, out);
  return kExitOk;
}

}  // namespace npuemu::cli
