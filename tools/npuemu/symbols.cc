#include "tools/npuemu/symbols.h"

#include <cxxabi.h>
#include <elfutils/libdwfl.h>

#include <cstdlib>

namespace npuemu::cli {
namespace {

std::string Demangled(const char* name) {
  int status = 0;
  char* text = abi::__cxa_demangle(name, nullptr, nullptr, &status);
  std::string result = status == 0 && text != nullptr ? text : name;
  std::free(text);
  return result;
}

}  // namespace

class Symbols::Module {
 public:
  explicit Module(const std::string& path) {
    static char* debug_path = nullptr;
    static const Dwfl_Callbacks callbacks = {
        .find_elf = dwfl_build_id_find_elf,
        .find_debuginfo = dwfl_standard_find_debuginfo,
        .section_address = dwfl_offline_section_address,
        .debuginfo_path = &debug_path,
    };
    dwfl_ = dwfl_begin(&callbacks);
    if (dwfl_ == nullptr) return;
    module_ = dwfl_report_offline(dwfl_, "", path.c_str(), -1);
    dwfl_report_end(dwfl_, nullptr, nullptr);
  }
  ~Module() {
    if (dwfl_ != nullptr) dwfl_end(dwfl_);
  }
  Module(const Module&) = delete;
  Module& operator=(const Module&) = delete;

  CodeLine Find(uint64_t offset) {
    CodeLine found;
    if (module_ == nullptr || offset == 0) return found;
    GElf_Addr bias = 0;
    if (dwfl_module_getelf(module_, &bias) == nullptr) return found;
    const Dwarf_Addr address = offset - 1 + bias;  // in the call itself
    if (const char* name = dwfl_module_addrname(module_, address)) {
      found.function = Demangled(name);
    }
    Dwfl_Line* line = dwfl_module_getsrc(module_, address);
    if (line == nullptr) return found;
    const char* file =
        dwfl_lineinfo(line, nullptr, &found.line, nullptr, nullptr, nullptr);
    if (file != nullptr) found.file = file;
    return found;
  }

 private:
  Dwfl* dwfl_ = nullptr;
  Dwfl_Module* module_ = nullptr;
};

Symbols::Symbols() = default;
Symbols::~Symbols() = default;

CodeLine Symbols::Find(const std::string& module, uint64_t offset) {
  if (module.empty()) return {};
  std::unique_ptr<Module>& found = modules_[module];
  if (found == nullptr) found = std::make_unique<Module>(module);
  return found->Find(offset);
}

}  // namespace npuemu::cli
