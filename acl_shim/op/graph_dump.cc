// aclCreateGraphDumpOpt, aclDestroyGraphDumpOpt: options of a graph dump have
// no fields yet; the handle is all there is.

#include <memory>

#include "acl/acl_op_compiler.h"
#include "acl_shim/core/api_call.h"
#include "acl_shim/core/handle_table.h"
#include "acl_shim/core/value_call.h"

namespace npuemu::shim {
namespace {

struct GraphDumpOption {};

HandleTable<GraphDumpOption>& GraphDumpOptions() {
  static auto& table = *new HandleTable<GraphDumpOption>(
      HandleKind::kGraphDumpOption, Fault::kInvalidParam);
  return table;
}

}  // namespace
}  // namespace npuemu::shim

extern "C" {

aclGraphDumpOption* aclCreateGraphDumpOpt() {
  using npuemu::shim::GraphDumpOption;
  using Made = absl::StatusOr<aclGraphDumpOption*>;
  return npuemu::shim::ValueCall<aclGraphDumpOption*>(
      "aclCreateGraphDumpOpt", nullptr, []() -> Made {
        return static_cast<aclGraphDumpOption*>(
            npuemu::shim::GraphDumpOptions().Add(
                std::make_shared<GraphDumpOption>()));
      });
}

aclError aclDestroyGraphDumpOpt(const aclGraphDumpOption* graphDumpOpt) {
  return npuemu::shim::ApiCall("aclDestroyGraphDumpOpt", [&]() -> absl::Status {
    RETURN_IF_NULL(graphDumpOpt);
    return npuemu::shim::GraphDumpOptions()
        .Remove(graphDumpOpt, "graphDumpOpt")
        .status();
  });
}

}  // extern "C"
