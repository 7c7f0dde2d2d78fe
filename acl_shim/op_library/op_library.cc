#include "acl_shim/op_library/op_library.h"

#include <dlfcn.h>

#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "acl_shim/op_library/library_op.h"
#include "acl_shim/op_library/op_table.h"
#include "emulator/base/status.h"
#include "kernels/ops/registry.h"

namespace npuemu::shim {
namespace {

using OpPointer = std::shared_ptr<const kernels::OpDef>;
using OpList = std::vector<OpPointer>;

absl::StatusOr<const npuemu_op_library*> Open(const std::string& path) {
  constexpr char kEntry[] = "npuemu_op_library_entry";
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* reason = dlerror();
    return RefuseLibrary("NPUEMU_OP_LIBRARY", "library", path,
                         absl::StrCat("a shared library that can be opened (",
                                      reason == nullptr ? "" : reason, ")"));
  }
  using Entry = decltype(&npuemu_op_library_entry);
  const auto entry = reinterpret_cast<Entry>(dlsym(library, kEntry));
  if (entry == nullptr) {
    return RefuseLibrary("NPUEMU_OP_LIBRARY", "library", path,
                         absl::StrCat("one that exports ", kEntry));
  }
  return entry(NPUEMU_OP_LIBRARY_VERSION);
}

const kernels::OpDef* FindIn(const OpList& ops, std::string_view type) {
  for (const OpPointer& op : ops) {
    if (type == op->type) return op.get();
  }
  return kernels::FindOp(type);
}

}  // namespace

absl::StatusOr<OpList> OpsOfLibrary(const npuemu_op_library* table,
                                    const std::string& path) {
  RETURN_IF_ERROR(
      CheckLibraryTable(table, absl::StrCat("NPUEMU_OP_LIBRARY: ", path)));
  OpList ops;
  for (size_t i = 0; i < table->op_count; ++i) {
    ops.push_back(MakeLibraryOp(table->ops[i], table->name));
  }
  return ops;
}

absl::Status LoadOpLibraries(const std::string& paths) {
  OpList all;
  for (const std::string& path : std::vector<std::string>(
           absl::StrSplit(paths, ':', absl::SkipEmpty()))) {
    ASSIGN_OR_RETURN(const npuemu_op_library* table, Open(path));
    ASSIGN_OR_RETURN(const OpList ops, OpsOfLibrary(table, path));
    for (const OpPointer& op : ops) {
      const kernels::OpDef* other = FindIn(all, op->type);
      if (other != nullptr) {
        const bool ours = other->library == nullptr;
        return RefuseLibrary(
            absl::StrCat("NPUEMU_OP_LIBRARY: ", path), "operator type",
            absl::StrCat(op->type, ", which ", ours ? "npuemu" : other->library,
                         " has"),
            "a new one");
      }
      all.push_back(op);
    }
  }
  if (all.empty()) return absl::OkStatus();
  // Never destroyed: a call may come while the process exits.
  static auto* kept = new OpList();
  std::vector<const kernels::OpDef*> ops;
  for (OpPointer& op : all) {
    ops.push_back(op.get());
    kept->push_back(std::move(op));
  }
  kernels::AddOps(ops);
  return absl::OkStatus();
}

}  // namespace npuemu::shim
